"""Snapshots only move on, two are kept, and one that is of no use is passed over."""

import asyncio
import io
import os
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from feed.app import Feed
from feed.nuget.identity import PackageId
from feed.nuget.search_request import Request
from feed.services import paths
from feed.services.clock import DAY
from feed.services.search.snapshots import AGE, EVENTS, SCHEMA, Snapshot, Snapshots, pack
from feed.storage.blobs import Blobs
from feed.storage.counting import CountingBlobs, CountingRows, Ledger
from feed.storage.memory import MemoryBlobs, MemoryRows
from tests.builders import nupkg
from tests.feeds import memory_feed
from tests.services.pushes import ADMIN, identity, push, received


class Time:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.ticks = 20_000 * DAY

    def __call__(self) -> int:
        self.ticks += 1
        return self.ticks


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
async def feed(time: Time, ledger: Ledger) -> AsyncIterator[Feed]:
    """A feed with three packages, and with the snapshots of two days."""
    blobs, rows = CountingBlobs(MemoryBlobs(), ledger), CountingRows(MemoryRows(), ledger)
    feed = memory_feed(blobs, rows, clock=time)
    async with feed.running():
        for name in ("One", "Two"):
            await push(feed, name, "1.0.0")
            await feed.search.following.keep_snapshot()
            time.ticks += AGE
        await push(feed, "Three", "1.0.0")
        ledger.clear()
        yield feed


async def stored(feed: Feed) -> list[Snapshot]:
    return await Snapshots(feed.storage.blobs, feed.log.clock, feed.log.random).find_all()


async def found(feed: Feed) -> list[str]:
    return [hit.card.id for hit in (await feed.search.find(Request())).hits]


async def found_by_another(feed: Feed) -> list[str]:
    """What an instance finds that begins now."""
    other = memory_feed(feed.storage.blobs, feed.storage.rows)
    async with other.running():
        return await found(other)


async def test_a_fresh_instance_opens_a_snapshot_and_reads_what_came_after(
    feed: Feed, ledger: Ledger
) -> None:
    assert [each.sequence for each in await stored(feed)] == [2, 1]
    ledger.clear()
    assert await found_by_another(feed) == ["One", "Three", "Two"]
    (query,) = [each.name for each in ledger.operations if each.kind == "row query"][:1]
    assert paths.event(2).row in query


async def test_a_snapshot_is_written_daily_when_anything_changed(feed: Feed, time: Time) -> None:
    await feed.search.following.keep_snapshot()
    assert [each.sequence for each in await stored(feed)] == [3, 2]
    time.ticks += AGE
    await feed.search.following.keep_snapshot()
    assert [each.sequence for each in await stored(feed)] == [3, 2]
    await push(feed, "Four", "1.0.0")
    await feed.search.following.keep_snapshot()
    assert [each.sequence for each in await stored(feed)] == [4, 3]
    await push(feed, "Five", "1.0.0")
    await feed.search.following.keep_snapshot()
    assert [each.sequence for each in await stored(feed)] == [4, 3]


async def test_only_the_last_two_are_kept(feed: Feed) -> None:
    await feed.search.following.keep_snapshot()
    names = [name async for name in feed.storage.blobs.names(paths.SEARCH)]
    assert names == [*sorted(each.path for each in await stored(feed)), paths.SEARCH_NEWEST]


async def test_a_timer_with_nothing_to_do_costs_three(feed: Feed, ledger: Ledger) -> None:
    await feed.repair.run()
    await feed.search.following.keep_snapshot()
    ledger.clear()
    await feed.repair.run()
    await feed.search.following.keep_snapshot()
    assert [each.kind for each in ledger.operations] == ["row find", "row query", "blob find"]


