"""The truth about versions: their rows, which change, and their leaves, which never do.

A row is inserted once and replaced under its ETag ever after, and each of its
states names the operation that made it. So whoever is not told how a write ended
finds out by reading the row: a state that names our own operation is our success.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace

from feed.errors import Contended, VersionNotFound
from feed.nuget.identity import PackageId
from feed.nuget.leaf import Leaf, VersionState
from feed.nuget.version import Version
from feed.services import paths, records
from feed.services.clock import Clock, pause
from feed.storage.blobs import Blobs
from feed.storage.rows import Row, RowChanged, Rows

_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Told:
    """A version as its row and its leaf tell it now; a deleted one has no leaf any more."""

    state: VersionState
    leaf: Leaf | None


@dataclass(frozen=True, slots=True)
class Truth:
    blobs: Blobs
    rows: Rows
    clock: Clock

    async def find_row(self, package_id: PackageId, version: Version) -> Row | None:
        return await self.rows.find(paths.version_row(package_id, version))

    async def get_row(self, package_id: PackageId, version: Version) -> Row:
        row = await self.find_row(package_id, version)
        if row is None:
            raise VersionNotFound(package_id, version)
        return row

    async def insert(self, package_id: PackageId, version: Version, state: VersionState) -> None:
        key = paths.version_row(package_id, version)
        await self.rows.create(key, records.state_values(state))

    async def change(
        self, row: Row, change: str, apply: Callable[[VersionState], VersionState]
    ) -> VersionState:
        """Replace a version's row, again from what is newly there when others come first.

        `apply` is pure and may refuse by raising; it gives the state but for its
        revision, which always grows, and for the name of the change.
        """
        for attempt in range(_ATTEMPTS):
            old = records.state(row)
            if change in (old.change, old.attempt):
                return old
            revision = max(self.clock(), old.revision + 1)
            new = replace(apply(old), revision=revision, change=change)
            try:
                await self.rows.replace(row.key, records.state_values(new), etag=row.etag)
            except RowChanged:
                await pause(attempt)
                row = await self._again(row)
            else:
                return new
        raise Contended("/".join(row.key))

    async def tell(self, state: VersionState) -> Told:
        """Add the leaf to a state."""
        if state.deleted:
            return Told(state, None)
        return Told(state, await self.get_leaf(*identity(state), state.attempt))

    async def get_leaf(self, package_id: PackageId, version: Version, attempt: str) -> Leaf:
        """Read the leaf of an attempt that a row or an event names."""
        path = paths.leaf(package_id, version, attempt)
        blob = await self.blobs.find(path)
        if blob is None:
            raise LookupError(f"{path} is named by a row and is not there")
        return Leaf.model_validate_json(blob.body)

    async def tell_all(self, package_id: PackageId, *, known: Sequence[Told] = ()) -> list[Told]:
        """Tell every version of an id, without reading again the leaves that are known."""
        leaves = {each.state.attempt: each.leaf for each in known}
        told = []
        async for row in self.rows.query(paths.version_rows(package_id)):
            state = records.state(row)
            leaf = leaves.get(state.attempt)
            told.append(Told(state, leaf) if leaf else await self.tell(state))
        return told

    async def states(self) -> AsyncIterator[VersionState]:
        """Every version of the feed, id by id."""
        async for row in self.rows.scan("packages"):
            yield records.state(row)

    async def remove_files(self, package_id: PackageId, version: Version, attempt: str) -> None:
        """Remove the files of an attempt that no row names, or names as deleted."""
        async for path in self.blobs.names(paths.file(package_id, version, attempt, "")):
            await self.blobs.delete(path)

    async def remove_attempt(self, package_id: PackageId, version: Version, attempt: str) -> None:
        """Remove all that an attempt has stored, its leaf too: no row and no event names it."""
        await self.remove_files(package_id, version, attempt)
        await self.blobs.delete(paths.leaf(package_id, version, attempt))

    async def _again(self, row: Row) -> Row:
        found = await self.rows.find(row.key)
        if found is None:
            raise LookupError(f"{'/'.join(row.key)} was there and is gone")
        return found


def identity(state: VersionState) -> tuple[PackageId, Version]:
    return PackageId.parse(state.id), Version.parse(state.version)
