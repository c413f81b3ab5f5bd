"""The log: every change of the feed, in order, each announced exactly once.

Three kinds of rows in one partition, so that one transaction can change them
together: the head, which counts; the events; and the intents, one for each
piece of work under way.

Announcing is that transaction: the head counts one up under its ETag, the event
is inserted, the intent is removed. Of several announcers of one intent a single
one can win, since the intent is gone afterwards; the others see that it is gone
and are done. The head is read first and the version's row second, and the event
tells what the row says by then. So when two changes of one version are announced
in whatever order, the later event never tells an older state: whoever announces
second read the head after the first had moved it, and the row after that.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count

from feed.nuget.catalog import PAGE, Event, Page, Verb
from feed.nuget.leaf import VersionState
from feed.nuget.version import Version
from feed.services import paths, records
from feed.services.callers import Actor
from feed.services.clock import Clock, Random, pause
from feed.services.records import Head, Intent
from feed.services.truth import Told, Truth
from feed.storage.rows import Create, Delete, Replace, RowChanged, RowExists, Rows, Write


@dataclass(frozen=True, slots=True)
class SeenHead:
    """The head as it was read; without an ETag there was none yet."""

    head: Head
    etag: str | None


@dataclass(frozen=True, slots=True)
class Log:
    rows: Rows
    truth: Truth
    clock: Clock
    random: Random
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def find_head(self) -> SeenHead:
        row = await self.rows.find(paths.HEAD)
        return SeenHead(Head.of(row), row.etag) if row else SeenHead(Head(), None)

    async def intend(
        self, verb: Verb, package_id: object, version: Version, actor: Actor
    ) -> Intent:
        """Say what is about to be done, before anything is stored."""
        attempt = paths.attempt(self.clock(), self.random())
        intent = Intent(attempt, verb, str(package_id), version.full, actor)
        with suppress(RowExists):  # an attempt is named once: the row is ours, its answer was lost
            await self.rows.create(intent.key, intent.values())
        return intent

    async def find_intent(self, attempt: str) -> Intent | None:
        row = await self.rows.find(paths.intent(attempt))
        return Intent.of(row) if row else None

    async def intents(self, *, begun_before: int | None = None) -> AsyncIterator[Intent]:
        """The work under way, oldest first."""
        async for row in self.rows.query(paths.intents(begun_before)):
            yield Intent.of(row)

    async def drop(self, intent: Intent) -> None:
        await self.rows.delete(intent.key)

    async def announce(
        self, intent: Intent, seen: SeenHead | None = None, told: Told | None = None
    ) -> None:
        """Append the event; `seen` must have been read before the row became what `told` says."""
        async with self._turn:
            for attempt in count():
                if seen is None or told is None:
                    seen = await self.find_head()
                    told = await self._told(intent)
                try:
                    await self.rows.transaction(self._announcement(intent, seen, told))
                except (RowChanged, RowExists):
                    if await self.find_intent(intent.attempt) is None:
                        return
                else:
                    return
                seen = None
                await pause(attempt)

    async def events(self, first: int, *, limit: int) -> list[Event]:
        """Read some of the events from `first` on, in order."""
        rows = self.rows.query(paths.events(first, first + limit))
        return [records.event(row) async for row in rows]

    async def find_event(self, sequence: int) -> Event | None:
        row = await self.rows.find(paths.event(sequence))
        return records.event(row) if row else None

    async def full_pages(self) -> list[Page]:
        """Sum up the pages that are full, in order, but for those that show nothing."""
        return [records.page(row) async for row in self.rows.query(paths.pages())]

    async def move_cursor(self, cursor: int) -> None:
        """Remember that the documents hold every event before this one."""
        async with self._turn:
            for attempt in count():
                seen = await self.find_head()
                if seen.etag is None or seen.head.cursor >= cursor:
                    return
                moved = replace(seen.head, cursor=cursor).values()
                try:
                    await self.rows.replace(paths.HEAD, moved, etag=seen.etag)
                except RowChanged:
                    await pause(attempt)
                else:
                    return

    async def announce_pending(self, attempt: str) -> None:
        """Announce what was done and, for whatever reason, not announced."""
        intent = await self.find_intent(attempt)
        if intent:
            await self.announce(intent)

    async def _told(self, intent: Intent) -> Told:
        row = await self.truth.get_row(*intent.identity)
        return await self.truth.tell(records.state(row))

    def _announcement(self, intent: Intent, seen: SeenHead, told: Told) -> list[Write]:
        event = _event(intent, told.state, seen.head, max(self.clock(), seen.head.stamp + 1))
        head = _moved(seen.head, event)
        writes: list[Write] = [
            Replace(paths.HEAD, head.values(), seen.etag)
            if seen.etag
            else Create(paths.HEAD, head.values()),
            Create(paths.event(event.sequence), records.event_values(event, intent.actor)),
            Delete(intent.key),
        ]
        if head.length % PAGE == 0 and head.page:
            writes.append(Create(paths.page(head.page.number), records.page_values(head.page)))
        return writes


def _event(intent: Intent, state: VersionState, head: Head, stamp: int) -> Event:
    return Event(
        sequence=head.length,
        stamp=stamp,
        commit=intent.attempt,
        verb=intent.verb,
        id=state.id,
        version=state.version,
        attempt=state.attempt,
        revision=state.revision,
        listed=state.listed,
        deleted=state.deleted,
        published=state.published,
        deprecation=state.deprecation,
    )


def _moved(head: Head, event: Event) -> Head:
    """The head after an event; a page that was full makes room for the next."""
    if event.sequence % PAGE == 0:
        head = replace(head, items=0, page_stamp=0, page_commit="")
    head = replace(head, length=event.sequence + 1, stamp=event.stamp)
    if event.verb is Verb.SYMBOLS:  # the catalog knows nothing of symbols
        return head
    items = head.items + 1
    return replace(head, items=items, page_stamp=event.stamp, page_commit=event.commit)
