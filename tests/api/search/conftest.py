from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from feed.app import Feed
from tests import feeds
from tests.builders import PNG, nupkg
from tests.services.pushes import ADMIN, received


@pytest.fixture
async def feed() -> AsyncIterator[Feed]:
    feed = feeds.memory_feed()
    async with feed.running():
        yield feed


@pytest.fixture
async def http(feed: Feed) -> AsyncIterator[httpx.AsyncClient]:
    async with feeds.client(feed) as http:
        yield http


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def shop() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a feed with a bit of everything, which no test may change."""
    packages = [
        nupkg("Foo.Bar", "1.0.0", title="The Foo", authors="Ann, Bob", tags="alpha beta"),
        nupkg("Foo.Bar", "1.1.0-beta", authors="Ann", description="newer things"),
        nupkg("Foo.Bar", "2.0.0-rc.1+abc", authors="Ann", description="newest things"),
        nupkg("Food", "1.0.0", tags="beta", description="eat jquery:ui"),
        nupkg("Only.Preview", "0.1.0-alpha", authors="Contoso Ltd"),
        nupkg("Some.Tool", "3.0.0", package_types={"DotnetTool": None}, summary="handy"),
        nupkg("Modern", "1.0.0+build", icon=PNG, license="MIT"),
        nupkg("jQuery", "3.7.1", dependencies={"Food": "1.0.0"}),
    ]
    feed = feeds.memory_feed()
    async with feed.running(), feeds.client(feed) as http:
        for package in packages:
            await feed.publishing.push(received(package), ADMIN)
        yield http
