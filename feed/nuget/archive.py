"""A nupkg: a zip that holds one nuspec in its root, and the files which that names.

https://learn.microsoft.com/nuget/create-packages/creating-a-package

It is read in three steps, each of which reports all that it finds. A file that is
not a plain zip has no entries to speak of. Entries that cannot be read are not
read. The rest is judged together: the entries, the manifest, and its files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from feed.errors import Faults, InvalidArchive, InvalidManifest
from feed.nuget.advice import list_symbol_warnings, list_warnings
from feed.nuget.contents import Contents, adding
from feed.nuget.embedded import check_server_description, read_embedded
from feed.nuget.leaf import Entry
from feed.nuget.manifest import Manifest
from feed.nuget.nuspec import examine_manifest, list_package_faults
from feed.nuget.pictures import Picture, list_pictures
from feed.nuget.signature import SIGNATURE, Signer, parse_signer
from feed.nuget.symbols import Symbols, read_symbols
from feed.nuget.zip_bodies import STORED
from feed.nuget.zip_directory import ZipEntry


@dataclass(frozen=True, slots=True)
class Archive:
    """A package that breaks no rule."""

    manifest: Manifest
    nuspec: bytes
    files: Mapping[str, bytes]
    """What is stored beside the package, as `icon.png`, `readme.md`, `license.txt`."""

    entries: tuple[Entry, ...]
    signature: Signer | None
    warnings: tuple[str, ...]
    symbols: Symbols
    pictures: tuple[Picture, ...] = ()
    """Of the readme; none where there is no readme."""


def read_archive(file: BinaryIO, now: datetime) -> Archive:
    """Return what a package holds; the file can seek, and is never in memory as a whole."""
    contents = Contents(file, now)
    nuspec = contents.read_nuspec()
    try:
        manifest, faults = examine_manifest(nuspec)
    except InvalidManifest as error:
        raise _refusal(contents.faults, error.faults) from error
    faults += list_package_faults(manifest)
    files: Mapping[str, bytes] = {}
    signer: Signer | None = None
    with adding(contents.faults):
        files = read_embedded(manifest, contents.read)
    with adding(contents.faults):
        check_server_description(manifest, contents.read)
    with adding(contents.faults):
        signer = _read_signer(contents)
    if contents.faults or faults:
        raise _refusal(contents.faults, faults)
    entries = tuple(map(_catalog_entry, contents.entries))
    symbols = read_symbols(contents)
    warnings = *list_warnings(manifest), *list_symbol_warnings(symbols)
    pictures = list_pictures(contents) if manifest.readme else ()
    return Archive(manifest, nuspec, files, entries, signer, warnings, symbols, pictures)


def _read_signer(contents: Contents) -> Signer | None:
    entry = contents.find(SIGNATURE)
    if entry is None or entry.name != SIGNATURE:
        return None
    if entry.method != STORED:
        raise InvalidArchive([f"{SIGNATURE} is compressed, so that no client can verify it"])
    return parse_signer(contents.read(SIGNATURE))


def _catalog_entry(entry: ZipEntry) -> Entry:
    return Entry(full_name=entry.name, length=entry.size, compressed_length=entry.compressed)


def _refusal(of_archive: Sequence[str], of_manifest: Sequence[str]) -> Faults:
    """An invalid manifest in a sound archive is called just that."""
    if not of_archive:
        return InvalidManifest(of_manifest)
    return InvalidArchive([*of_archive, *of_manifest])
