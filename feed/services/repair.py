"""Brings to its end what was left half-way, and forgets what never happened.

Finish early: an intent whose row carries its attempt belongs to a change that is
committed; after five minutes nobody else will announce it. Drop late: any other
intent belongs to a change that did not happen; after a day whoever made it has
long given up, and its files go with it. And since a change that is announced may
not be documented yet, the events since the documents' cursor are merged again.

Every step may run twice, or beside the one whose work it is.
"""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import groupby

from feed.errors import VersionNotFound
from feed.nuget.catalog import Event
from feed.nuget.identity import PackageId
from feed.nuget.version import Version
from feed.services import paths, records
from feed.services.attempts import Attempts
from feed.services.clock import MINUTE, Clock, Random
from feed.services.completion import Committed, Completion
from feed.services.documents import Documents
from feed.services.log import Log
from feed.services.records import Intent
from feed.services.truth import Damaged, Told, Truth
from feed.storage.rows import RowChanged, RowExists, Rows, Value

logger = logging.getLogger("feed")

FINISH_AFTER = 5 * MINUTE
DROP_AFTER = 24 * 60 * MINUTE
_TURN = 10 * MINUTE
_BATCH = 1000


Damage = dict[str, str]
"""Of a package whose files or leaves are gone: what cannot be brought back."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What one repair found to do."""

    finished: int = 0
    dropped: int = 0
    merged: int = 0
    damage: Damage = field(default_factory=dict)
    is_turn_taken: bool = False
    """Somebody else was repairing: nothing was done."""


@dataclass(frozen=True, slots=True)
class Repair:
    rows: Rows
    truth: Truth
    log: Log
    documents: Documents
    attempts: Attempts
    completion: Completion
    clock: Clock
    random: Random

    async def run(self) -> Repaired:
        seen = await self.log.find_head()
        old = self.clock() - FINISH_AFTER
        intents = [each async for each in self.log.intents(begun_before=old)]
        if not intents and seen.head.cursor == seen.head.length:
            return Repaired()
        async with self._turn() as is_ours:
            if not is_ours:
                return Repaired(is_turn_taken=True)
            damage: Damage = {}
            done = Counter([await self._settle(each, damage) for each in intents])
            merged = await self._merge_events(damage)
        logger.info("repaired", extra={**done, "merged": merged})
        return Repaired(done["finished"], done["dropped"], merged, damage)

    async def _settle(self, intent: Intent, damage: Damage) -> str:
        with _not_for_others(intent.id.lower(), damage):
            return await self._finish_or_drop(intent)
        return "damaged"

    async def _finish_or_drop(self, intent: Intent) -> str:
        row = await self.truth.find_row(*intent.identity)
        state = records.state(row) if row else None
        if state and await self.log.has_happened(intent, state):
            await self.completion.finish(Committed(state, intent))
            return "finished"
        if paths.began(intent.attempt) < self.clock() - DROP_AFTER:
            await self.attempts.forget(*intent.identity, intent.attempt)
            await self.log.drop(intent)
            return "dropped"
        return "left"

    async def _merge_events(self, damage: Damage) -> int:
        """Merge what the log tells since the cursor, and move the cursor as far."""
        first = cursor = (await self.log.find_head()).head.cursor
        while events := await self.log.events(cursor, limit=_BATCH):
            by_id = groupby(sorted(events, key=_lower_id), key=_lower_id)
            for lower_id, each in by_id:
                with _not_for_others(lower_id, damage):
                    await self._merge(list(each), damage)
            cursor = events[-1].sequence + 1
            await self.log.move_cursor(cursor)
        return cursor - first

    async def _merge(self, events: Sequence[Event], damage: Damage) -> None:
        """Merge the versions of one id that events name, as their rows tell them now."""
        package_id = PackageId.parse(events[0].id)
        told: list[Told] = []
        for version in sorted({Version.parse(each.version) for each in events}):
            with _not_for_others(package_id.lower, damage):
                row = await self.truth.get_row(package_id, version)
                told.append(await self.truth.tell(records.state(row)))
        await self.documents.update(package_id, told)
        for event in events:
            for attempt in event.abandoned:
                await self.attempts.remove(*event.identity, attempt)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[bool]:
        """One instance repairs at a time; a turn that was not given back runs out."""
        etag = await self._take_turn()
        try:
            yield etag is not None
        finally:
            if etag:
                await self._give_back(etag)

    async def _take_turn(self) -> str | None:
        ours: dict[str, Value] = {"until": self.clock() + _TURN, "owner": self.random()}
        row = await self.rows.find(paths.REPAIR)
        # What lies further ahead than any turn lasts is of a clock that was wrong.
        if row and 0 < int(row.values["until"]) - self.clock() < 2 * _TURN:
            return None
        with suppress(RowExists, RowChanged):  # by another repair, or by ours: its answer was lost
            if row:
                await self.rows.replace(paths.REPAIR, ours, etag=row.etag)
            else:
                await self.rows.create(paths.REPAIR, ours)
        row = await self.rows.find(paths.REPAIR)
        return row.etag if row and row.values["owner"] == ours["owner"] else None

    async def _give_back(self, etag: str) -> None:
        try:
            await self.rows.delete(paths.REPAIR, etag=etag)
        except RowChanged:
            logger.warning("repair took longer than its turn")


def _lower_id(event: Event) -> str:
    return event.id.lower()


@contextmanager
def _not_for_others(package_id: str, damage: Damage) -> Iterator[None]:
    """Let damage to one version keep nobody from repairing the others."""
    try:
        yield
    except (Damaged, VersionNotFound) as error:  # a leaf is gone, or a row that an event names
        damage[package_id] = str(error)
        logger.exception("damaged", extra={"package": package_id})
