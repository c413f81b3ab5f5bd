"""A reader with a cursor sees every event exactly once, whatever is being pushed meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack

import pytest

from feed.app import Feed
from feed.nuget.catalog import PAGE
from feed.services import paths
from feed.services.records import Head
from feed.storage.memory import MemoryRows, MemoryStorage
from feed.storage.rows import Key, Row, Span
from feed.storage.storage import Storage
from tests.api.catalogs import Reader
from tests.azurite import Azurite, fresh_name, storage_on
from tests.feeds import client, memory_feed, settings
from tests.nuget.shapes import CatalogItem
from tests.services.pushes import push

PUSHES = 50


async def open_page(storage: Storage) -> None:
    """Let the pushes run over the end of a page: half of them fill one that is half full."""
    await storage.rows.put(paths.HEAD, Head(PAGE - PUSHES // 2).values())


async def push_and_read(feeds: Sequence[Feed]) -> tuple[list[CatalogItem], int]:
    """Push on all feeds at once while reading; return what was read, and in how many turns."""
    seen: list[CatalogItem] = []
    turns = 0
    async with client(feeds[0]) as http:
        reader = Reader(http)
        pushes = asyncio.gather(
            *(push(feeds[n % len(feeds)], f"Id{n % 10}", f"1.{n}.0") for n in range(PUSHES))
        )
        while not pushes.done():
            seen += await reader.read()
            turns += 1
        await pushes
        seen += await reader.read()
        assert await reader.read() == []
    return seen, turns


def check(seen: Sequence[CatalogItem]) -> None:
    assert len(seen) == PUSHES
    assert {(item.id, item.version) for item in seen} == {
        (f"Id{n % 10}", f"1.{n}.0") for n in range(PUSHES)
    }
    stamps = [item.commit_time_stamp for item in seen]
    assert stamps == sorted(set(stamps))


async def test_a_reader_sees_each_of_50_parallel_pushes_once() -> None:
    storage = MemoryStorage()
    await open_page(storage)
    seen, turns = await push_and_read([Feed.on(storage, settings()) for _ in range(2)])
    check(seen)
    assert turns > 2


@pytest.mark.azurite
async def test_a_reader_sees_each_of_50_parallel_pushes_once_on_azurite(azurite: Azurite) -> None:
    name = fresh_name()
    feeds = [Feed.on(storage_on(azurite, name), settings()) for _ in range(2)]
    async with AsyncExitStack() as stack:
        for feed in feeds:
            await stack.enter_async_context(feed.running())
        await open_page(feeds[0].storage)
        seen, turns = await push_and_read(feeds)
    check(seen)
    assert turns > 2


class BusyRows(MemoryRows):
    """Rows of a feed on which somebody pushes as soon as anything was read."""

    def __init__(self) -> None:
        super().__init__()
        self.busy: Feed | None = None

    async def find(self, key: Key) -> Row | None:
        found = await super().find(key)
        await self._push()
        return found

    async def query(self, span: Span, *, select: Sequence[str] | None = None) -> AsyncIterator[Row]:
        async for row in super().query(span, select=select):
            yield row
        await self._push()

    async def _push(self) -> None:
        feed, self.busy = self.busy, None
        if feed:
            await push(feed, "Tiny", "1.1.0")
            await push(feed, "Tiny", "1.2.0")


async def test_a_page_that_fills_while_the_index_is_read_is_in_it() -> None:
    rows = BusyRows()
    feed = memory_feed(rows=rows)
    await rows.put(paths.HEAD, Head(PAGE - 2).values())
    await push(feed, "Tiny", "1.0.0")
    async with client(feed) as http:
        reader = Reader(http)
        rows.busy = feed
        during = await reader.read()
        after = await reader.read()
    assert [item.version for item in [*during, *after]] == ["1.0.0", "1.1.0", "1.2.0"]
