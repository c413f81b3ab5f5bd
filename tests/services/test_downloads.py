"""Download counts: what they promise, and what they leave alone."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from feed.errors import StorageUnavailable
from feed.nuget.identity import PackageId
from feed.services import paths
from feed.services.clock import DAY, system_random
from feed.services.downloads import Downloads, Totals
from feed.storage.counting import CountingRows, Ledger
from feed.storage.memory import MemoryRows
from feed.storage.rows import Key, Rows, Value, Write
from tests.azurite import Azurite, storage_on
from tests.feeds import memory_feed
from tests.keys import ManualClock
from tests.services.pushes import identity

TINY = PackageId.parse("Tiny")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def rows(ledger: Ledger) -> CountingRows:
    return CountingRows(MemoryRows(), ledger)


def instance(rows: Rows, clock: ManualClock, *, limit: int = 100) -> Downloads:
    """What one process has; it writes only when it is told to."""
    return Downloads(rows, clock, system_random, interval=3600, limit=limit)


def count(downloads: Downloads, *versions: str, package_id: str = "Tiny", times: int = 1) -> None:
    for version in versions:
        for _ in range(times):
            downloads.count(*identity(package_id, version))


async def stored(rows: Rows) -> list[str]:
    """The row keys of Tiny, without what is random in them."""
    found = [row.key.row async for row in rows.query(paths.downloads(TINY))]
    return ["_".join(key.split("_")[:2]) for key in found]


async def every(downloads: Downloads) -> dict[str, Totals]:
    return {package_id: totals async for package_id, totals in downloads.all_totals()}


async def test_instances_add_up(rows: CountingRows, clock: ManualClock) -> None:
    instances = [instance(rows, clock) for _ in range(3)]
    for each in instances:
        count(each, "1.0", "2.0.0-Beta+x", times=5)
    await asyncio.gather(*(each.flush() for each in instances))
    count(instances[0], "1.0.0")
    count(instances[1], "1.0.0", package_id="other")
    await asyncio.gather(*(each.flush() for each in instances))
    for each in instances:
        assert await each.totals(TINY) == {"1.0.0": 16, "2.0.0-beta": 15}
        assert await every(each) == {
            "other": {"1.0.0": 1},
            "tiny": {"1.0.0": 16, "2.0.0-beta": 15},
        }


async def test_what_nobody_downloaded_has_no_count(rows: CountingRows, clock: ManualClock) -> None:
    downloads = instance(rows, clock)
    assert (await downloads.totals(TINY), await every(downloads)) == ({}, {})


async def test_a_version_is_written_once_however_often_it_was_downloaded(
    rows: CountingRows, ledger: Ledger, clock: ManualClock
) -> None:
    downloads = instance(rows, clock)
    count(downloads, "1.0.0", "2.0.0", times=50)
    assert ledger.counts() == {}
    await downloads.flush()
    assert ledger.counts() == {"row put": 3}  # two versions, and everything
    await downloads.flush()
    assert ledger.counts() == {"row put": 3}
    count(downloads, "2.0.0")
    await downloads.flush()
    assert ledger.counts() == {"row put": 5}
    assert len(await stored(rows)) == 2


async def test_reading_the_counts_of_an_id_costs_one(
    rows: CountingRows, ledger: Ledger, clock: ManualClock
) -> None:
    await instance(rows, clock).totals(TINY)
    assert ledger.counts() == {"row query": 1}


async def test_each_day_is_counted_over_all_packages_and_stays_when_it_is_folded(
    rows: CountingRows, ledger: Ledger, clock: ManualClock
) -> None:
    for _ in range(5):
        for each in (instance(rows, clock), instance(rows, clock)):
            count(each, "1.0.0", "2.0.0")
            count(each, "1.0.0", package_id="Other")
            await each.flush()
        clock.advance(DAY)
    await instance(rows, clock).fold()
    ledger.clear()
    days = await instance(rows, clock).per_day(7)
    assert days == [
        *[("2029-12-31", 0)],
        *[(f"2030-01-0{day}", 6) for day in (1, 2, 3, 4, 5)],
        *[("2030-01-06", 0)],
    ]
    assert ledger.counts() == {"row query": 1}


class WatchedRows(MemoryRows):
    """Storage that tells of each count of Tiny as it comes in."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: asyncio.Queue[Value] = asyncio.Queue()

    async def put(self, key: Key, values: Mapping[str, Value]) -> None:
        await super().put(key, values)
        if key.partition == TINY.lower:
            self.counts.put_nowait(values["count"])


async def test_counts_are_written_without_being_asked_for_until_there_are_no_more(
    clock: ManualClock,
) -> None:
    rows = WatchedRows()
    downloads = Downloads(rows, clock, system_random, interval=0)
    for expected in (3, 6):
        count(downloads, "1.0.0", times=3)
        assert await asyncio.wait_for(rows.counts.get(), 10) == expected
    for _ in range(20):
        await asyncio.sleep(0)
    assert rows.counts.empty()


async def test_what_was_counted_is_written_before_a_feed_ends() -> None:
    rows = MemoryRows()
    feed = memory_feed(rows=rows)
    async with feed.running():
        count(feed.downloads, "1.0.0", times=3)
    assert await feed.downloads.totals(TINY) == {"1.0.0": 3}


class FailingRows(MemoryRows):
    """Storage that can be down."""

    is_down = False

    async def put(self, key: Key, values: Mapping[str, Value]) -> None:
        await super().put(key, values)  # done, but nobody hears of it
        if self.is_down:
            raise StorageUnavailable("it is a test")


