"""Search over synthetic feeds: how fast, how large, how soon."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from feed.app import Feed
from feed.cli.bench import indexes
from feed.cli.bench.feeds import settings
from feed.cli.bench.indexes import Built
from feed.cli.bench.processes import apart, resident
from feed.cli.bench.report import Table
from feed.cli.bench.searches import COMPLETIONS, SEARCHES, Asked
from feed.cli.bench.timing import milliseconds
from feed.nuget.search_request import Request
from feed.services.receiving import MB
from feed.services.search.snapshots import Snapshot

IDS: Final = (1_000, 10_000, 100_000)
EVENTS: Final = 1_000

_ASKED_FOR: Final = ("common word", "two words", "prefix", "field")


@dataclass(frozen=True, slots=True)
class Served:
    opened: float
    """Seconds from nothing to the first answer."""

    searches: dict[str, list[float]]
    """Seconds of each search, by its kind."""

    before: float
    memory: float
    """MB that the process held, before it had an index and after all searches."""

    applied: float
    """Seconds until events that came were found."""

    grown: float
    """MB that it held more then, and after it had written a snapshot."""


Found = Mapping[int, tuple[Built, Served]]
"""By the number of ids."""


def search(ids: Sequence[int] = IDS, repeats: int = 20, events: int = EVENTS) -> list[Table]:
    found = {count: _measure(count, repeats, events) for count in ids}
    return [_times(found), _sizes(found, events)]


def _measure(count: int, repeats: int, events: int) -> tuple[Built, Served]:
    with TemporaryDirectory() as name:
        built = apart(indexes.build, Path(name), count)
        return built, apart(serve, Path(name), built.snapshot, repeats, events)


def serve(folder: Path, snapshot: Snapshot, repeats: int, events: int) -> Served:
    """Open a snapshot, as a fresh instance does, and search."""
    return asyncio.run(_serve(folder, snapshot, repeats, events))


async def _serve(folder: Path, snapshot: Snapshot, repeats: int, events: int) -> Served:
    storage = await indexes.storage(folder, snapshot)
    feed = Feed.on(storage, settings(search_freshness="3600"))
    async with feed.running():
        before = resident()
        opened = await _timed(feed.search.answer(Request()))
        searches = {
            kind: await _each(feed.search.answer, asked, repeats)
            for kind, asked in SEARCHES.items()
        }
        searches["autocomplete"] = await _each(feed.search.complete, COMPLETIONS, repeats)
        memory = resident()
        await indexes.append(storage.rows, snapshot.sequence, events)
        before_events = resident()
        await feed.log.find_head()  # as if this process had announced them: the next search looks
        applied = await _timed(feed.search.answer(Request()))
        await feed.search.following.keep_snapshot()
        return Served(opened, searches, before, memory, applied, resident() - before_events)


async def _each(
    answer: Callable[[Request], Awaitable[bytes]], asked: Sequence[Asked], repeats: int
) -> list[float]:
    requests = [Request.parse(each) for each in asked]
    return [await _timed(answer(each)) for _ in range(repeats) for each in requests]


async def _timed(answer: Awaitable[bytes]) -> float:
    started = time.perf_counter()
    await answer
    return time.perf_counter() - started


def _times(found: Found) -> Table:
    kinds = next(iter(found.values()))[1].searches
    together = [milliseconds(_asked_for(served)) for _, served in found.values()]
    rows = [
        (kind, *(milliseconds(served.searches[kind]) for _, served in found.values()))
        for kind in kinds
    ]
    return Table(
        "Search by what is typed",
        ("typed", *_columns(found)),
        (*rows, ("the first four together", *together)),
        (
            "The median and the 95th percentile of whole answers, with an exact total.",
            "Goal at 100,000 ids, over the first four together: at most 5 and 15 ms.",
        ),
    )


def _asked_for(served: Served) -> list[float]:
    return [each for kind in _ASKED_FOR for each in served.searches[kind]]


def _sizes(found: Found, events: int) -> Table:
    lines: dict[str, Callable[[Built, Served], str]] = {
        "snapshot": lambda built, _: f"{built.snapshot.size / MB:.1f} MB",
        "to open it and answer": lambda _, served: f"{served.opened:.2f} s",
        "resident before": lambda _, served: f"{served.before:.0f} MB",
        "resident while serving": lambda _, served: f"{served.memory:.0f} MB",
        f"to take in {events:,} events": lambda _, served: f"{served.applied:.2f} s",
        "resident after them": lambda _, served: f"{served.memory + served.grown:.0f} MB",
        "to build it anew": lambda built, _: f"{built.seconds:.1f} s",
        "resident while building, at most": lambda built, _: f"{built.memory:.0f} MB",
    }
    rows = [(what, *(say(*each) for each in found.values())) for what, say in lines.items()]
    return Table(
        "The index of search",
        ("", *_columns(found)),
        tuple(rows),
        ("Goal at 100,000 ids: opened in at most 0.5 s, at most 150 MB while serving.",),
    )


def _columns(found: Found) -> tuple[str, ...]:
    return tuple(f"{count:,} ids" for count in found)