def test_a_snapshot_is_due_after_500_events_or_a_day_with_any() -> None:
    snapshots = Snapshots(MemoryBlobs(), lambda: 10 * AGE, str)

    def is_due(written: int, length: int) -> bool:
        return snapshots.is_due(Snapshot("x", 1_000, 0, "", written), length)

    assert is_due(10 * AGE, 1_000 + EVENTS)
    assert not is_due(10 * AGE, 999 + EVENTS)
    assert is_due(9 * AGE, 1_001)
    assert not is_due(9 * AGE, 1_000)
    assert snapshots.is_due(None, 1)
    assert not snapshots.is_due(None, 0)
    assert EVENTS == 500
    assert AGE == DAY


async def damage(feed: Feed, path: str, body: bytes | None) -> None:
    await feed.storage.blobs.delete(path)
    if body is not None:
        await feed.storage.blobs.create(path, body)


async def whole(blobs: Blobs, path: str) -> bytes:
    blob = await blobs.find(path)
    assert blob
    return blob.body


@pytest.mark.parametrize("fault", ["missing", "empty", "cut short", "a byte changed", "no tar"])
@pytest.mark.parametrize("count", [1, 2])
async def test_a_snapshot_that_is_damaged_is_passed_over(
    feed: Feed, fault: str, count: int
) -> None:
    for snapshot in (await stored(feed))[:count]:
        body = await whole(feed.storage.blobs, snapshot.path)
        changed = bytes([body[5000] ^ 1])
        faults = {
            "missing": None,
            "empty": b"",
            "cut short": body[: len(body) // 2],
            "a byte changed": body[:5000] + changed + body[5001:],
            "no tar": b"<html>",
        }
        await damage(feed, snapshot.path, faults[fault])
    assert await found_by_another(feed) == ["One", "Three", "Two"]


async def repoint(feed: Feed, **changed: object) -> None:
    """Change what the pointer says of the newest snapshot."""
    newest, *others = orjson.loads(await whole(feed.storage.blobs, paths.SEARCH_NEWEST))
    body = orjson.dumps([{**newest, **changed}, *others])
    await damage(feed, paths.SEARCH_NEWEST, body)


@pytest.mark.parametrize("schema", [SCHEMA - 1, SCHEMA + 1])
async def test_a_snapshot_of_another_schema_is_passed_over(feed: Feed, schema: int) -> None:
    await repoint(feed, schema=schema)
    assert await found_by_another(feed) == ["One", "Three", "Two"]


async def test_a_snapshot_of_a_newer_schema_is_left_to_those_who_wrote_it(feed: Feed) -> None:
    await repoint(feed, schema=SCHEMA + 1)
    before = await whole(feed.storage.blobs, paths.SEARCH_NEWEST)
    other = memory_feed(feed.storage.blobs, feed.storage.rows)
    async with other.running():
        for n in range(3):
            await push(other, f"More{n}", "1.0.0")
        await other.search.following.keep_snapshot()
    assert await whole(feed.storage.blobs, paths.SEARCH_NEWEST) == before
    assert len([name async for name in feed.storage.blobs.names(paths.SEARCH)]) == 3


async def test_a_snapshot_with_another_index_in_it_is_passed_over(
    feed: Feed, tmp_path: Path
) -> None:
    (tmp_path / "meta.json").write_text('{"segments": []}')
    packed = io.BytesIO()
    pack(tmp_path, packed)
    snapshots = Snapshots(feed.storage.blobs, feed.log.clock, feed.log.random)
    await snapshots.keep(packed, 3)
    assert [each.sequence for each in await stored(feed)] == [3, 2]
    assert await found_by_another(feed) == ["One", "Three", "Two"]


async def test_a_tar_that_leads_elsewhere_is_not_unpacked(feed: Feed, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("../outside"))
    snapshots = Snapshots(feed.storage.blobs, feed.log.clock, feed.log.random)
    snapshot = await snapshots.keep(packed, 3)
    assert not await snapshots.unpack(snapshot, tmp_path / "folder")
    assert not (tmp_path / "outside").exists()


async def test_a_snapshot_that_finds_no_room_is_passed_over_and_leaves_nothing(
    feed: Feed, tmp_path: Path
) -> None:
    snapshots = Snapshots(feed.storage.blobs, feed.log.clock, feed.log.random)
    newest, older = await snapshots.find_all()
    folder = tmp_path / "folder"
    folder.write_bytes(b"in the way")
    assert not await snapshots.unpack(newest, folder)
    assert await snapshots.find_all() == [older]
    assert await snapshots.unpack(older, tmp_path / "other")
    assert sorted(os.listdir(tmp_path)) == ["folder", "other"]


async def test_a_snapshot_of_events_that_the_log_lost_is_passed_over(feed: Feed) -> None:
    await repoint(feed, sequence=1_000)
    assert await found_by_another(feed) == ["One", "Three", "Two"]


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"null"])
async def test_a_pointer_that_cannot_be_read_points_nowhere(feed: Feed, body: bytes) -> None:
    await damage(feed, paths.SEARCH_NEWEST, body)
    assert await found_by_another(feed) == ["One", "Three", "Two"]
    await feed.search.following.keep_snapshot()
    assert [each.sequence for each in await stored(feed)] == [3]


