"""The truth about versions: their rows, which change, and their leaves, which never do.

A row is inserted once and replaced under its ETag ever after (services/log.py says
when it may be), and each of its states names the change that made it.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from feed.errors import VersionNotFound
from feed.nuget.identity import PackageId
from feed.nuget.leaf import Leaf, VersionState
from feed.nuget.version import Version
from feed.services import paths, records
from feed.storage.blobs import Blobs
from feed.storage.rows import Row, Rows


class Damaged(Exception):
    """What must be there is not, and no repair of ours can bring it back."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is gone, and is needed")


@dataclass(frozen=True, slots=True)
class Told:
    """A version as its row and its leaf tell it now; a deleted one has no leaf any more."""

    state: VersionState
    leaf: Leaf | None


@dataclass(frozen=True, slots=True)
class Truth:
    blobs: Blobs
    rows: Rows

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

    async def replace(self, row: Row, state: VersionState) -> None:
        await self.rows.replace(row.key, records.state_values(state), etag=row.etag)

    async def tell(self, state: VersionState) -> Told:
        """Add the leaf to a state."""
        if state.deleted:
            return Told(state, None)
        return Told(state, await self.get_leaf(*identity(state), state.attempt))

    async def find_leaf(self, package_id: PackageId, version: Version, attempt: str) -> Leaf | None:
        blob = await self.blobs.find(paths.leaf(package_id, version, attempt))
        return Leaf.model_validate_json(blob.body) if blob else None

    async def get_leaf(self, package_id: PackageId, version: Version, attempt: str) -> Leaf:
        """Read the leaf of an attempt that a row or an event names."""
        leaf = await self.find_leaf(package_id, version, attempt)
        if leaf is None:
            raise Damaged(paths.leaf(package_id, version, attempt))
        return leaf

    async def tell_all(self, package_id: PackageId, *, known: Sequence[Told] = ()) -> list[Told]:
        """Tell every version of an id, without reading again the leaves that are known."""
        leaves = {each.state.attempt: each.leaf for each in known}
        told = []
        async for row in self.rows.query(paths.version_rows(package_id)):
            state = records.state(row)
            leaf = leaves.get(state.attempt)
            told.append(Told(state, leaf) if leaf else await self.tell(state))
        return told

    async def has(self, package_id: PackageId) -> bool:
        """Tell whether an id has or had any version."""
        async for _ in self.rows.query(paths.version_rows(package_id)):
            return True
        return False

    async def ids(self) -> AsyncIterator[PackageId]:
        """Every id of the feed, once; a tool's work, since it reads every row."""
        last = None
        async for row in self.rows.scan("packages"):
            if row.key.partition != last:
                last = row.key.partition
                yield PackageId.parse(str(row.values["id"]))


def identity(state: VersionState) -> tuple[PackageId, Version]:
    return PackageId.parse(state.id), Version.parse(state.version)
