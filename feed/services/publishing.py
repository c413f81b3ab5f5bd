"""The push: a package that arrives either is on the feed afterwards, or nothing happened.

    receive    the body is in a temporary file, hashed on its way (services/receiving.py)
    read       the archive and its manifest; every fault named at once        → 400
    refuse     what the key may not push; what is there already         → 401, 403, 409
    intend     a row in the log: what, who, and a random attempt
    store      the files, the leaf and the pointers to PDBs under this attempt; no two
               tries share any of it
    commit     the version's row, naming the attempt
    announce   the event, the head and the end of the intent, in one transaction
    document   registration, then the version list
    answer     201

The commit is one row. Stop the process after any step: before the commit nothing
has happened, for nothing leads to the files of an attempt that no row names;
after it the package exists, and announcing and documenting are brought to their
end by whoever comes first (services/completion.py).

Answers can be lost: storage did what it was asked and the connection broke, and
the retry meets what it made itself, or what others have made of it since. So a
push that meets a row first finds out whether it has happened itself
(services/log.py), for an insert and for a replace alike.

Everything that is stored and not named by a row can be found through its intent,
since the intent comes first. Repair removes it after a day, and therefore a push
that took too long since its intent gives up.
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from feed.errors import FeedError, NumberTaken, PackageExists
from feed.nuget import timestamps
from feed.nuget.archive import Archive, read_archive
from feed.nuget.catalog import Verb
from feed.nuget.content import VersionEntry, find_version
from feed.nuget.identity import PackageId
from feed.nuget.leaf import Leaf, VersionState
from feed.nuget.version import Version
from feed.services import paths, records
from feed.services.attempts import Attempts, Bodies
from feed.services.callers import Actor, Caller
from feed.services.clock import Clock
from feed.services.completion import Committed, Completion
from feed.services.documents import Documents, SeenVersions
from feed.services.log import Log
from feed.services.pointers import Stored
from feed.services.receiving import Received
from feed.services.records import Intent
from feed.services.truth import Truth
from feed.storage.rows import RowExists

logger = logging.getLogger("feed")


@dataclass(frozen=True, slots=True)
class Pushed:
    """What came of a push that succeeded."""

    state: VersionState
    warnings: tuple[str, ...]
    is_complete: bool
    """False when other readers may see it a little later."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package as it was read: valid, and not stored yet."""

    id: PackageId
    version: Version
    archive: Archive
    received: Received


@dataclass(frozen=True, slots=True)
class Publishing:
    truth: Truth
    log: Log
    documents: Documents
    attempts: Attempts
    completion: Completion
    clock: Clock
    reuse_deleted: bool = False

    async def push(self, received: Received, caller: Caller) -> Pushed:
        package = await self._read(received)
        versions = await self.documents.find_versions(package.id)
        actor = await self._refuse(package, caller, versions)
        intent = await self.log.intend(Verb.PUSH, package.id, package.version, actor)
        leaf = await self._store(package, intent)
        head = await self.log.find_head()
        state = await self._commit(package, leaf, intent)
        is_ours = state.attempt == intent.attempt  # or another's, that came after ours was deleted
        committed = Committed(state, intent, leaf if is_ours else None, head, versions)
        is_complete = await self.completion.complete(committed)
        extra = {"package": state.id, "version": state.version, "bytes": state.size}
        logger.info("pushed", extra={**extra, "complete": is_complete, **actor.fields})
        warnings = (*package.archive.warnings, *caller.find_warnings(self.clock()))
        return Pushed(state, warnings, is_complete)

    async def _read(self, received: Received) -> Package:
        now = timestamps.moment_at(self.clock())
        archive = await asyncio.to_thread(read_archive, received.file, now)
        manifest = archive.manifest
        package_id, version = PackageId.parse(manifest.id), Version.parse(manifest.version)
        return Package(package_id, version, archive, received)

    async def _refuse(self, package: Package, caller: Caller, seen: SeenVersions) -> Actor:
        """Refuse what must not be; say who pushes what may."""
        document = seen.blob and seen.blob.body
        actor = caller.check_push(package.id, is_new=document is None)
        entry = find_version(document, package.version) if document else None
        if entry and not await self._is_free(package, entry):
            raise self._taken(package, is_deleted=entry.deleted)
        return actor

    async def _is_free(self, package: Package, entry: VersionEntry) -> bool:
        """Tell whether a number can be used again; the list may not know yet that it can."""
        if entry.deleted or not self.reuse_deleted:
            return self.reuse_deleted
        row = await self.truth.find_row(package.id, package.version)
        return row is None or records.state(row).deleted

    @staticmethod
    def _taken(package: Package, *, is_deleted: bool) -> PackageExists:
        refusal = NumberTaken if is_deleted else PackageExists
        return refusal(package.id, package.version)

    async def _store(self, package: Package, intent: Intent) -> Leaf:
        leaf = _leaf(package)
        place = package.id, package.version, intent.attempt
        bodies: Bodies = {
            paths.file(*place, paths.NUPKG): package.received.file,
            paths.file(*place, paths.NUSPEC): package.archive.nuspec,
            **{paths.file(*place, name): body for name, body in package.archive.files.items()},
            paths.leaf(*place): leaf.model_dump_json(exclude_defaults=True).encode(),
        }
        stored = Stored(*place, intent.attempt, leaf.pdbs)
        await self.attempts.store(bodies, stored, partial(self.log.check_time, intent))
        return leaf

    async def _commit(self, package: Package, leaf: Leaf, intent: Intent) -> VersionState:
        self.log.check_time(intent)
        state = self._state(package, leaf, intent.attempt)
        try:
            await self.truth.insert(package.id, package.version, state)
        except RowExists:
            return await self._commit_over(package, state, intent)
        return state

    async def _commit_over(
        self, package: Package, state: VersionState, intent: Intent
    ) -> VersionState:
        """Meet the row that is there: our own, a tombstone, or another push's."""
        row = await self.truth.get_row(package.id, package.version)

        def over(old: VersionState) -> VersionState:
            if old.deleted and self.reuse_deleted:
                return state
            raise self._taken(package, is_deleted=old.deleted)

        try:
            return await self.log.change(row, intent, over, is_retry=True)
        except PackageExists:
            await self._give_way(package, intent)
            raise

    async def _give_way(self, package: Package, intent: Intent) -> None:
        """Finish what the winner left pending, and take back what this push has stored."""
        with suppress(FeedError):  # what is not done here is done by repair
            # Anew: the winner may have come after the row that this push meant to replace.
            winner = await self.truth.get_row(package.id, package.version)
            await self.completion.complete_pending(records.state(winner))
            await self.attempts.forget(package.id, package.version, intent.attempt)
            await self.log.drop(intent)

    def _state(self, package: Package, leaf: Leaf, attempt: str) -> VersionState:
        now = self.clock()
        return VersionState(
            id=package.id.text,
            version=package.version.full,
            attempt=attempt,
            revision=now,
            change=attempt,
            published=now,
            size=leaf.size,
            sha512=leaf.sha512,
            semver2=package.archive.manifest.is_semver2,
            files=leaf.files,
        )


def _leaf(package: Package) -> Leaf:
    archive = package.archive
    return Leaf(
        manifest=archive.manifest,
        size=package.received.size,
        sha512=package.received.sha512,
        entries=archive.entries,
        files=tuple(archive.files),
        signature=archive.signature,
        assemblies=archive.symbols.assemblies,
        pdbs=archive.symbols.pdbs,
        pictures=archive.pictures,
    )
