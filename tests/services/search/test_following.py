"""The index follows the log: on every instance, from any snapshot, whatever fails."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import orjson
import pytest

from feed.app import Feed
from feed.errors import SearchNotReady, StorageUnavailable
from feed.nuget.catalog import Verb
from feed.nuget.identity import PackageId
from feed.nuget.search_request import Request
from feed.services import paths
from feed.services.callers import Actor
from feed.services.search.following import Following
from feed.services.search.searching import Search
from feed.services.search.snapshots import Snapshots
from feed.storage.blobs import Blobs
from feed.storage.counting import CountingBlobs, CountingRows, Ledger
from feed.storage.memory import MemoryBlobs, MemoryRows
from feed.storage.rows import Row, Rows, Span
from tests.builders import nupkg
from tests.feeds import client, memory_feed
from tests.services.pushes import ADMIN, identity, push, received


@asynccontextmanager
async def instance(
    beside: Feed | None = None,
    blobs: Blobs | None = None,
    rows: Rows | None = None,
    search_freshness: str = "2",
) -> AsyncIterator[Feed]:
    """A feed, or one more instance of it."""
    if beside:
        blobs, rows = beside.storage.blobs, beside.storage.rows
    feed = memory_feed(blobs, rows, search_freshness=search_freshness)
    async with feed.running():
        yield feed


async def found(feed: Feed, text: str = "") -> list[str]:
    return [hit.card.id for hit in (await feed.search.find(Request(text))).hits]


async def test_a_push_on_one_instance_is_found_on_another() -> None:
    async with instance() as one, instance(one, search_freshness="0") as other:
        assert await found(other) == []
        await push(one, "Tiny", "1.0.0")
        assert await found(other) == ["Tiny"]


async def test_an_instance_looks_at_the_log_only_so_often() -> None:
    async with instance() as one, instance(one, search_freshness="0.2") as other:
        assert await found(other) == []
        await push(one, "Tiny", "1.0.0")
        await asyncio.sleep(0.25)
        assert await found(other) == ["Tiny"]
    async with instance() as one, instance(one, search_freshness="3600") as other:
        assert await found(other) == []
        await push(one, "Tiny", "1.0.0")
        assert await found(other) == []


async def test_an_instance_finds_its_own_push_at_once() -> None:
    async with instance(search_freshness="3600") as feed:
        for n in range(3):
            await push(feed, f"Tiny{n}", "1.0.0")
            assert len(await found(feed)) == n + 1


async def test_searches_that_come_together_look_once() -> None:
    ledger = Ledger()
    async with instance(rows=CountingRows(MemoryRows(), ledger), search_freshness="3600") as feed:
        await push(feed, "Tiny", "1.0.0")
        ledger.clear()
        assert await asyncio.gather(*(found(feed) for _ in range(20))) == [["Tiny"]] * 20
        assert [each.kind for each in ledger.operations][:2] == ["row find", "row query"]
        assert ledger.counts()["row find"] == 1


async def test_two_instances_that_begin_at_once_do_no_harm() -> None:
    async with instance() as one:
        for n in range(3):
            await push(one, f"Tiny{n}", "1.0.0")
        async with instance(one) as a, instance(one) as b:
            for each in await asyncio.gather(found(a), found(b)):
                assert each == ["Tiny0", "Tiny1", "Tiny2"]
            await asyncio.gather(*(each.search.following.keep_snapshot() for each in (a, b)))
        names = [name async for name in one.storage.blobs.names(paths.SEARCH)]
        assert len(names) == 2
        async with instance(one) as third:
            assert len(await found(third)) == 3


async def test_a_snapshot_that_somebody_else_has_written_is_not_written_again() -> None:
    async with instance() as one, instance(one, search_freshness="0") as other:
        assert await found(other) == []
        await push(one, "Tiny", "1.0.0")
        await one.search.following.keep_snapshot()
        assert await found(other) == ["Tiny"]
        await other.search.following.keep_snapshot()
        assert len([name async for name in one.storage.blobs.names(paths.SEARCH)]) == 2


class HeldRows(MemoryRows):
    """Rows that do not answer while they are held, or answer that they cannot."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.is_down = False

    async def query(self, span: Span, *, select: Sequence[str] | None = None) -> AsyncIterator[Row]:
        await self.may_go_on.wait()
        if self.is_down:
            raise StorageUnavailable("it is down")
        async for row in super().query(span, select=select):
            yield row


async def test_a_search_does_not_wait_for_ever_and_the_building_goes_on() -> None:
    rows = HeldRows()
    feed = memory_feed(rows=rows)
    await push(feed, "Tiny", "1.0.0")
    rows.may_go_on.clear()
    snapshots = Snapshots(feed.storage.blobs, feed.log.clock, feed.log.random)
    following = Following(feed.log, feed.downloads, snapshots, freshness=3600, patience=0.01)
    for _ in range(2):
        with pytest.raises(SearchNotReady) as refused:
            await following.get_index()
        assert refused.value.retry_after == 5
    rows.may_go_on.set()
    while True:
        with suppress(SearchNotReady):
            assert (await following.get_index()).sequence == 1
            break
    await following.close()


