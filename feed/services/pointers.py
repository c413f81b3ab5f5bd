"""Pointers: of whatever a debugger can ask for, whose PDB it is and where its bytes lie.

A PDB is not stored by itself: it is a part of the package or the symbol package
that was pushed, and its pointer says which. Pointers are inserted before the
commit, each under the attempt that it is of. So no two tries share one, and one
counts only while the row of its version names that attempt: a push that replaces
symbols replaces all of them at once, by its commit.

Several packages may bring a PDB of one name and key. Their pointers lie in the
order in which those packages were pushed, and the first that counts is served.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from feed.nuget.identity import PackageId
from feed.nuget.leaf import VersionState
from feed.nuget.ssqp import PdbAddress
from feed.nuget.symbols import Pdb
from feed.nuget.version import Version
from feed.nuget.zip_stream import Packing
from feed.services import paths, records
from feed.services.truth import Truth
from feed.storage.rows import Key, Row, RowExists, Rows, Value


@dataclass(frozen=True, slots=True)
class Stored:
    """The PDBs that one attempt has stored."""

    id: PackageId
    version: Version
    package: str
    """The attempt that pushed the package."""

    attempt: str
    """The same, or the one that pushed the symbol package."""

    pdbs: tuple[Pdb, ...]


@dataclass(frozen=True, slots=True)
class Pointer:
    id: PackageId
    version: Version
    package: str
    attempt: str
    checksum: str
    size: int
    packing: Packing

    @classmethod
    def of(cls, row: Row) -> Self:
        values = row.values
        package, attempt = paths.pdb_attempts(row.key)
        offset, length = int(values["offset"]), int(values["length"])
        return cls(
            PackageId.parse(str(values["id"])),
            Version.parse(str(values["version"])),
            package,
            attempt,
            str(values["checksum"]),
            int(values["size"]),
            Packing(offset, length, bool(values["deflated"])),
        )

    @property
    def identity(self) -> tuple[PackageId, Version]:
        return self.id, self.version

    def find_file(self, state: VersionState | None) -> str | None:
        """Name the file that holds the PDB, or None where it does not count."""
        if state is None or state.deleted or state.attempt != self.package:
            return None
        files = {state.attempt: paths.NUPKG, state.symbols: paths.SNUPKG}
        return files.get(self.attempt)


@dataclass(frozen=True, slots=True)
class Pointers:
    rows: Rows
    truth: Truth

    async def insert(self, stored: Stored, pdb: Pdb) -> None:
        with suppress(RowExists):  # no two tries share one: it is ours, its answer was lost
            await self.rows.create(_key(stored, pdb), _values(stored, pdb))

    async def remove(self, stored: Stored) -> None:
        for pdb in stored.pdbs:
            await self.rows.delete(_key(stored, pdb))

    async def find_counting(
        self, address: PdbAddress, is_wanted: Callable[[Pointer], bool]
    ) -> AsyncIterator[tuple[Pointer, str]]:
        """Find the PDBs of an address that are wanted and count, and the file that holds each."""
        async for row in self.rows.query(paths.pdbs(address)):
            pointer = Pointer.of(row)
            if not is_wanted(pointer):
                continue
            found = await self.truth.find_row(*pointer.identity)
            file = pointer.find_file(records.state(found) if found else None)
            if file:
                yield pointer, paths.file(*pointer.identity, pointer.attempt, file)


def _key(stored: Stored, pdb: Pdb) -> Key:
    return paths.pdb(pdb.address, stored.package, stored.attempt)


def _values(stored: Stored, pdb: Pdb) -> dict[str, Value]:
    return {
        "id": stored.id.text,
        "version": stored.version.full,
        "checksum": pdb.checksum,
        "size": pdb.size,
        "offset": pdb.packing.offset,
        "length": pdb.packing.length,
        "deflated": pdb.packing.is_deflated,
    }
