"""Which requests count as downloads, and that counting is in nobody's way."""

import httpx
import pytest

from feed.app import Feed
from feed.nuget.identity import PackageId
from feed.services import paths
from feed.storage.counting import CountingBlobs, Ledger
from tests import feeds, shelf

NUPKG = "/v3/content/tiny/1.0.0/tiny.1.0.0.nupkg"
SIZE = len(shelf.FILES[paths.NUPKG])
WAYS = ["redirect", "stream"]


async def counted(feed: Feed) -> int:
    await feed.downloads.flush()
    totals = await feed.downloads.totals(PackageId.parse("tiny"))
    return totals.get("1.0.0", 0)


async def feed_that(downloads: str) -> Feed:
    blobs = shelf.AddressedBlobs()
    await shelf.store(blobs)
    return feeds.memory_feed(blobs, downloads=downloads)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "part", [None, "bytes=0-", "bytes=0-0", f"bytes=-{SIZE}", "bytes=9-1", "bytes=0-1,5-6"]
)
async def test_a_package_that_is_fetched_from_its_beginning_counts(
    way: str, part: str | None
) -> None:
    feed = await feed_that(way)
    async with feeds.client(feed) as http:
        for path in (NUPKG, "/v3/content/Tiny/1.0/tiny.1.0.0.nupkg"):
            await http.get(path, headers={"Range": part} if part else {})
    assert await counted(feed) == 2


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("part", ["bytes=1-", "bytes=10-19", "bytes=-10", f"bytes={SIZE}-"])
async def test_a_later_part_does_not(way: str, part: str) -> None:
    feed = await feed_that(way)
    async with feeds.client(feed) as http:
        await http.get(NUPKG, headers={"Range": part})
    assert await counted(feed) == 0


@pytest.mark.parametrize("way", WAYS)
async def test_neither_does_what_moves_no_package(way: str) -> None:
    feed = await feed_that(way)
    async with feeds.client(feed) as http:
        await http.head(NUPKG)
        await http.get("/v3/content/tiny/1.0.0/tiny.nuspec")
        await http.get("/v3/content/tiny/2.0.0/tiny.2.0.0.nupkg")
        await http.get("/v3/content/tiny/index.json")
    assert await counted(feed) == 0


async def test_a_package_that_the_client_has_already_does_not_count() -> None:
    feed = await feed_that("stream")
    async with feeds.client(feed) as http:
        etag = (await http.get(NUPKG)).headers["etag"]
        assert (await http.get(NUPKG, headers={"If-None-Match": etag})).status_code == 304
    assert await counted(feed) == 1


async def test_a_download_does_not_wait_for_its_count(
    blobs: CountingBlobs, ledger: Ledger, tiny: httpx.AsyncClient
) -> None:
    ledger.clear()
    for _ in range(100):
        await tiny.get(NUPKG)
    assert ledger.counts() == {"blob find": 100, "blob open": 100}
