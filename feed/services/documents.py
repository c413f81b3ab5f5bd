"""The documents of an id: all its versions, for the flat container and for registration.

Both are merges of what changed into what is there, so it does not matter how
often, in which order or by whom a change is written. What comes is written to
registration first, then the version list is changed, then registration loses what
goes: so whatever the list names is everywhere. Two writers that meet repeat the
merge on what the other has written.

A document that is not there is built from the rows of the id. That is how the
first version of an id makes them, and how a lost one comes back.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from weakref import WeakValueDictionary

from feed.errors import Contended
from feed.nuget import content, registration_document
from feed.nuget.identity import PackageId
from feed.services import paths
from feed.services.clock import pause
from feed.services.truth import Told, Truth
from feed.storage.blobs import Blob, BlobChanged, BlobExists, Blobs

_ATTEMPTS = 12

Merge = Callable[[bytes | None, Sequence[Told]], bytes]


@dataclass(frozen=True, slots=True)
class SeenVersions:
    """The version list as it was read, or that there was none."""

    blob: Blob | None


@dataclass(frozen=True, slots=True)
class Documents:
    blobs: Blobs
    truth: Truth
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def find_versions(self, package_id: PackageId) -> SeenVersions:
        return SeenVersions(await self.blobs.find(paths.versions(package_id)))

    async def update(
        self, package_id: PackageId, told: Sequence[Told], seen: SeenVersions | None = None
    ) -> None:
        """Merge what is told into both documents; `seen` saves one read of the version list."""
        async with self._turns.setdefault(package_id.lower, asyncio.Lock()):
            seen = seen or await self.find_versions(package_id)
            change = _Change(self.truth, package_id, told, is_whole=False)
            if seen.blob is None:
                change = await change.whole()
            await self._write_registration(change.only(deleted=False))
            await self._write_versions(change, seen.blob)
            await self._write_registration(change.only(deleted=True))

    async def _write_versions(self, change: "_Change", found: Blob | None) -> None:
        await self._write(paths.versions(change.package_id), _merge_versions, change, found)

    async def _write_registration(self, change: "_Change") -> None:
        if change.told:
            path = paths.registration(change.package_id)
            await self._write(path, _merge_registration, change, await self.blobs.find(path))

    async def rebuild(self, package_id: PackageId) -> bool:
        """Make both documents anew from the truth; True when one was not as it should be."""
        async with self._turns.setdefault(package_id.lower, asyncio.Lock()):
            for attempt in range(_ATTEMPTS):
                try:
                    return await self._rebuild(package_id)
                except (BlobExists, BlobChanged):
                    await pause(attempt)
        raise Contended(f"the documents of {package_id}")

    async def _rebuild(self, package_id: PackageId) -> bool:
        # Read before the rows: a change that comes between is met by the ETag.
        registration = await self.blobs.find(paths.registration(package_id))
        versions = await self.blobs.find(paths.versions(package_id))
        told = await self.truth.tell_all(package_id)
        body = await asyncio.to_thread(_merge_registration, None, told)
        was_wrong = await self._correct(paths.registration(package_id), body, registration)
        body = await asyncio.to_thread(_merge_versions, None, told)
        return await self._correct(paths.versions(package_id), body, versions) or was_wrong

    async def _write(self, path: str, merge: Merge, change: "_Change", found: Blob | None) -> None:
        for attempt in range(_ATTEMPTS):
            try:
                return await self._merge(path, merge, change, found)
            except (BlobExists, BlobChanged):
                await pause(attempt)
                found = await self.blobs.find(path)
        raise Contended(path)

    async def _merge(self, path: str, merge: Merge, change: "_Change", found: Blob | None) -> None:
        if found is None:
            change = await change.whole()
        body = await asyncio.to_thread(merge, found.body if found else None, change.told)
        await self._correct(path, body, found)

    async def _correct(self, path: str, body: bytes, found: Blob | None) -> bool:
        """Store a document in place of what was found; False when that is the same."""
        if found is None:
            await self.blobs.create(path, body)
        elif body != found.body:
            await self.blobs.replace(path, body, etag=found.etag)
        else:
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Change:
    """What is to be merged: some versions of an id, or the whole of it."""

    truth: Truth
    package_id: PackageId
    told: Sequence[Told]
    is_whole: bool

    def only(self, *, deleted: bool) -> "_Change":
        told = [each for each in self.told if each.state.deleted is deleted]
        return replace(self, told=told)

    async def whole(self) -> "_Change":
        if self.is_whole:
            return self
        told = await self.truth.tell_all(self.package_id, known=self.told)
        return replace(self, told=told, is_whole=True)


def _merge_versions(document: bytes | None, told: Sequence[Told]) -> bytes:
    return content.merge(document, [each.state for each in told])


def _merge_registration(document: bytes | None, told: Sequence[Told]) -> bytes:
    return registration_document.merge(document, [(each.state, each.leaf) for each in told])
