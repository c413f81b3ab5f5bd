"""The first page, and what all pages have in common."""

import re

import httpx
import pytest

from feed.nuget.deprecation import DeprecationRequest
from feed.nuget.leaf import Deprecation
from tests.api.holders import by_password
from tests.assemblies import compiled
from tests.builders import nupkg, snupkg
from tests.feeds import ADDRESS, ADMIN_KEY, client, memory_feed
from tests.services.pushes import ADMIN, identity, push, received

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


@pytest.mark.parametrize(
    ("read", "address"), [("private", "https://feed.example"), ("public", "http://127.0.0.1:7071")]
)
async def test_an_empty_feed_that_needs_a_configuration_gives_one(read: str, address: str) -> None:
    async with client(memory_feed(read=read, public_url=address)) as http:
        text = (await http.get("/", headers={**BROWSER, **by_password(ADMIN_KEY)})).text
    assert f"value=&#34;{address}/v3/index.json&#34;" in text
    assert "--source larder --api-key" in text
    assert ("%LARDER_KEY%" in text) == (read == "private")


async def test_what_was_published_last_comes_first() -> None:
    text = (await get("/", "Old", "New")).text
    assert text.index(">New</a>") < text.index(">Old</a>")


async def test_what_gets_symbols_later_is_no_newer() -> None:
    pair, feed = compiled(), memory_feed()
    for version in ("1.0.0", "2.0.0"):
        package = nupkg("Tiny", version, files=pair.assembly())
        await feed.publishing.push(received(package), ADMIN)
    await push(feed, "New", "1.0.0")
    symbols = snupkg("Tiny", "1.0.0", files=pair.symbols())
    await feed.symbol_publishing.push(received(symbols), ADMIN)
    async with client(feed) as http:
        text = (await http.get("/")).text
    assert re.findall(r"/packages/(\w+/[0-9.]+)", text) == ["New/1.0.0", "Tiny/2.0.0"]


async def test_what_is_unlisted_is_not_shown() -> None:
    feed = memory_feed()
    for version in ("1.0.0", "2.0.0"):
        await push(feed, "Tiny", version)
    await feed.changes.unlist(*identity("Tiny", "2.0.0"), ADMIN)
    async with client(feed) as http:
        text = (await http.get("/")).text
    assert "/packages/Tiny/1.0.0" in text
    assert "/packages/Tiny/2.0.0" not in text


async def test_a_word_finds_packages() -> None:
    text = (await get("/?q=json", "Contoso.Json", "Other")).text
    assert '<a href="/packages/Contoso.Json/1.0.0">' in text
    assert "1 package<" in text
    assert "/packages/Other" not in text


async def test_results_are_shown_twenty_at_a_time() -> None:
    feed = memory_feed()
    for number in range(21):
        await push(feed, f"Tiny{number}", "1.0.0")
    async with client(feed) as http:
        first = (await http.get("/?q=tiny")).text
        second = (await http.get("/?q=tiny&page=2")).text
    assert first.count("<h3>") == 20
    assert 'href="?q=tiny&amp;page=2"' in first
    assert second.count("<h3>") == 1
    assert 'href="?q=tiny&amp;page=1"' in second


async def test_the_first_page_says_how_many_packages_there_are() -> None:
    text = (await get("/", "One", "Two")).text
    assert '<a href="/?q=&amp;prerelease=true">All 2 packages</a>' in text
    everything = (await get("/?q=&prerelease=true", "One", "Two")).text
    assert "<h2>2 packages</h2>" in everything


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["Library", "Odd", "Tool"]),
        ("packageType=", ["Library", "Odd", "Tool"]),
        ("packageType=dotnettool", ["Tool"]),
        ("packageType=DotnetTool&q=tool", ["Tool"]),
        ("packageType=dependency", ["Library"]),
        ("packageType=Odd.Type", ["Odd"]),
        ("packageType=none", []),
    ],
)
async def test_packages_are_narrowed_to_a_type(asked: str, found: list[str]) -> None:
    feed = memory_feed()
    types = {"Library": None, "Tool": "DotnetTool", "Odd": "Odd.Type"}
    for package_id, name in types.items():
        package = nupkg(package_id, package_types={name: None} if name else {})
        await feed.publishing.push(received(package), ADMIN)
    async with client(feed) as http:
        text = (await http.get(f"/?{asked}")).text
    assert sorted(re.findall(r'<h3><a href="/packages/([^/]+)/', text)) == found
    if "Odd" in asked:
        assert '<option value="odd.type" selected>' in text


async def test_the_next_page_asks_for_the_same() -> None:
    feed = memory_feed()
    for number in range(21):
        await push(feed, f"Tiny{number}", "1.0.0-rc")
    async with client(feed) as http:
        text = (await http.get("/?q=tiny&packageType=dependency&prerelease=true")).text
    assert 'href="?q=tiny&amp;packageType=dependency&amp;prerelease=true&amp;page=2"' in text


async def test_a_deprecated_package_says_so_in_lists() -> None:
    feed = memory_feed()
    await push(feed, "Tiny", "1.0.0")
    package_id, version = identity("Tiny", "1.0.0")
    advice = DeprecationRequest((version,), Deprecation(("Legacy",)))
    await feed.changes.deprecate(package_id, advice, ADMIN)
    async with client(feed) as http:
        for path in ("/", "/?q=tiny"):
            assert '<span class="mark">deprecated</span>' in (await http.get(path)).text


async def test_prereleases_are_found_where_they_are_asked_for() -> None:
    feed = memory_feed()
    await push(feed, "Tiny", "1.0.0-rc.1")
    async with client(feed) as http:
        without = (await http.get("/?q=tiny")).text
        assert "0 packages" in without
        assert 'href="?q=tiny&amp;prerelease=true&amp;page=1">Search prereleases too' in without
        assert "1 package<" in (await http.get("/?q=tiny&prerelease=true")).text


async def test_an_author_has_a_page() -> None:
    assert "/packages/Tiny/1.0.0" in (await get("/profiles/Contoso", "Tiny")).text
    assert "0 packages" in (await get("/profiles/Nobody", "Tiny")).text


@pytest.mark.parametrize("asked", ["nothing", "%3Cscript%3E"])
async def test_what_is_not_found_is_said_so(asked: str) -> None:
    text = (await get(f"/?q={asked}", "Tiny")).text
    assert "0 packages" in text
    assert "<script>" not in text


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


async def test_a_feed_where_nothing_was_published_lately_is_not_called_empty() -> None:
    feed = memory_feed()
    for package_id in ("Old", "Busy"):
        await push(feed, package_id, "1.0.0")
    place = identity("Busy", "1.0.0")
    for _ in range(51):
        await feed.changes.unlist(*place, ADMIN)
        await feed.changes.relist(*place, ADMIN)
    await feed.changes.unlist(*place, ADMIN)
    async with client(feed) as http:
        text = (await http.get("/")).text
    assert "Nothing was published lately" in text
    assert "Push a first package" not in text
