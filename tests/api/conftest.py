from collections.abc import AsyncIterator

import httpx
import pytest

from feed.storage.counting import CountingBlobs, CountingRows, Ledger
from feed.storage.memory import MemoryBlobs, MemoryRows
from tests import feeds, shelf


@pytest.fixture
def ledger() -> Ledger:
    """What storage was asked to do since the test last cleared it."""
    return Ledger()


@pytest.fixture
def blobs(ledger: Ledger) -> CountingBlobs:
    return CountingBlobs(MemoryBlobs(), ledger)


@pytest.fixture
async def client(blobs: CountingBlobs, ledger: Ledger) -> AsyncIterator[httpx.AsyncClient]:
    feed = feeds.memory_feed(blobs, CountingRows(MemoryRows(), ledger))
    async with feeds.client(feed) as client:
        yield client


@pytest.fixture
async def tiny(blobs: CountingBlobs, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a feed that has Tiny 1.0.0 with every file."""
    await shelf.store(blobs)
    return client