async def test_while_the_log_is_read_clients_hear_when_to_search_again_and_all_else_works() -> None:
    rows = HeldRows()
    feed = memory_feed(rows=rows)
    await push(feed, "Tiny", "1.0.0")
    rows.may_go_on.clear()
    snapshots = Snapshots(feed.storage.blobs, feed.log.clock, feed.log.random)
    following = Following(feed.log, feed.downloads, snapshots, freshness=3600, patience=0.01)
    async with client(replace(feed, search=Search(following, feed.urls))) as http:
        for path in ("/v3/search", "/v3/autocomplete", "/v3/autocomplete?id=tiny"):
            refused = await http.get(path)
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert (await http.get("/v3/content/tiny/index.json")).status_code == 200
        rows.may_go_on.set()
        while (answer := await http.get("/v3/search")).status_code == 503:
            assert answer.headers["retry-after"] == "5"
    assert orjson.loads(answer.content)["totalHits"] == 1
    await following.close()


async def test_a_feed_can_be_closed_while_its_index_is_built() -> None:
    rows = HeldRows()
    async with instance(rows=rows) as feed:
        await push(feed, "Tiny", "1.0.0")
        rows.may_go_on.clear()
        search = asyncio.create_task(found(feed))
        await asyncio.sleep(0.05)
    with pytest.raises(asyncio.CancelledError):
        await search


async def test_what_storage_failed_is_tried_again_by_the_next_search() -> None:
    rows = HeldRows()
    async with instance(rows=rows) as feed:
        await push(feed, "Tiny", "1.0.0")
        rows.is_down = True
        with pytest.raises(StorageUnavailable):
            await found(feed)
        rows.is_down = False
        assert await found(feed) == ["Tiny"]
        await push(feed, "Other", "1.0.0")
        rows.is_down = True
        with pytest.raises(StorageUnavailable):
            await found(feed)
        rows.is_down = False
        assert await found(feed) == ["Other", "Tiny"]


async def test_others_are_answered_while_events_are_taken_in() -> None:
    async with instance() as feed:
        for n in range(100):
            package = nupkg(f"Large{n}", description=f"word{n} " * 500)
            await feed.publishing.push(received(package), ADMIN)
        search = asyncio.create_task(found(feed))
        answered = 0
        while not search.done():
            await feed.documents.find_versions(PackageId.parse("Large1"))
            await asyncio.sleep(0)
            answered += 1
        assert (len(await search), answered > 20) == (20, True)


async def test_a_leaf_is_read_only_when_its_version_comes_to_be_shown() -> None:
    ledger = Ledger()
    async with instance(blobs=CountingBlobs(MemoryBlobs(), ledger)) as feed:
        for version in ("1.0.0", "2.0.0"):
            package = nupkg("Tiny", version, description=f"small {version[0]}")
            await feed.publishing.push(received(package), ADMIN)
            assert await found(feed, f"small {version[0]}") == ["Tiny"]
        await feed.search.following.keep_snapshot()
        await feed.changes.unlist(*identity("Tiny", "2.0.0"), ADMIN)
        ledger.clear()
        assert await found(feed, "small 1") == ["Tiny"]
        assert [each.name.split("/")[:3] for each in ledger.operations] == [
            ["leaves", "tiny", "1.0.0"]
        ]
        await feed.changes.relist(*identity("Tiny", "2.0.0"), ADMIN)
        ledger.clear()
        assert await found(feed, "small 2") == ["Tiny"]
        assert len(ledger) == 0, str(ledger)


async def test_a_leaf_that_is_lost_hides_texts_and_nothing_else() -> None:
    async with instance() as feed:
        for version in ("1.0.0", "2.0.0"):
            await feed.publishing.push(received(nupkg("Tiny", version, description="small")), ADMIN)
            assert await found(feed, "small") == ["Tiny"]
        row = await feed.truth.get_row(*identity("Tiny", "1.0.0"))
        leaf = paths.leaf(*identity("Tiny", "1.0.0"), str(row.values["attempt"]))
        await feed.storage.blobs.delete(leaf)
        await feed.changes.unlist(*identity("Tiny", "2.0.0"), ADMIN)
        assert await found(feed, "small") == []
        assert await found(feed, "tiny") == ["tiny"]


async def test_many_events_are_taken_in_by_the_thousand() -> None:
    async with instance() as feed:
        told = await feed.truth.tell((await push(feed, "Tiny", "1.0.0")).state)
        for _ in range(2_100):
            intent = await feed.log.intend(Verb.RELIST, *identity("Tiny", "1.0.0"), Actor("me"))
            await feed.log.announce(intent, told)
        ledger = Ledger()
        rows = CountingRows(feed.storage.rows, ledger)
        async with instance(rows=rows, blobs=feed.storage.blobs) as other:
            assert await found(other) == ["Tiny"]
        assert ledger.counts()["row query"] == 3


async def test_the_folder_goes_with_the_feed() -> None:
    async with instance() as feed:
        await push(feed, "Tiny", "1.0.0")
        folder = (await feed.search.following.get_index()).folder
        assert folder.exists()
    assert not folder.parent.exists()


def test_the_engine_is_not_loaded_before_somebody_searches() -> None:
    script = "import function_app, sys; sys.exit('tantivy' in sys.modules)"
    told = {"FEED_STORAGE": "memory:", "FEED_PUBLIC_URL": "https://feed.example"}
    subprocess.run([sys.executable, "-c", script], env=os.environ | told, check=True)  # noqa: S603