async def test_the_pointer_only_moves_on(feed: Feed) -> None:
    snapshots = Snapshots(feed.storage.blobs, feed.log.clock, feed.log.random)
    for sequence in (5, 4, 5, 9, 2):
        await snapshots.keep(io.BytesIO(b"x"), sequence)
    assert [each.sequence for each in await snapshots.find_all()] == [9, 5]
    assert len([name async for name in feed.storage.blobs.names(paths.SEARCH)]) == 3


async def test_writers_that_meet_leave_the_two_newest(feed: Feed) -> None:
    snapshots = Snapshots(feed.storage.blobs, feed.log.clock, feed.log.random)
    await asyncio.gather(*(snapshots.keep(io.BytesIO(b"x"), n) for n in range(10, 30)))
    kept = await snapshots.find_all()
    assert kept[0].sequence == 29
    names = [name async for name in feed.storage.blobs.names(paths.SEARCH)]
    assert {each.path for each in kept} <= set(names)


async def test_a_snapshot_that_is_damaged_is_replaced_though_nothing_happened(feed: Feed) -> None:
    await feed.search.following.keep_snapshot()
    for snapshot in await stored(feed):
        await damage(feed, snapshot.path, b"")
    other = memory_feed(feed.storage.blobs, feed.storage.rows)
    async with other.running():
        assert len(await found(other)) == 3
        await other.search.following.keep_snapshot()
    (snapshot,) = await stored(feed)
    assert (snapshot.sequence, snapshot.size > 1000) == (3, True)


async def test_downloads_are_taken_in_with_a_snapshot(feed: Feed) -> None:
    package_id, version = identity("Two", "1.0.0")
    for _ in range(7):
        feed.downloads.count(package_id, version)
    await feed.downloads.flush()
    await feed.search.following.keep_snapshot()
    hits = (await feed.search.find(Request())).hits
    assert [hit.card.id for hit in hits] == ["Two", "One", "Three"]
    assert [each.downloads for each in hits[0].versions] == [7]


async def test_downloads_are_taken_in_by_the_thousand(feed: Feed) -> None:
    for n in range(1001):
        await feed.storage.rows.put(paths.downloads_in_all(f"x{n}", "1.0.0"), {"count": 1})
    await feed.storage.rows.put(paths.downloads_in_all("zzz", "1.0.0"), {"count": 1})
    await push(feed, "Zzz", "1.0.0")
    await feed.search.following.keep_snapshot()
    assert (await found(feed))[0] == "Zzz"


async def test_what_depends_on_an_id_is_found(feed: Feed) -> None:
    package = nupkg("Using", dependencies={"Two": "1.0.0"})
    await feed.publishing.push(received(package), ADMIN)
    using = await feed.search.find_dependents(PackageId.parse("two"), Request())
    assert [hit.card.id for hit in using.hits] == ["Using"]
