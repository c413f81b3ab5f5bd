"""Who did what, when and from where: the events about packages, and what was done to keys.

Events say it of packages already. What is done to keys is no event, since the catalog
must not show it, and leaves rows of its own in the same log.
"""

import logging
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

from feed.nuget.identity import PackageId
from feed.services import paths, records
from feed.services.callers import Actor
from feed.services.clock import Clock, Random
from feed.services.log import Log
from feed.storage.rows import Row, Rows

logger = logging.getLogger("feed")


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that somebody did."""

    stamp: int
    verb: str
    actor: Actor
    package: str = ""
    version: str = ""
    subject: str = ""
    """The id of the key it was done to, where it was a key, …"""

    subject_name: str = ""
    """… and what that is called."""


@dataclass(frozen=True, slots=True)
class Audit:
    rows: Rows
    log: Log
    clock: Clock
    random: Random

    async def note(self, verb: str, subject: str, subject_name: str, actor: Actor) -> None:
        """Remember what is about to be done to a key: nothing is done without a trace."""
        attempt = paths.attempt(self.clock(), self.random())
        said = {"verb": verb, "subject": subject, "subject_name": subject_name}
        await self.rows.put(paths.audit(attempt), {**said, **records.actor_values(actor)})
        logger.info(verb, extra={**said, **actor.fields})

    async def deeds(
        self, since: int = 0, package_id: PackageId | None = None
    ) -> AsyncIterator[Deed]:
        """What was done since then, oldest first: all of it, or to the versions of one id."""
        others: deque[Deed] = deque()
        if package_id is None:
            others.extend([_audit(row) async for row in self.rows.query(paths.audits(since))])
        async for deed in self._events(since):
            while others and others[0].stamp < deed.stamp:
                yield others.popleft()
            if package_id is None or PackageId.parse(deed.package) == package_id:
                yield deed
        for deed in others:
            yield deed

    async def _events(self, since: int) -> AsyncIterator[Deed]:
        first = await self._find_first(since)
        async for row in self.rows.query(paths.events(first)):
            yield _event(row)

    async def _find_first(self, since: int) -> int:
        """Find the first event that is not older, by halving: stamps grow with the numbers."""
        first, end = 0, (await self.log.find_head()).head.length if since else 0
        while first < end:
            middle = (first + end) // 2
            row = await self.rows.find(paths.event(middle))
            if row and records.event(row).stamp < since:
                first = middle + 1
            else:
                end = middle
        return first


def _event(row: Row) -> Deed:
    event = records.event(row)
    actor = records.actor(row)
    return Deed(event.stamp, event.verb, actor, package=event.id, version=event.version)


def _audit(row: Row) -> Deed:
    said = {name: str(row.values[name]) for name in ("verb", "subject", "subject_name")}
    return Deed(stamp=paths.audited(row.key), actor=records.actor(row), **said)
