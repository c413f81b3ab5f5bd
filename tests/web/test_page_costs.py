"""What pages cost in storage operations, so that they cannot creep."""

from collections.abc import AsyncIterator

import httpx
import pytest

from feed.storage.counting import CountingBlobs, CountingRows, Ledger
from feed.storage.memory import MemoryBlobs, MemoryRows
from tests.builders import PNG, nupkg
from tests.feeds import client, memory_feed
from tests.services.pushes import ADMIN, received

LOOK = 1
"""One look at the head of the log, which search takes once in `FEED_SEARCH_FRESHNESS`."""


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
async def http(ledger: Ledger) -> AsyncIterator[httpx.AsyncClient]:
    blobs, rows = CountingBlobs(MemoryBlobs(), ledger), CountingRows(MemoryRows(), ledger)
    feed = memory_feed(blobs, rows, search_freshness="0")
    package = nupkg(
        "Tiny",
        "1.0.0",
        icon=PNG,
        readme="# Hi",
        license_file="MIT",
        dependencies={"A": "1.0.0", "B": "1.0.0"},
    )
    await feed.publishing.push(received(package), ADMIN)
    await feed.search.following.get_index()
    await feed.search.following.keep_snapshot()
    async with client(feed) as http:
        http.headers["Accept"] = "text/html"
        yield http
    await feed.search.following.close()


@pytest.mark.parametrize(
    ("path", "cost"),
    [
        ("/", 2 + LOOK),
        ("/?q=tiny", LOOK),
        ("/profiles/Contoso", LOOK),
        ("/?uses=A", LOOK),
        # Registration, row, leaf, downloads; the readme; two dependencies.
        ("/packages/Tiny", 4 + 1 + 2 + LOOK),
        ("/packages/Tiny/1.0.0", 4 + 1 + 2 + LOOK),
        ("/packages/Tiny/1.0.0/license", 3),
        ("/packages/Tiny/1.0.0/pictures/0", 3),
        ("/packages/Tiny/1.0.0/report", 0),
        ("/packages/Nothing", 2 + LOOK),
        ("/packages/Tiny/2.0.0", 3),
        ("/statistics", 1 + LOOK),
        ("/setup", 0),
        ("/static/style.css", 0),
    ],
)
async def test_a_page_costs_so_many_operations(
    path: str, cost: int, http: httpx.AsyncClient, ledger: Ledger
) -> None:
    ledger.clear()
    await http.get(path)
    assert len(ledger) == cost, str(ledger)
