"""Symbols: which PDBs belong to the assemblies of a package.

An assembly knows its PDB by an id, and by a hash of the whole file. A PDB is
matched by both to the assembly that lies beside it, or, if it comes in a package
of its own, at the same place in the other. So whoever asks for a PDB by its id
gets the bytes that the compiler wrote.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict

from feed.errors import InvalidPdb, shown
from feed.nuget.contents import Contents
from feed.nuget.pe import DebugInfo, find_debug_info
from feed.nuget.portable_pdb import PortablePdb, hash_pdb, read_portable_pdb
from feed.nuget.ssqp import PdbAddress, is_pdb_name, lowered, pdb_key
from feed.nuget.zip_directory import ZipEntry
from feed.nuget.zip_stream import Packing

MAX_PDBS = 1000
"""PDBs that one package may bring: each costs operations on storage."""

MAX_BYTES = 2**30
"""Bytes of assemblies, and as many of PDBs, that are unpacked of one package to look at them."""

# PE-COFF.md: "Supported algorithm names include at least" these.
_ALGORITHMS = ("sha256", "sha384", "sha512")


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Assembly(_Value):
    """An assembly that was compiled with a portable PDB."""

    path: str
    pdb_id: str
    """As hex."""

    pdb_name: str
    """In lower case."""

    checksums: tuple[str, ...] = ()
    """Of its PDB, as `sha256:` and hex."""

    is_embedded: bool = False
    """Whether its PDB lies inside it, so that no debugger asks for it."""

    @property
    def address(self) -> PdbAddress:
        """What a debugger asks for that meets it."""
        return PdbAddress(self.pdb_name, pdb_key(bytes.fromhex(self.pdb_id)))


class Pdb(_Value):
    """A PDB that belongs to an assembly."""

    path: str
    """In its package."""

    name: str
    """What its assembly calls it, in lower case."""

    key: str
    checksum: str
    size: int
    packing: Packing

    @property
    def address(self) -> PdbAddress:
        return PdbAddress(self.name, self.key)


@dataclass(frozen=True, slots=True)
class Symbols:
    """What a package knows of PDBs, and which of them it brings."""

    assemblies: tuple[Assembly, ...] = ()
    pdbs: tuple[Pdb, ...] = ()
    faults: tuple[str, ...] = ()
    """Why others that it brings are not served."""


def read_symbols(contents: Contents) -> Symbols:
    """Look at the assemblies of a package, and at the PDBs beside them."""
    assemblies = read_assemblies(contents)
    pdbs, faults = match_pdbs(contents, assemblies)
    return Symbols(assemblies, pdbs, faults)


def read_assemblies(contents: Contents) -> tuple[Assembly, ...]:
    """List the assemblies that name a portable PDB."""
    entries = _affordable(_entries(contents, ".dll", ".exe"))
    found = (_find_assembly(contents, entry) for entry in entries)
    return tuple(each for each in found if each)


def match_pdbs(
    contents: Contents, assemblies: Sequence[Assembly]
) -> tuple[tuple[Pdb, ...], tuple[str, ...]]:
    """List the PDBs that belong to an assembly, and why others do not."""
    beside = _by_stem(assemblies)
    pdbs: dict[PdbAddress, Pdb] = {}
    entries = _entries(contents, ".pdb")
    faults = list(_list_excess(entries))
    for entry in _affordable(entries[:MAX_PDBS]):
        try:
            _add(pdbs, _match(contents, entry, beside.get(_stem(entry.path), ())))
        except InvalidPdb as error:
            faults.append(f"{shown(entry.path)} {error}")
    return tuple(pdbs.values()), tuple(faults)


def _add(pdbs: dict[PdbAddress, Pdb], pdb: Pdb) -> None:
    first = pdbs.setdefault(pdb.address, pdb)
    if first.checksum != pdb.checksum:
        raise InvalidPdb(f"has the id of {shown(first.path)}, and is another")


def _entries(contents: Contents, *suffixes: str) -> list[ZipEntry]:
    """List the entries of some kinds, the smallest first."""
    entries = [each for each in contents.entries if each.path.lower().endswith(suffixes)]
    return sorted(entries, key=lambda entry: (entry.size, entry.path))


def _list_excess(pdbs: Sequence[ZipEntry]) -> Iterator[str]:
    if len(pdbs) > MAX_PDBS:
        yield f"it has {len(pdbs)} PDBs, {MAX_PDBS} are allowed"
    size = sum(each.size for each in pdbs)
    if size > MAX_BYTES:
        yield f"its PDBs unpack to {size} bytes, {MAX_BYTES} are allowed"


def _affordable(entries: Sequence[ZipEntry]) -> Iterator[ZipEntry]:
    """Yield entries as far as they may be unpacked."""
    left = MAX_BYTES
    for entry in entries:
        left -= entry.size
        if left >= 0:
            yield entry


def _find_assembly(contents: Contents, entry: ZipEntry) -> Assembly | None:
    with contents.open(entry) as file:
        info = find_debug_info(file)
    if info is None:
        return None
    return Assembly(
        path=entry.path,
        pdb_id=info.pdb_id.hex(),
        pdb_name=_pdb_name(info, entry.path),
        checksums=info.checksums,
        is_embedded=info.is_embedded,
    )


def _pdb_name(info: DebugInfo, path: str) -> str:
    """Return what the assembly calls its PDB; if nobody can ask for that, as files are called."""
    name = lowered(info.pdb_name)
    return name if is_pdb_name(name) else f"{_stem(path).rpartition('/')[2]}.pdb"


def _match(contents: Contents, entry: ZipEntry, beside: Sequence[Assembly]) -> Pdb:
    with contents.open(entry) as file:
        pdb = read_portable_pdb(file)
        assemblies = _get_assemblies(pdb, beside)
        name = assemblies[0].pdb_name
        if not is_pdb_name(name):
            raise InvalidPdb("has a name that no debugger can ask for")
        checksum = _get_checksum(file, pdb, assemblies)
        if file.tell() != entry.size:
            raise InvalidPdb("is damaged: it does not unpack")
    return Pdb(
        path=entry.path,
        name=name,
        key=pdb_key(pdb.id),
        checksum=checksum,
        size=entry.size,
        packing=contents.find_packing(entry),
    )


def _get_assemblies(pdb: PortablePdb, beside: Sequence[Assembly]) -> list[Assembly]:
    """Return those whose PDB it is by its id."""
    if not beside:
        raise InvalidPdb("has no assembly at its place that was compiled with a portable PDB")
    found = [each for each in beside if each.pdb_id == pdb.id.hex()]
    if not found:
        raise InvalidPdb(f"is not of the same build as {shown(beside[0].path)}: their ids differ")
    return found


def _get_checksum(file: BinaryIO, pdb: PortablePdb, assemblies: Sequence[Assembly]) -> str:
    """Return the checksum by which one of the assemblies knows the PDB."""
    about = shown(assemblies[0].path)
    known = {text for each in assemblies for text in each.checksums}
    algorithms = [name for name in _ALGORITHMS if any(text.startswith(name) for text in known)]
    if not algorithms:
        raise InvalidPdb(f"cannot be checked: {about} has no SHA-2 hash of it, as since 2018")
    for name in algorithms:
        found = f"{name}:{hash_pdb(file, pdb, name)}"
        if found in known:
            return found
    raise InvalidPdb(f"is not what {about} was compiled with: its checksum differs")


def _by_stem(assemblies: Sequence[Assembly]) -> Mapping[str, Sequence[Assembly]]:
    found = defaultdict(list)
    for each in assemblies:
        found[_stem(each.path)].append(each)
    return found


def _stem(path: str) -> str:
    return lowered(path).rpartition(".")[0]
