"""What an attempt to push has stored, a package or its symbols: files, and pointers to PDBs.

All of it lies under the attempt, and readers come to it only through a row that
names the attempt. So it can be stored in any order, and be removed by whoever
knows that no row names it, without a look at anything else. What has to come
first is only what says which pointers there are: it is stored before them, and
removed after them.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from feed.nuget.identity import PackageId
from feed.nuget.leaf import SymbolsLeaf
from feed.nuget.version import Version
from feed.services import paths
from feed.services.pointers import Pointers, Stored
from feed.services.truth import Truth
from feed.storage.blobs import BlobExists, Blobs

Bodies = Mapping[str, bytes | BinaryIO]
"""What is to be stored, by its path."""


@dataclass(frozen=True, slots=True)
class Attempts:
    blobs: Blobs
    truth: Truth
    pointers: Pointers

    async def store(self, bodies: Bodies, stored: Stored, check_time: Callable[[], None]) -> None:
        """Store files, the last of which names the PDBs, and then their pointers."""
        for path, body in bodies.items():
            check_time()
            with suppress(BlobExists):  # no two tries share a path: ours, its answer was lost
                await self.blobs.create(path, body)
        for pdb in stored.pdbs:
            check_time()
            await self.pointers.insert(stored, pdb)

    async def remove(self, package_id: PackageId, version: Version, attempt: str) -> None:
        """Remove what no row names any more, but for the leaf, which events name."""
        stored = await self._find_stored(package_id, version, attempt)
        if stored:
            await self.pointers.remove(stored)
        async for path in self.blobs.names(paths.file(package_id, version, attempt, "")):
            await self.blobs.delete(path)

    async def forget(self, package_id: PackageId, version: Version, attempt: str) -> None:
        """Remove what no row has ever named, and no event does."""
        await self.remove(package_id, version, attempt)
        await self.blobs.delete(paths.leaf(package_id, version, attempt))

    async def find_symbols_leaf(
        self, package_id: PackageId, version: Version, attempt: str
    ) -> SymbolsLeaf | None:
        path = paths.file(package_id, version, attempt, paths.SYMBOLS_LEAF)
        blob = await self.blobs.find(path)
        return SymbolsLeaf.model_validate_json(blob.body) if blob else None

    async def _find_stored(
        self, package_id: PackageId, version: Version, attempt: str
    ) -> Stored | None:
        place = package_id, version
        leaf = await self.truth.find_leaf(*place, attempt)
        if leaf:
            return Stored(*place, attempt, attempt, leaf.pdbs)
        symbols = await self.find_symbols_leaf(*place, attempt)
        return Stored(*place, symbols.package, attempt, symbols.pdbs) if symbols else None
