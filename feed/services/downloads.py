"""How often each version was downloaded: roughly, and at no request's cost.

A download is counted in memory, and written within a minute, beside all requests.
Each tally counts one version on one day and has a row that nobody else writes. So
writing it is one blind operation that may be repeated: no instance overwrites what
another has counted, and an answer that was lost counts nothing twice. What a
process has not written when it is killed is lost.

When a day is long over, nobody writes its rows any more. They are folded into the
version's total, in one transaction: each version keeps a single row, and those of
its last days.

All packages together are counted as if they were one more, whose versions are the
days: so what a day came to is known when its rows are long folded.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass

from feed.errors import FeedError
from feed.nuget.identity import PackageId
from feed.nuget.timestamps import format_ticks
from feed.nuget.version import Version
from feed.services import paths
from feed.services.clock import DAY, Clock, Random
from feed.storage.rows import Create, Delete, Key, Replace, Row, RowChanged, RowExists, Rows, Write

logger = logging.getLogger("feed")

# A tally is written until its day has been over for a day, by clocks that may differ.
_WRITTEN_FOR = DAY
_FOLDED_AFTER = 3 * DAY

# Azure Tables: one transaction holds at most 100 rows. One of them is the total.
_FOLDED_AT_ONCE = 99

Totals = dict[str, int]
"""How often each version of an id was downloaded, by its lower-case normalised text."""


@dataclass(slots=True)
class _Tally:
    """The downloads of one version, or of everything, on one day, as this process saw them."""

    key: Key
    day: str
    count: int = 0
    written: int = 0

    @property
    def is_pending(self) -> bool:
        return self.count > self.written


class Downloads:
    """Counts up to `limit` things at a time, and writes each once in `interval` seconds."""

    def __init__(
        self,
        rows: Rows,
        clock: Clock,
        random: Random,
        *,
        interval: float = 60.0,
        limit: int = 10_000,
    ) -> None:
        self._rows = rows
        self._clock = clock
        self._random = random
        self._interval = interval
        self._limit = limit
        self._tallies: dict[tuple[str, str, str], _Tally] = {}
        self._writing: asyncio.Task[None] | None = None

    def count(self, package_id: PackageId, version: Version) -> None:
        """Count a download: never waits, never fails."""
        day = self._day()
        self._count(paths.EVERYTHING, day, day)
        self._count(package_id.lower, version.lower, day)
        # Under the Functions worker nothing else tells that a loop is running.
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_while_pending())

    async def flush(self) -> None:
        """Write what was counted; what storage does not take now is left for the next time."""
        oldest = self._day(before=_WRITTEN_FOR)
        try:
            for tally in list(self._tallies.values()):
                if tally.is_pending and tally.day >= oldest:
                    await self._write(tally)
        except FeedError as error:
            logger.warning("downloads not written", extra={"reason": str(error)})
        self._forget(oldest)

    async def settle(self) -> None:
        """Write the last, before the process ends."""
        if self._writing:
            self._writing.cancel()
            await asyncio.wait({self._writing})
        await self.flush()

    async def totals(self, package_id: PackageId) -> Totals:
        """Tell how often the versions of an id were downloaded, if ever."""
        return _sum([row async for row in self._rows.query(paths.downloads(package_id))])

    async def per_day(self, count: int) -> list[tuple[str, int]]:
        """Tell how often anything was downloaded on each of the last days, today last."""
        days = [self._day(before=number * DAY) for number in reversed(range(count))]
        counts = _sum([row async for row in self._rows.query(paths.downloads_since(days[0]))])
        return [(day, counts.get(day, 0)) for day in days]

    async def all_totals(self) -> AsyncIterator[tuple[str, Totals]]:
        """Tell the same of every lower-case id: for a snapshot, never for a request."""
        async for rows in self._ids():
            if rows[0].key.partition != paths.EVERYTHING:
                yield rows[0].key.partition, _sum(rows)

    async def fold(self) -> None:
        """Move the days that are long over into the totals; it may run twice, or at once."""
        oldest = self._day(before=_FOLDED_AFTER)
        async for rows in self._ids():
            past: defaultdict[Key, list[Row]] = defaultdict(list)
            for row in rows:
                version, day = paths.downloaded(row.key)
                if day and day < oldest:
                    past[paths.downloads_in_all(row.key.partition, version)].append(row)
            for total, days in past.items():
                await self._fold(total, days)

    def _count(self, lower_id: str, lower_version: str, day: str) -> None:
        subject = lower_id, lower_version, day
        tally = self._tallies.get(subject)
        if tally is None:
            if len(self._tallies) >= self._limit:
                return
            key = paths.downloads_on(day, lower_id, lower_version, self._random())
            tally = self._tallies[subject] = _Tally(key, day)
        tally.count += 1

    async def _write_while_pending(self) -> None:
        while any(tally.is_pending for tally in self._tallies.values()):
            await asyncio.sleep(self._interval)
            await self.flush()

    async def _write(self, tally: _Tally) -> None:
        count = tally.count
        await self._rows.put(tally.key, {"count": count})
        tally.written = count

    def _forget(self, oldest: str) -> None:
        """Make room: for good where it is too late, else where nothing is lost by it."""
        today = self._day()
        is_crowded = len(self._tallies) > self._limit // 2
        self._tallies = {
            subject: tally
            for subject, tally in self._tallies.items()
            if (tally.is_pending and tally.day >= oldest) or (tally.day == today and not is_crowded)
        }

    async def _fold(self, key: Key, days: Sequence[Row]) -> None:
        for start in range(0, len(days), _FOLDED_AT_ONCE):
            some = days[start : start + _FOLDED_AT_ONCE]
            try:
                await self._rows.transaction(_folding(key, await self._rows.find(key), some))
            except (RowChanged, RowExists):  # somebody else folds, or our own answer was lost
                return

    async def _ids(self) -> AsyncIterator[list[Row]]:
        """All rows of each id, which lie one behind the other."""
        rows: list[Row] = []
        async for row in self._rows.scan(paths.DOWNLOADS):
            if rows and row.key.partition != rows[0].key.partition:
                yield rows
                rows = []
            rows.append(row)
        if rows:
            yield rows

    def _day(self, *, before: int = 0) -> str:
        return format_ticks(self._clock() - before)[:10]


def _sum(rows: Iterable[Row]) -> Totals:
    totals: Counter[str] = Counter()
    for row in rows:
        version, _ = paths.downloaded(row.key)
        totals[version] += _read(row)
    return dict(totals)


def _folding(key: Key, total: Row | None, days: Sequence[Row]) -> list[Write]:
    count = sum(_read(row) for row in days)
    write: Write = Create(key, {"count": count})
    if total:
        write = Replace(key, {"count": _read(total) + count}, total.etag)
    return [write, *(Delete(row.key, row.etag) for row in days)]


def _read(row: Row) -> int:
    return int(row.values["count"])
