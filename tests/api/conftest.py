"""Feeds on both kinds of storage, so that what holds in memory is known to hold in Azure, too."""

from collections.abc import AsyncIterator
from typing import Protocol

import httpx
import pytest

from feed.app import Feed, Outside
from feed.services import paths
from feed.services.clock import Clock, system_clock
from feed.storage.counting import CountingBlobs, CountingRows, Ledger
from feed.storage.memory import MemoryStorage
from feed.storage.storage import Storage
from tests import feeds, shelf
from tests.azurite import Azurite, storage_on


class MakeFeed(Protocol):
    """Makes a feed on the storage of a test, with some of its settings changed."""

    def __call__(self, clock: Clock = system_clock, **changed: str) -> Feed: ...


@pytest.fixture(params=["memory", pytest.param("azurite", marks=pytest.mark.azurite)])
async def storage(request: pytest.FixtureRequest) -> AsyncIterator[Storage]:
    """One of each kind: whoever asks for it is run twice."""
    if request.param == "memory":
        yield MemoryStorage()
        return
    azurite: Azurite = request.getfixturevalue("azurite")
    storage = storage_on(azurite)
    await storage.ensure(paths.TABLES)
    yield storage
    await storage.close()


@pytest.fixture
def ledger() -> Ledger:
    """What storage was asked to do since the test last cleared it."""
    return Ledger()


@pytest.fixture
def blobs(storage: Storage, ledger: Ledger) -> CountingBlobs:
    return CountingBlobs(storage.blobs, ledger)


@pytest.fixture
def rows(storage: Storage, ledger: Ledger) -> CountingRows:
    return CountingRows(storage.rows, ledger)


@pytest.fixture
def make_feed(blobs: CountingBlobs, rows: CountingRows) -> MakeFeed:
    def make(clock: Clock = system_clock, **changed: str) -> Feed:
        # Who follows a redirect asks storage itself, which tests of the feed are not about.
        told = feeds.settings(downloads="stream", **changed)
        outside = Outside(clock, feeds.at_once, feeds.nothing)
        return Feed.on(MemoryStorage(blobs, rows), told, outside)

    return make


@pytest.fixture
def feed(make_feed: MakeFeed) -> Feed:
    return make_feed()


@pytest.fixture
async def client(feed: Feed) -> AsyncIterator[httpx.AsyncClient]:
    async with feeds.client(feed) as client:
        yield client


@pytest.fixture
async def tiny(blobs: CountingBlobs, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a feed that has Tiny 1.0.0 with every file."""
    await shelf.store(blobs)
    return client
