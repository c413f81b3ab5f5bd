"""The log: every change of the feed, in order, each announced exactly once.

Three kinds of rows in one partition, so that one transaction can change them
together: the head, which counts; the events; and the intents, one for each
piece of work under way.

Announcing is that transaction: the head counts one up under its ETag, the event
is inserted, the intent is removed. Of several announcers of one intent a single
one can win, since the intent is gone afterwards; the others see that it is gone
and are done.

A version's row names only the change that made its state, so to replace a state
is to forget that change. Whoever does it therefore announces that change first.
Two things follow.

The log holds every state that a version ever had, once and in order: a state
stays in its row until its event is written, and the next one comes after that.

Of every intent it is known whether its change has happened, although answers get
lost: if the row names it, it has; if the intent is gone, it was announced, so it
has; if the intent is there and the row names another change, it has not.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from feed.errors import Busy, Contended
from feed.nuget.catalog import PAGE, Event, Page, Verb
from feed.nuget.leaf import VersionState
from feed.nuget.version import Version
from feed.services import paths, records
from feed.services.callers import Actor
from feed.services.clock import MINUTE, SECOND, Clock, Random, pause
from feed.services.records import Head, Intent
from feed.services.truth import Damaged, Told, Truth
from feed.storage.rows import (
    Create,
    Delete,
    Replace,
    Row,
    RowChanged,
    RowExists,
    Rows,
    Write,
)

COMMIT_WITHIN = 10 * MINUTE
"""After its intent; repair takes for abandoned only what is much older."""

_ATTEMPTS = 12

Apply = Callable[[VersionState], VersionState]


@dataclass(frozen=True, slots=True)
class SeenHead:
    """The head as it was read; without an ETag there was none yet."""

    head: Head
    etag: str | None


@dataclass(slots=True)
class _Reach:
    """How far the log is known."""

    length: int = 0

    def note(self, length: int) -> None:
        self.length = max(self.length, length)


@dataclass(frozen=True, slots=True)
class Log:
    rows: Rows
    truth: Truth
    clock: Clock
    random: Random
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _reach: _Reach = field(default_factory=_Reach)

    @property
    def length(self) -> int:
        """How many events this process knows of; others may have announced more."""
        return self._reach.length

    async def find_head(self) -> SeenHead:
        row = await self.rows.find(paths.HEAD)
        if row is None:
            return SeenHead(Head(), None)
        seen = SeenHead(Head.of(row), row.etag)
        self._reach.note(seen.head.length)
        return seen

    async def intend(
        self, verb: Verb, package_id: object, version: Version, actor: Actor
    ) -> Intent:
        """Say what is about to be done, before anything is stored."""
        attempt = paths.attempt(self.clock(), self.random())
        until = asyncio.get_running_loop().time() + COMMIT_WITHIN / SECOND
        intent = Intent(attempt, verb, str(package_id), version.full, actor, until)
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

    def check_time(self, intent: Intent) -> None:
        """Refuse to go on with what repair may take for abandoned.

        Two clocks are asked. One that is set back hides how long this took; and the
        loop's own may have stood still with the machine, as when a laptop slept.
        """
        is_late = self.clock() > paths.began(intent.attempt) + COMMIT_WITHIN
        if is_late or asyncio.get_running_loop().time() > intent.until:
            raise Busy("storing this took too long, try again")

    async def change(
        self, row: Row, intent: Intent, apply: Apply, *, is_retry: bool = False
    ) -> VersionState:
        """Replace a version's row, again from what is newly there when others come first.

        `apply` is pure and may refuse by raising; it gives the state but for its
        revision, which always grows, and for the name of the change. A change that
        turns out to have happened already is not made again.
        """
        for attempt in range(_ATTEMPTS):
            old = records.state(row)
            await self.announce_pending(old)
            is_done = is_retry and await self.has_happened(intent, old)
            self.check_time(intent)
            if is_done:
                return old
            revision = max(self.clock(), old.revision + 1)
            kept = replace(old, abandoned=())  # told by its own event
            new = replace(apply(kept), revision=revision, change=intent.attempt)
            try:
                await self.truth.replace(row, new)
            except RowChanged:
                await pause(attempt)
                row, is_retry = await self.truth.get_row(*intent.identity), True
            else:
                return new
        raise Contended("/".join(row.key))

    async def has_happened(self, intent: Intent, state: VersionState) -> bool:
        """Tell of a change what became of it, from a state that was read after it was tried."""
        if intent.attempt in (state.attempt, state.change):
            return True
        return await self.find_intent(intent.attempt) is None

    async def announce(self, intent: Intent, told: Told, seen: SeenHead | None = None) -> None:
        """Append the event of a change that has happened, unless somebody else did."""
        async with self._turn:
            for attempt in range(_ATTEMPTS):
                seen = seen or await self.find_head()
                try:
                    await self.rows.transaction(self._announcement(intent, seen, told))
                except (RowChanged, RowExists):
                    if await self.find_intent(intent.attempt) is None:
                        return
                else:
                    self._reach.note(seen.head.length + 1)
                    return
                seen = None
                await pause(attempt)
        raise Contended("the log")

    async def announce_pending(self, state: VersionState) -> None:
        """Announce the change that made a state, if that was not done."""
        intent = await self.find_intent(state.change)
        if intent is None:
            return
        try:
            told = await self.truth.tell(state)
        except Damaged:  # what its leaf said is lost, but not the way to delete it
            told = Told(state, None)
        await self.announce(intent, told)

    async def events(self, first: int, *, limit: int) -> list[Event]:
        """Read some of the events from `first` on, in order."""
        span = paths.events(first, first + limit)
        rows = self.rows.query(span, select=records.EVENT_PROPERTIES)
        return [records.event(row) async for row in rows]

    async def changes(self, first: int, *, limit: int) -> list[tuple[Event, str | None]]:
        """Read the same with the cards, as JSON: what search follows the log by."""
        rows = self.rows.query(paths.events(first, first + limit))
        return [(records.event(row), records.card(row)) async for row in rows]

    async def find_event(self, sequence: int) -> Event | None:
        row = await self.rows.find(paths.event(sequence))
        return records.event(row) if row else None

    async def full_pages(self) -> list[Page]:
        """Sum up the pages that are full, in order, but for those that show nothing."""
        return [records.page(row) async for row in self.rows.query(paths.pages())]

    async def move_cursor(self, cursor: int) -> None:
        """Remember that the documents hold every event before this one."""
        async with self._turn:
            for attempt in range(_ATTEMPTS):
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
        raise Contended("the log")

    def _announcement(self, intent: Intent, seen: SeenHead, told: Told) -> list[Write]:
        event = _event(intent, told.state, seen.head, max(self.clock(), seen.head.stamp + 1))
        head = _moved(seen.head, event)
        writes: list[Write] = [
            Replace(paths.HEAD, head.values(), seen.etag)
            if seen.etag
            else Create(paths.HEAD, head.values()),
            Create(
                paths.event(event.sequence), records.event_values(event, intent.actor, told.leaf)
            ),
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
        abandoned=state.abandoned,
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
