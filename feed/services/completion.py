"""What follows a commit: announce it, document it. Nothing here can make it fail.

A change is committed when its row says so. From then on it is brought to its
end by whoever comes first: the one who made it, for a while in the request and
then in the background; the next one who meets the row; or repair. All of them
may do it at once.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from feed.errors import Contended, FeedError
from feed.nuget.leaf import Leaf, VersionState
from feed.services.attempts import Attempts
from feed.services.clock import pause
from feed.services.documents import Documents, SeenVersions
from feed.services.log import Log, SeenHead
from feed.services.records import Intent
from feed.services.truth import Told, Truth, identity

logger = logging.getLogger("feed")

# With the longest pause between them, a background completion ends within minutes.
_ATTEMPTS = 40
_LONGEST_PAUSE = 10.0


@dataclass(frozen=True, slots=True)
class Committed:
    """A change that has happened, with what was read on the way to it."""

    state: VersionState
    intent: Intent | None
    """None when it is announced already."""

    leaf: Leaf | None = None
    head: SeenHead | None = None
    versions: SeenVersions | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    truth: Truth
    log: Log
    documents: Documents
    attempts: Attempts
    patience: float = 20.0
    """For how many seconds a request waits for the end of its own change."""

    _running: set[asyncio.Task[None]] = field(default_factory=set)

    async def complete(self, committed: Committed) -> bool:
        """Bring a change to its end; False when that goes on in the background, or is left."""
        task = asyncio.create_task(self._persist(committed))
        self._running.add(task)
        task.add_done_callback(self._done)
        await asyncio.wait({task}, timeout=self.patience)
        return task.done() and task.exception() is None

    async def complete_pending(self, state: VersionState) -> bool:
        """Bring to its end what somebody else left of the newest change of a version."""
        return await self.complete(Committed(state, await self.log.find_intent(state.change)))

    async def finish(self, committed: Committed) -> None:
        """Announce, document, and remove what no document names any more; storage may fail it."""
        state, leaf, intent = committed.state, committed.leaf, committed.intent
        told = Told(state, leaf) if leaf else await self.truth.tell(state)
        if intent:
            await self.log.announce(intent, told, committed.head)
        package_id, version = identity(state)
        await self.documents.update(package_id, [told], committed.versions)
        for attempt in state.abandoned:
            await self.attempts.remove(package_id, version, attempt)

    async def settle(self) -> None:
        """Wait for what still runs in the background."""
        if self._running:
            await asyncio.wait(self._running, timeout=self.patience)

    async def _persist(self, committed: Committed) -> None:
        for attempt in range(_ATTEMPTS):
            try:
                return await self.finish(committed)
            except FeedError as error:
                state = committed.state
                extra = {"package": state.id, "version": state.version, "reason": str(error)}
                logger.warning("completion delayed", extra=extra)
                await pause(attempt, longest=_LONGEST_PAUSE)
        raise Contended("what follows a commit")

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("completion failed", exc_info=error)
