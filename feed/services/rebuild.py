"""Makes documents anew from the truth, for when one is lost or nobody believes it any more.

The feed can be used meanwhile: a change that comes between is met, and merged. A
version that is being deleted just then may leave registration a moment before it
leaves the version list.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from feed.errors import PackageNotFound
from feed.nuget.identity import PackageId
from feed.services.documents import Documents
from feed.services.truth import Damaged, Truth


@dataclass(frozen=True, slots=True)
class Rebuilt:
    package_id: PackageId
    was_wrong: bool
    """A document was missing, or was not what the truth makes of it."""

    damage: str | None = None
    """What the truth lacks itself; then the documents are left as they are."""


@dataclass(frozen=True, slots=True)
class Rebuild:
    truth: Truth
    documents: Documents

    async def run(self, package_id: PackageId) -> Rebuilt:
        """Rebuild the documents of one id."""
        if not await self.truth.has(package_id):
            raise PackageNotFound(package_id)
        return await self._rebuild(package_id)

    async def run_all(self) -> AsyncIterator[Rebuilt]:
        """Rebuild the documents of every id, one after the other."""
        async for package_id in self.truth.ids():
            yield await self._rebuild(package_id)

    async def _rebuild(self, package_id: PackageId) -> Rebuilt:
        try:
            return Rebuilt(package_id, await self.documents.rebuild(package_id))
        except Damaged as error:
            return Rebuilt(package_id, was_wrong=False, damage=str(error))
