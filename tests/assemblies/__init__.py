"""Assemblies and their PDBs: real ones from the files beside this one, and ones made by hand.

`compiled("Tiny")` is a pair that belongs together, as a compiler would have made it.
"""

import hashlib
import random
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Self

HERE = Path(__file__).parent

_TABLES_STREAM = b"#~"
_ID_AT = 64
_SECTION_AT, _SECTION_ADDRESS = 0x200, 0x2000


@dataclass(frozen=True, slots=True)
class Compiled:
    """An assembly and the PDB that was written with it."""

    name: str
    dll: bytes
    pdb: bytes

    @property
    def checksum(self) -> str:
        """What a debugger that has the assembly knows the PDB by."""
        return f"SHA256:{checksum(self.pdb).hex()}"

    @property
    def key(self) -> str:
        """What it asks for: the GUID as .NET writes it, and what stands for an age."""
        at = find_id(self.pdb)
        first, second, third = struct.unpack_from("<L2H", self.pdb, at)
        return f"{first:08x}{second:04x}{third:04x}{self.pdb[at + 8 : at + 16].hex()}FFFFFFFF"

    @property
    def address(self) -> str:
        return f"/symbols/{self.name}.pdb/{self.key}/{self.name}.pdb"

    @classmethod
    def load(cls, folder: str) -> Self:
        [dll] = (HERE / folder).glob("*.dll")
        return cls(dll.stem, dll.read_bytes(), dll.with_suffix(".pdb").read_bytes())

    def files(self, folder: str = "lib/net8.0") -> dict[str, bytes]:
        """The pair as it lies in a package."""
        return self.assembly(folder) | self.symbols(folder)

    def assembly(self, folder: str = "lib/net8.0") -> dict[str, bytes]:
        return {f"{folder}/{self.name}.dll": self.dll}

    def symbols(self, folder: str = "lib/net8.0") -> dict[str, bytes]:
        return {f"{folder}/{self.name}.pdb": self.pdb}


REAL = ("clr_loader_amd64", "clr_loader_x86", "stub_library")


def compiled(name: str = "Tiny", seed: int = 0, size: int = 2000) -> Compiled:
    """Make a pair; another seed makes another build of it."""
    pdb = portable_pdb(seed=f"{name} {seed}", size=size)
    return Compiled(name, assembly(pdb, path=f"/src/obj/{name}.pdb"), pdb)


def portable_pdb(*, seed: object = 0, size: int = 2000, pdb_id: bytes | None = None) -> bytes:
    """Return a PDB whose id is, as compilers have it, a hash of the rest."""
    streams = _stream(_ID_AT, 32, b"#Pdb") + _stream(_ID_AT + 32, size, _TABLES_STREAM)
    version = b"PDB v1.0".ljust(12, b"\0")
    root = struct.pack("<4s2HLL", b"BSJB", 1, 1, 0, len(version)) + version
    header = root + struct.pack("<2H", 0, 2) + streams
    tables = random.Random(str(seed)).randbytes(size)  # noqa: S311  (the same in every run)
    begin, end = header.ljust(_ID_AT, b"\0"), bytes(12) + tables
    found = hashlib.sha256(begin + bytes(20) + end).digest()[:20]
    return begin + (found if pdb_id is None else pdb_id) + end


def checksum(pdb: bytes, algorithm: str = "sha256") -> bytes:
    at = find_id(pdb)
    return hashlib.new(algorithm, pdb[:at] + bytes(20) + pdb[at + 20 :]).digest()


def find_id(pdb: bytes) -> int:
    """Say where a PDB has its id, read from the specification apart from how the feed reads it."""
    [version] = struct.unpack_from("<L", pdb, 12)
    at = 16 + version + 4
    while True:
        offset, _size = struct.unpack_from("<2L", pdb, at)
        end = pdb.index(b"\0", at + 8)
        if pdb[at + 8 : end] == b"#Pdb":
            return int(offset)
        at = end + 4 - (end - at) % 4


def assembly(
    pdb: bytes,
    *,
    path: str = "/src/obj/Tiny.pdb",
    algorithms: tuple[str, ...] = ("SHA256",),
    is_embedded: bool = False,
    is_portable: bool = True,
    is_wide: bool = False,
) -> bytes:
    """Return an assembly that names a PDB in its debug directory."""
    guid, stamp = pdb[_ID_AT : _ID_AT + 16], pdb[_ID_AT + 16 : _ID_AT + 20]
    code_view = b"RSDS" + guid + struct.pack("<L", 1) + path.encode() + b"\0"
    entries = [(stamp, 0x504D if is_portable else 0, 2, code_view)]
    for each in algorithms:
        digest = checksum(pdb, each.lower())
        entries.append((bytes(4), 0, 19, each.encode() + b"\0" + digest))
    if is_embedded:
        entries.append((bytes(4), 0x100, 17, b"MPDB" + struct.pack("<L", len(pdb)) + b"\x03\0"))
    return _image(entries, is_wide=is_wide)


def _stream(offset: int, size: int, name: bytes) -> bytes:
    return struct.pack("<2L", offset, size) + name + bytes(4 - len(name) % 4)


def _image(entries: list[tuple[bytes, int, int, bytes]], *, is_wide: bool) -> bytes:
    """Put debug entries into the least that is a PE file: one section, which they begin."""
    directory, data = b"", b""
    size = 28 * len(entries)
    for stamp, minor, kind, body in entries:
        at = size + len(data)
        where = struct.pack("<3L", len(body), _SECTION_ADDRESS + at, _SECTION_AT + at)
        directory += bytes(4) + stamp + struct.pack("<2HL", 1, minor, kind) + where
        data += body
    section = directory + data
    return _headers(size, len(section), is_wide=is_wide).ljust(_SECTION_AT, b"\0") + section


def _headers(debug_size: int, section_size: int, *, is_wide: bool) -> bytes:
    directories = [(0, 0)] * 16
    directories[6] = (_SECTION_ADDRESS, debug_size)
    directories[14] = (_SECTION_ADDRESS, 72)
    tail = struct.pack("<L", 16) + b"".join(struct.pack("<2L", *each) for each in directories)
    magic, length = (0x20B, 108) if is_wide else (0x10B, 92)
    optional = struct.pack("<H", magic).ljust(length, b"\0") + tail
    coff = struct.pack("<4s2H3L2H", b"PE\0\0", 0x14C, 1, 0, 0, 0, len(optional), 0x2022)
    where = struct.pack("<4L", section_size, _SECTION_ADDRESS, section_size, _SECTION_AT)
    section = b".text".ljust(8, b"\0") + where + bytes(16)
    return b"MZ".ljust(60, b"\0") + struct.pack("<L", 64) + coff + optional + section