async def test_storage_that_is_down_loses_no_count_and_counts_none_twice(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    rows = FailingRows()
    downloads = instance(rows, clock)
    rows.is_down = True
    for _ in range(3):
        count(downloads, "1.0.0", "2.0.0", times=2)
        await downloads.flush()
    rows.is_down = False
    await downloads.flush()
    assert await downloads.totals(TINY) == {"1.0.0": 6, "2.0.0": 6}
    assert len(caplog.records) == 3
    assert all(each.message.startswith("downloads not written") for each in caplog.records)


async def test_a_feed_can_end_while_its_storage_is_down() -> None:
    rows = FailingRows()
    feed = memory_feed(rows=rows)
    async with feed.running():
        count(feed.downloads, "1.0.0")
        rows.is_down = True


async def test_what_is_collected_has_a_limit(rows: CountingRows, clock: ManualClock) -> None:
    downloads = instance(rows, clock, limit=5)
    for _ in range(2):
        count(downloads, *(f"1.{n}.0" for n in range(6)), times=10)
        await downloads.flush()
    # Everything and the first four versions found room each time, and each time anew.
    assert await downloads.totals(TINY) == {f"1.{n}.0": 20 for n in range(4)}
    assert len(await stored(rows)) == 8


async def test_each_day_has_a_row_of_its_own(rows: CountingRows, clock: ManualClock) -> None:
    downloads = instance(rows, clock)
    for _ in range(2):
        count(downloads, "1.0.0", times=2)
        clock.advance(DAY)
        count(downloads, "1.0.0")
        await downloads.flush()
    assert await stored(rows) == ["1.0.0_2030-01-01", "1.0.0_2030-01-02", "1.0.0_2030-01-03"]
    assert await downloads.totals(TINY) == {"1.0.0": 6}


async def test_a_day_that_could_not_be_written_in_time_is_given_up(
    rows: CountingRows, clock: ManualClock
) -> None:
    downloads = instance(rows, clock)
    count(downloads, "1.0.0")
    clock.advance(2 * DAY)
    count(downloads, "2.0.0")
    await downloads.flush()
    assert await downloads.totals(TINY) == {"2.0.0": 1}


async def test_days_that_are_long_over_become_a_total(
    rows: CountingRows, clock: ManualClock
) -> None:
    instances = [instance(rows, clock) for _ in range(2)]
    for _ in range(6):
        for each in instances:
            count(each, "1.0.0", "1.0.0-beta", times=5)
            await each.flush()
        clock.advance(DAY)
        before = await every(instances[0])
        await instances[0].fold()
        assert await every(instances[0]) == before
    assert before == {"tiny": {"1.0.0": 60, "1.0.0-beta": 60}}
    days = [f"2030-01-0{day}" for day in (4, 4, 5, 5, 6, 6)]
    assert sorted(await stored(rows)) == sorted(
        f"{version}{day}"
        for version in ("1.0.0", "1.0.0-beta")
        for day in ("", *(f"_{day}" for day in days))
    )


async def test_a_day_of_many_processes_is_folded_too(
    rows: CountingRows, ledger: Ledger, clock: ManualClock
) -> None:
    for _ in range(250):
        await flushed(instance(rows, clock))
    clock.advance(4 * DAY)
    ledger.clear()
    await instance(rows, clock).fold()
    assert ledger.counts() == {"row scan": 1, "row find": 6, "row transaction": 6}
    assert await stored(rows) == ["1.0.0"]
    assert await instance(rows, clock).totals(TINY) == {"1.0.0": 250}


async def flushed(downloads: Downloads) -> None:
    count(downloads, "1.0.0")
    await downloads.flush()


async def test_a_fold_with_nothing_to_do_costs_one(
    rows: CountingRows, ledger: Ledger, clock: ManualClock
) -> None:
    await flushed(instance(rows, clock))
    clock.advance(3 * DAY)
    ledger.clear()
    await instance(rows, clock).fold()
    assert ledger.counts() == {"row scan": 1}


class ForgetfulRows(MemoryRows):
    """Storage whose answers to transactions are lost: each is sent again, and meets itself."""

    async def transaction(self, writes: Sequence[Write]) -> None:
        await super().transaction(writes)
        await super().transaction(writes)


@pytest.mark.parametrize("kind", [MemoryRows, ForgetfulRows])
async def test_folding_twice_at_once_counts_nothing_twice(
    kind: type[MemoryRows], clock: ManualClock
) -> None:
    rows = kind()
    for _ in range(250):
        await flushed(instance(rows, clock))
    clock.advance(4 * DAY)
    for _ in range(3):
        await asyncio.gather(*(instance(rows, clock).fold() for _ in range(3)))
        assert await instance(rows, clock).totals(TINY) == {"1.0.0": 250}
    assert await stored(rows) == ["1.0.0"]


@pytest.mark.azurite
async def test_counts_add_up_and_fold_on_azurite(azurite: Azurite, clock: ManualClock) -> None:
    storage = storage_on(azurite)
    await storage.ensure(paths.TABLES)
    rows = storage.rows
    for _ in range(3):
        downloads = instance(rows, clock)
        count(downloads, "1.0.0", "2.0.0", times=2)
        count(downloads, "1.0.0", package_id="Other")
        await downloads.flush()
    before = await every(downloads)
    clock.advance(4 * DAY)
    await downloads.fold()
    assert (
        await every(downloads)
        == before
        == {
            "other": {"1.0.0": 3},
            "tiny": {"1.0.0": 6, "2.0.0": 6},
        }
    )
    assert await stored(rows) == ["1.0.0", "2.0.0"]
    await storage.close()
