"""Pictures that a readme shows out of its package."""

import re

import pytest

from feed.app import Feed
from tests.builders import PNG, nupkg
from tests.feeds import client, memory_feed
from tests.services.pushes import ADMIN, identity, received

README = """
![chart](images/Flow%20Chart.png)
![other case](IMAGES/flow%20chart.PNG)
![not here](images/none.png)
![a script](evil.svg)
![elsewhere](https://contoso.example/a.png)
![in the clear](http://contoso.example/a.png)
![out of it](../../../../v3/index.json)
"""
FILES: dict[str, bytes | str] = {
    "a.png": PNG,
    "images/Flow Chart.png": PNG * 50,
    "evil.svg": "<svg onload='alert(1)'/>",
}
ADDRESS = "/packages/Tiny/1.0.0/pictures/1"


@pytest.fixture
async def feed() -> Feed:
    feed = memory_feed(delete="hard")
    await feed.publishing.push(received(nupkg("Tiny", readme=README, files=FILES)), ADMIN)
    return feed


async def test_a_readme_shows_what_lies_in_its_package_or_comes_over_https(feed: Feed) -> None:
    async with client(feed) as http:
        text = (await http.get("/packages/tiny")).text
    readme = text.partition('class="readme"')[2]
    assert re.findall(r'<img src="([^"]+)"', readme) == [
        ADDRESS,
        ADDRESS,
        "https://contoso.example/a.png",
    ]


async def test_a_picture_comes_as_it_was_packed_and_may_be_kept(feed: Feed) -> None:
    async with client(feed) as http:
        answer = await http.get(ADDRESS)
        again = await http.get(ADDRESS, headers={"If-None-Match": answer.headers["etag"]})
    assert answer.content == PNG * 50
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "immutable" in answer.headers["cache-control"]
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/packages/Tiny/1.0.0/pictures/2",
        "/packages/Tiny/1.0.0/pictures/-1",
        "/packages/Tiny/1.0.0/pictures/01",
        "/packages/Tiny/1.0.0/pictures/Tiny.nuspec",
        "/packages/Tiny/1.0.0/pictures/..%2f..%2fx.png",
        "/packages/Tiny/2.0.0/pictures/1",
        "/packages/None/1.0.0/pictures/1",
    ],
)
async def test_nothing_else_comes_out_of_a_package(path: str, feed: Feed) -> None:
    async with client(feed) as http:
        assert (await http.get(path)).status_code == 404


@pytest.mark.parametrize("body", [None, bytes(10_000)])
async def test_a_picture_that_storage_has_lost_is_not_found(body: bytes | None, feed: Feed) -> None:
    blobs = feed.storage.blobs
    (nupkg_path,) = [name async for name in blobs.names("packages/") if name.endswith(".nupkg")]
    await blobs.delete(nupkg_path)
    if body:
        await blobs.create(nupkg_path, body)
    async with client(feed) as http:
        assert (await http.get(ADDRESS)).status_code == 404


async def test_a_deleted_version_shows_no_pictures(feed: Feed) -> None:
    await feed.changes.delete(*identity("Tiny", "1.0.0"), ADMIN)
    async with client(feed) as http:
        assert (await http.get(ADDRESS)).status_code == 404
