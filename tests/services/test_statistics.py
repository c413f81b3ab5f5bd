"""The figures of a feed: what they count, how old they may be, and what they cost."""

from feed.app import Feed
from feed.services.statistics import AGE, DAYS, Figures, Statistics
from feed.storage.counting import CountingBlobs, CountingRows, Ledger
from feed.storage.memory import MemoryBlobs, MemoryRows
from tests.builders import nupkg
from tests.feeds import memory_feed
from tests.keys import ManualClock
from tests.services.pushes import ADMIN, identity, push, received


def statistics_of(feed: Feed) -> Statistics:
    return Statistics(feed.search, feed.downloads, feed.log.clock)


async def test_the_figures_of_a_feed_are_those_of_all_its_versions() -> None:
    feed = memory_feed(clock=ManualClock())
    sizes = []
    for version in ("1.0.0", "1.1.0-rc"):
        package = nupkg("Tiny", version)
        sizes.append(len(package))
        await feed.publishing.push(received(package), ADMIN)
    await feed.changes.unlist(*identity("Tiny", "1.0.0"), ADMIN)
    for _ in range(7):
        feed.downloads.count(*identity("Tiny", "1.0.0"))
    await feed.downloads.settle()
    figures = await statistics_of(feed).get()
    assert (figures.packages, figures.versions, figures.size) == (1, 2, sum(sizes))
    assert len(figures.downloads) == DAYS
    assert figures.downloads[-1] == ("2030-01-01", 7)
    await feed.search.following.close()


async def test_an_empty_feed_has_figures_too() -> None:
    feed = memory_feed(clock=ManualClock())
    figures = await statistics_of(feed).get()
    assert figures == Figures(0, 0, 0, figures.downloads)
    assert {count for _, count in figures.downloads} == {0}


async def test_figures_are_kept_for_some_minutes_and_cost_two_operations() -> None:
    clock, ledger = ManualClock(), Ledger()
    rows = CountingRows(MemoryRows(), ledger)
    feed = memory_feed(CountingBlobs(MemoryBlobs(), ledger), rows, clock, search_freshness="0")
    for number in range(20):
        await push(feed, f"Tiny{number}", "1.0.0")
    statistics = statistics_of(feed)
    await statistics.get()
    await feed.search.following.keep_snapshot()
    ledger.clear()
    clock.advance(AGE - 1)
    await statistics.get()
    assert ledger.counts() == {}
    clock.advance(1)
    await statistics.get()
    assert ledger.counts() == {"row find": 1, "row query": 1}
    await feed.search.following.close()
