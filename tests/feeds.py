"""Whole feeds for tests: on memory storage, behind the local server's own routing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import cache

import httpx
import uvicorn

from feed.app import Feed, Outside, function_app
from feed.cli.addresses import bound
from feed.localhost import Localhost
from feed.services.clock import Clock, system_clock
from feed.services.throttle import Sleep
from feed.settings import Settings
from feed.storage.blobs import Blobs
from feed.storage.memory import MemoryBlobs, MemoryRows, MemoryStorage
from feed.storage.rows import Rows
from feed.upstream.fetching import Fetch, NotFetched

ADDRESS = "https://feed.example"
ADMIN_KEY = "an admin key for tests only"


@cache
def settings(**changed: str) -> Settings:
    """Read what a feed in tests is told, with some of it changed."""
    usual = {"storage": "memory:", "public_url": ADDRESS, "read": "public", "admin_key": ADMIN_KEY}
    given = {**usual, **changed}
    return Settings.from_environment({f"FEED_{name.upper()}": text for name, text in given.items()})


async def at_once(seconds: float) -> None:
    """Waits for nothing."""


async def nothing(url: str) -> bytes:
    """Reaches nobody."""
    raise NotFetched(f"{url} is not asked in tests")


def memory_feed(
    blobs: Blobs | None = None,
    rows: Rows | None = None,
    clock: Clock = system_clock,
    *,
    sleep: Sleep = at_once,
    fetch: Fetch = nothing,
    **changed: str,
) -> Feed:
    storage = MemoryStorage(blobs or MemoryBlobs(), rows or MemoryRows())
    return Feed.on(storage, settings(**changed), Outside(clock, sleep, fetch))


@asynccontextmanager
async def client(feed: Feed) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose requests reach the feed's functions without a socket."""
    transport = httpx.ASGITransport(Localhost(function_app(feed), nullcontext))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as http:
        yield http


@asynccontextmanager
async def served(feed: Feed, port: int = 0) -> AsyncIterator[int]:
    """A feed behind a real socket; gives its port."""
    with bound("127.0.0.1", port) as listener:
        app = Localhost(function_app(feed), feed.running)
        config = uvicorn.Config(app, lifespan="on", log_config=None, access_log=False)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
            await asyncio.sleep(0.01)
        yield listener.getsockname()[1]
        server.should_exit = True
        await task
