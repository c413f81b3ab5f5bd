"""The page of figures, and the chart on it."""

import re

import pytest

from feed.web.figures import HEIGHT, bars
from tests.feeds import client, memory_feed
from tests.keys import ManualClock
from tests.services.pushes import identity, push


async def test_the_page_says_what_the_feed_amounts_to() -> None:
    feed = memory_feed(clock=ManualClock())
    for version in ("1.0.0", "2.0.0"):
        await push(feed, "Tiny", version)
    for _ in range(1234):
        feed.downloads.count(*identity("Tiny", "1.0.0"))
    await feed.downloads.settle()
    async with client(feed) as http:
        text = (await http.get("/statistics")).text
    figures = re.findall(r"<dt>(.+?)</dt><dd>(.+?)</dd>", text)
    assert [each for each in figures if "Size" not in each[0]] == [
        ("Packages", "1"),
        ("Versions", "2"),
        ("Downloads in 30 days", "1,234"),
    ]
    assert text.count("<title>20") == 30
    assert "<title>2030-01-01: 1,234</title>" in text
    assert "Most on 2030-01-01: 1,234" in text
    await feed.search.following.close()


async def test_a_feed_that_nobody_uses_has_the_page_too() -> None:
    feed = memory_feed()
    async with client(feed) as http:
        text = (await http.get("/statistics")).text
    assert "None yet" in text
    await feed.search.following.close()


def test_the_highest_bar_is_as_high_as_the_chart_and_none_leaves_it() -> None:
    drawn = bars([("a", 0), ("b", 1), ("c", 10_000), ("d", 5_000)])
    assert [bar.height for bar in drawn] == [0, 1, HEIGHT, HEIGHT / 2]
    assert [bar.y for bar in drawn] == [HEIGHT, HEIGHT - 1, 0, HEIGHT / 2]
    assert [bar.x for bar in drawn] == [1, 11, 21, 31]


@pytest.mark.parametrize("count", [0, 3])
def test_days_that_are_alike_are_drawn_alike(count: int) -> None:
    assert len({bar.height for bar in bars([(str(day), count) for day in range(30)])}) == 1
