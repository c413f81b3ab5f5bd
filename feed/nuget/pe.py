"""Assemblies: what one says of the PDB that belongs to it, in its debug directory.

https://learn.microsoft.com/windows/win32/debug/pe-format
https://github.com/dotnet/runtime/blob/main/docs/design/specs/PE-COFF.md

Nobody is refused for what stands here. A file that is no PE, or a damaged one,
says nothing, as does one that knows no portable PDB.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

_DOS = struct.Struct("<2s58xL")
_COFF = struct.Struct("<4s2xH12xH2x")
_MAGIC = struct.Struct("<H")
_COUNT = struct.Struct("<L")
_DIRECTORIES = struct.Struct("<30L")
_SECTION = struct.Struct("<8x4L16x")
_ENTRY = struct.Struct("<4xL2H4L")
_CODE_VIEW = struct.Struct("<4s16s4x")

# Where the number of data directories stands in each kind of optional header. Each of the
# directories, of which assemblies have the first 15, is an address and a size.
_COUNT_AT = {0x10B: 92, 0x20B: 108}
_DEBUG_DIRECTORY, _CLR_DIRECTORY = 6, 14

_MAX_SECTIONS = 96
_MAX_ENTRIES = 32
_MAX_CHECKSUM = 256
_MAX_PDB_PATH = 2048


@dataclass(frozen=True, slots=True)
class DebugInfo:
    """The PDB that an assembly was compiled with."""

    pdb_id: bytes
    pdb_name: str
    """Which debuggers ask for, whatever files are called by now; "" where it is none."""

    checksums: tuple[str, ...] = ()
    """As `sha256:` and hex; usually one."""

    is_embedded: bool = False
    """Whether the PDB lies inside the assembly, so that no debugger asks for it."""


class _Entry(NamedTuple):
    stamp: int
    major: int
    minor: int
    type: int
    size: int
    address: int
    offset: int

    @property
    def is_portable(self) -> bool:
        # PE-COFF.md: "Version Major=any, Minor=0x504d" is the one of a portable PDB.
        return (self.type, self.minor) == (2, 0x504D)

    @property
    def is_embedded(self) -> bool:
        return self.type == 17  # noqa: PLR2004  (its name in PE-COFF.md)

    @property
    def is_checksum(self) -> bool:
        return self.type == 19  # noqa: PLR2004  (likewise)


def find_debug_info(file: BinaryIO) -> DebugInfo | None:
    """Say which portable PDB belongs to an assembly, or None where it names none."""
    try:
        # In the order of their data, since to go back in a zip's entry is to begin again.
        entries = sorted(_entries(file), key=lambda entry: entry.offset)
        found, checksums = None, []
        for entry in entries:
            if entry.is_portable and not found:
                found = _read_id(file, entry), _read_name(file)
            elif entry.is_checksum:
                checksums.append(_read_checksum(file, entry))
    except struct.error:
        return None
    if not found:
        return None
    return DebugInfo(*found, tuple(checksums), any(entry.is_embedded for entry in entries))


def _read_id(file: BinaryIO, entry: _Entry) -> bytes:
    signature, guid = _unpack(file, entry.offset, _CODE_VIEW)
    if signature != b"RSDS":
        raise struct.error("no CodeView data is where the entry says")
    # PE-COFF.md: "Together 16B of the Guid concatenated with 4B of the TimeDateStamp field of the
    # entry form a PDB ID".
    return bytes(guid) + struct.pack("<L", entry.stamp)


def _read_name(file: BinaryIO) -> str:
    """Read on behind the id: a path as the compiler's machine had it, and a NUL."""
    path, end, _rest = file.read(_MAX_PDB_PATH).partition(b"\0")
    *_, name = path.decode(errors="replace").replace("\\", "/").split("/")
    return name if end else ""


def _read_checksum(file: BinaryIO, entry: _Entry) -> str:
    """Read the name of an algorithm, a NUL and the hash."""
    file.seek(entry.offset)
    name, end, digest = file.read(min(entry.size, _MAX_CHECKSUM)).partition(b"\0")
    if not end:
        raise struct.error("no checksum is where the entry says")
    return f"{name.decode('ascii', 'replace').lower()}:{digest.hex()}"


def _entries(file: BinaryIO) -> Iterator[_Entry]:
    *_, at = _unpack(file, 0, _DOS)
    signature, sections, optional = _unpack(file, at, _COFF)
    at += _COFF.size
    if signature != b"PE\0\0" or sections > _MAX_SECTIONS:
        return
    address, size = _find_debug_directory(file, at)
    offset = _offset(file, at + optional, sections, address) if size else 0
    for number in range(min(size // _ENTRY.size, _MAX_ENTRIES)):
        yield _Entry._make(_unpack(file, offset + number * _ENTRY.size, _ENTRY))


def _find_debug_directory(file: BinaryIO, at: int) -> tuple[int, int]:
    """Say where an assembly's will lie in memory, and how large it is; of other PEs nothing."""
    [magic] = _unpack(file, at, _MAGIC)
    if magic not in _COUNT_AT:
        return 0, 0
    at += _COUNT_AT[magic]
    [count] = _unpack(file, at, _COUNT)
    if count <= _CLR_DIRECTORY:
        return 0, 0
    directories = _unpack(file, at + _COUNT.size, _DIRECTORIES)
    is_assembly = directories[2 * _CLR_DIRECTORY] != 0
    at = 2 * _DEBUG_DIRECTORY
    return (directories[at], directories[at + 1]) if is_assembly else (0, 0)


def _offset(file: BinaryIO, at: int, sections: int, address: int) -> int:
    """Say where in the file lies what will lie at an address in memory."""
    for number in range(sections):
        _, start, size, offset = _unpack(file, at + number * _SECTION.size, _SECTION)
        if start <= address < start + size:
            return int(offset + address - start)
    raise struct.error("no section holds the address")


# What comes out of a struct has no types.
def _unpack(file: BinaryIO, at: int, layout: struct.Struct) -> tuple[Any, ...]:
    file.seek(at)
    return layout.unpack(file.read(layout.size))
