"""The page of a package, as a browser gets it."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from feed.app import Feed
from feed.nuget.deprecation import DeprecationRequest
from feed.nuget.leaf import Deprecation
from feed.services.downloads import Downloads
from feed.services.search.following import Following
from feed.services.search.snapshots import Snapshots
from tests.builders import PNG, nupkg
from tests.feeds import client, memory_feed
from tests.services.pushes import ADMIN, identity, push, received

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def feed() -> Feed:
    return memory_feed()


@pytest.fixture
async def http(feed: Feed) -> AsyncIterator[httpx.AsyncClient]:
    async with client(feed) as http:
        http.headers.update(BROWSER)
        yield http


async def test_a_page_shows_what_the_manifest_says(feed: Feed, http: httpx.AsyncClient) -> None:
    package = nupkg(
        "Contoso.Tiny",
        "1.0.0",
        description="Small things.",
        tags="one two",
        license="MIT",
        icon=PNG,
        readme="# Hello\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        project_url="https://contoso.example/tiny",
        repository={"type": "git", "url": "https://contoso.example/tiny.git", "commit": "abc123"},
        dependencies={"net8.0": {"Contoso.Other": "1.0.0"}},
    )
    await feed.publishing.push(received(package), ADMIN)
    text = (await http.get("/packages/contoso.tiny/1.0.0")).text
    for promise in (
        "<title>Contoso.Tiny 1.0.0 · Larder</title>",
        "Small things.",
        '<a href="/?q=tags:%22one%22">one</a>',
        'href="https://licenses.nuget.org/MIT"',
        'href="https://contoso.example/tiny"',
        "<code><bdi>abc123</bdi></code>",
        '<a href="/profiles/Contoso">Contoso</a>',
        '<img class="icon" src="/v3/content/contoso.tiny/1.0.0/icon" alt="" ',
        "<h3>Hello</h3>",
        "<td>1</td>",
        "dotnet add package Contoso.Tiny --version 1.0.0",
        "net8.0",
        "/v3/content/contoso.tiny/1.0.0/contoso.tiny.1.0.0.nupkg",
    ):
        assert promise in text


async def test_without_a_version_the_newest_release_is_shown(
    feed: Feed, http: httpx.AsyncClient
) -> None:
    for version in ("1.0.0", "2.0.0-rc.1"):
        await push(feed, "Tiny", version)
    answer = await http.get("/packages/tiny")
    assert "<title>Tiny 1.0.0" in answer.text
    assert '<span class="mark">prerelease</span>' in answer.text


async def test_without_a_release_the_newest_listed_version_is_shown(
    feed: Feed, http: httpx.AsyncClient
) -> None:
    for version in ("1.0.0-a", "1.0.0-b", "1.0.0-c"):
        await push(feed, "Tiny", version)
    await feed.changes.unlist(*identity("Tiny", "1.0.0-c"), ADMIN)
    assert "<title>Tiny 1.0.0-b" in (await http.get("/packages/tiny")).text


async def test_an_unlisted_version_says_so(feed: Feed, http: httpx.AsyncClient) -> None:
    await push(feed, "Tiny", "1.0.0")
    await feed.changes.unlist(*identity("Tiny", "1.0.0"), ADMIN)
    text = (await http.get("/packages/Tiny")).text
    assert "This version is unlisted." in text
    assert '<span class="mark">unlisted</span>' in text


async def test_a_package_whose_versions_are_all_deleted_has_no_page() -> None:
    feed = memory_feed(delete="hard")
    await push(feed, "Tiny", "1.0.0")
    await feed.changes.delete(*identity("Tiny", "1.0.0"), ADMIN)
    async with client(feed) as http:
        for path in ("/packages/Tiny", "/packages/Tiny/1.0.0"):
            assert (await http.get(path, headers=BROWSER)).status_code == 404


async def test_a_deprecated_version_names_what_to_use(feed: Feed, http: httpx.AsyncClient) -> None:
    await push(feed, "Tiny", "1.0.0")
    package_id, version = identity("Tiny", "1.0.0")
    advice = Deprecation(("Legacy",), "Not kept up.", "Large")
    await feed.changes.deprecate(package_id, DeprecationRequest((version,), advice), ADMIN)
    text = (await http.get("/packages/Tiny")).text
    assert "This version is deprecated</strong>: it is no longer maintained." in text
    assert "Not kept up." in text
    assert 'Use <a href="/packages/Large">Large</a> instead.' in text


async def test_a_dependency_is_a_link_where_this_feed_has_it(
    feed: Feed, http: httpx.AsyncClient
) -> None:
    await push(feed, "Here", "1.0.0")
    package = nupkg("Tiny", "1.0.0", dependencies={"Here": "1.0.0", "Elsewhere": "2.0.0"})
    await feed.publishing.push(received(package), ADMIN)
    text = (await http.get("/packages/Tiny")).text
    assert '<a href="/packages/Here">Here</a>' in text
    assert '<a href="/packages/Elsewhere">' not in text


@pytest.mark.parametrize(
    ("type_name", "line"),
    [
        ("DotnetTool", "dotnet tool install --global Tiny --version 1.0.0"),
        ("Template", "dotnet new install Tiny@1.0.0"),
    ],
)
async def test_a_tool_and_a_template_are_installed_their_own_way(
    type_name: str, line: str, feed: Feed, http: httpx.AsyncClient
) -> None:
    await feed.publishing.push(received(nupkg("Tiny", package_types={type_name: None})), ADMIN)
    text = (await http.get("/packages/Tiny")).text
    assert line in text
    assert "dotnet add package" not in text


async def test_versions_are_shown_fifty_at_a_time(feed: Feed, http: httpx.AsyncClient) -> None:
    for number in range(51):
        await push(feed, "Tiny", f"1.0.{number}")
    first = (await http.get("/packages/Tiny")).text
    second = (await http.get("/packages/Tiny?page=2")).text
    assert _versions(first) == [f"1.0.{number}" for number in range(50, 0, -1)]
    assert _versions(second) == ["1.0.0"]
    assert (await http.get("/packages/Tiny?page=99999")).text == second


async def test_downloads_are_counted_in_the_table_and_in_all(
    feed: Feed, http: httpx.AsyncClient
) -> None:
    await push(feed, "Tiny", "1.0.0")
    _count(feed.downloads, "Tiny", "1.0.0", 1234)
    await feed.downloads.settle()
    text = (await http.get("/packages/Tiny")).text
    assert '<td class="number">1,234</td>' in text
    assert "1,234 of all versions" in text


async def test_a_page_is_not_sent_again_to_who_has_it(feed: Feed, http: httpx.AsyncClient) -> None:
    await push(feed, "Tiny", "1.0.0")
    first = await http.get("/packages/Tiny")
    again = await http.get("/packages/Tiny", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_an_older_version_names_the_one_that_is_shown_without_it(
    feed: Feed, http: httpx.AsyncClient
) -> None:
    for version in ("1.0.0", "1.1.0", "2.0.0-rc.1"):
        await push(feed, "Tiny", version)
    newer = 'There is a newer version: <a href="/packages/Tiny/1.1.0">1.1.0</a>'
    assert newer in (await http.get("/packages/Tiny/1.0.0")).text
    for version in ("1.1.0", "2.0.0-rc.1"):
        assert "There is a newer version" not in (await http.get(f"/packages/Tiny/{version}")).text


async def test_a_page_names_the_packages_that_use_it(feed: Feed, http: httpx.AsyncClient) -> None:
    await push(feed, "Tiny", "1.0.0")
    assert "No package on this feed." in (await http.get("/packages/Tiny")).text
    for number in range(12):
        using = nupkg(f"User{number:02}", "1.0.0-rc", dependencies={"tiny": "1.0.0"})
        await feed.publishing.push(received(using), ADMIN)
    text = (await http.get("/packages/Tiny")).text
    assert text.count('<li><a href="/packages/User') == 10
    assert '<a href="/?uses=Tiny">All 12 packages that use it</a>' in text
    users = (await http.get("/?uses=Tiny")).text
    assert users.count("<h3>") == 12
    assert 'Packages that use <a href="/packages/Tiny">Tiny</a>' in users


async def test_a_page_does_not_wait_for_an_index_that_is_being_built() -> None:
    feed = memory_feed()
    await push(feed, "Tiny", "1.0.0")
    following = Following(
        feed.log,
        feed.downloads,
        Snapshots(feed.truth.blobs, feed.log.clock, feed.log.random),
        freshness=3600,
        patience=0,
    )
    search = replace(feed.search, following=following)
    building = replace(feed, showcase=replace(feed.showcase, search=search))
    async with client(building) as http:
        package = await http.get("/packages/Tiny")
        start = await http.get("/")
        missing = await http.get("/packages/Tony", headers=BROWSER)
    assert "The feed is still finding out." in package.text
    assert "Published last" in start.text
    assert "all packages" not in start.text
    assert "There is no Tony here" in missing.text
    await following.close()


async def test_a_tool_gets_failures_in_the_one_shape(http: httpx.AsyncClient) -> None:
    answer = await http.get("/packages/Nothing", headers={"Accept": "application/json"})
    assert answer.headers["content-type"] == "application/problem+json"


def _versions(text: str) -> list[str]:
    return re.findall(r'<td><a href="/packages/Tiny/([^"]+)">', text)


def _count(downloads: Downloads, package_id: str, version: str, times: int) -> None:
    for _ in range(times):
        downloads.count(*identity(package_id, version))
