"""A snupkg: the PDBs of a package that is on the feed already, and nothing else.

https://learn.microsoft.com/nuget/create-packages/symbol-packages-snupkg
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from feed.errors import InvalidArchive, InvalidManifest, shown
from feed.nuget.contents import Contents
from feed.nuget.identity import PackageId
from feed.nuget.manifest import Manifest, PackageType
from feed.nuget.nuspec import examine_manifest
from feed.nuget.nuspec_xml import parse_metadata
from feed.nuget.symbols import Assembly, Pdb, match_pdbs
from feed.nuget.version import Version
from feed.nuget.zip_directory import ZipEntry

_TYPE = "symbolspackage"
# What packing writes beside the PDBs: the manifest, OPC's parts, a signature.
_SUFFIXES = {"", "nuspec", "p7s", "pdb", "psmdcp", "rels", "xml"}


@dataclass(frozen=True, slots=True)
class SymbolPackage:
    id: PackageId
    version: Version
    contents: Contents


def read_symbol_package(file: BinaryIO, now: datetime) -> SymbolPackage:
    """Return what a snupkg is and holds; whether the PDBs are right is another question."""
    contents = Contents(file, now)
    nuspec = contents.read_nuspec()
    try:
        manifest, faults = examine_manifest(nuspec)
    except InvalidManifest as error:
        raise InvalidArchive([*contents.faults, *error.faults]) from error
    faults += _list_manifest_faults(manifest, nuspec)
    faults += _list_entry_faults(contents.entries)
    if contents.faults or faults:
        raise InvalidArchive([*contents.faults, *faults])
    return SymbolPackage(PackageId.parse(manifest.id), Version.parse(manifest.version), contents)


def match_symbols(package: SymbolPackage, assemblies: Sequence[Assembly]) -> tuple[Pdb, ...]:
    """Return the PDBs of a snupkg, each of which belongs to an assembly of the package."""
    pdbs, faults = match_pdbs(package.contents, assemblies)
    if faults:
        raise InvalidArchive(faults)
    return pdbs


def _list_manifest_faults(manifest: Manifest, nuspec: bytes) -> Iterator[str]:
    if not _is_of_symbols(manifest.package_types):
        types = ", ".join(shown(each.name) for each in manifest.package_types) or "none"
        yield f"its package types are {types}, a symbol package has the one type 'SymbolsPackage'"
    metadata = parse_metadata(nuspec)
    for name in ("authors", "owners"):
        if metadata.find(name) is not None:
            yield f"it has {name}, which a symbol package leaves to its package"


def _is_of_symbols(types: Sequence[PackageType]) -> bool:
    return [(each.name.lower(), each.version) for each in types] == [(_TYPE, None)]


def _list_entry_faults(entries: Sequence[ZipEntry]) -> Iterator[str]:
    kinds = [_suffix(each.path) for each in entries]
    for entry, kind in zip(entries, kinds, strict=True):
        if kind not in _SUFFIXES:
            yield f"entry {shown(entry.name)} is neither a PDB nor a part of the package"
    if "pdb" not in kinds:
        yield "it has no PDB"


def _suffix(path: str) -> str:
    """Return what a file is called behind its last dot; a folder has none."""
    _, dot, suffix = path.rpartition("/")[2].rpartition(".")
    return suffix.lower() if dot else ""
