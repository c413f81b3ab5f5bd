"""The first page, and what all pages have in common."""

import httpx
import pytest

from tests.feeds import ADDRESS, client, memory_feed
from tests.services.pushes import ADMIN, identity, push

BROWSER = {"Accept": "text/html"}


async def get(
    path: str, *packages: str, read: str = "public", public_url: str = ADDRESS
) -> httpx.Response:
    feed = memory_feed(read=read, public_url=public_url)
    for package_id in packages:
        await push(feed, package_id, "1.0.0")
    async with client(feed) as http:
        return await http.get(path, headers=BROWSER)


async def test_an_empty_feed_says_how_to_push_to_it() -> None:
    text = (await get("/", public_url="https://feed.example/nuget")).text
    assert "dotnet nuget push MyPackage.1.0.0.nupkg" in text
    assert "--source https://feed.example/nuget/v3/index.json" in text


async def test_what_was_published_last_comes_first() -> None:
    text = (await get("/", "Old", "New")).text
    assert text.index(">New</a>") < text.index(">Old</a>")


async def test_what_is_unlisted_is_not_shown() -> None:
    feed = memory_feed()
    for version in ("1.0.0", "2.0.0"):
        await push(feed, "Tiny", version)
    await feed.changes.unlist(*identity("Tiny", "2.0.0"), ADMIN)
    async with client(feed) as http:
        text = (await http.get("/")).text
    assert "/packages/Tiny/1.0.0" in text
    assert "/packages/Tiny/2.0.0" not in text


async def test_an_id_in_the_box_opens_its_package() -> None:
    answer = await get("/?q=tiny", "Tiny")
    assert (answer.status_code, answer.headers["location"]) == (303, "/packages/tiny")


@pytest.mark.parametrize("asked", ["nothing", "no id", "%3Cscript%3E"])
async def test_an_id_that_is_not_here_is_said_so(asked: str) -> None:
    answer = await get(f"/?q={asked}", "Tiny")
    assert answer.status_code == 200
    assert "This feed has no package" in answer.text
    assert "<script>" not in answer.text


async def test_addresses_begin_where_the_feed_does() -> None:
    text = (await get("/", "Tiny", public_url="https://feed.example/nuget")).text
    assert 'href="/nuget/packages/Tiny/1.0.0"' in text
    assert 'href="/nuget/static/style.css?' in text


@pytest.mark.parametrize("path", ["/", "/packages/Tiny", "/packages/None", "/static/script.js"])
async def test_no_page_runs_what_it_shows(path: str) -> None:
    headers = (await get(path, "Tiny")).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_static_files_are_kept_and_no_others_are_there() -> None:
    style = await get("/static/style.css", read="private")
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in style.headers["cache-control"]
    assert (await get("/static/base.html")).status_code == 404
    assert (await get("/static/..%2fpages.py")).status_code == 404
