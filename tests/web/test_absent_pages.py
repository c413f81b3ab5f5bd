"""What people are shown in place of a package or a version that is not there."""

import re

import httpx
import pytest

from feed.app import Feed
from tests.feeds import client, memory_feed
from tests.services.pushes import ADMIN, identity, push

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


async def get(feed: Feed, path: str) -> httpx.Response:
    async with client(feed) as http:
        answer = await http.get(path, headers=BROWSER)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer


def heading(answer: httpx.Response) -> str:
    found = re.search(r"<h1>(.*)</h1>", answer.text)
    assert found
    return found[1]


async def feed_of(*versions: str, deleted: tuple[str, ...] = ()) -> Feed:
    feed = memory_feed(delete="hard")
    for version in versions:
        await push(feed, "Contoso.Tiny", version)
    for version in deleted:
        await feed.changes.delete(*identity("Contoso.Tiny", version), ADMIN)
    return feed


@pytest.mark.parametrize("asked", ["Contoso.Tny", "tiny", "ContosoTiny", "contoso.tiny2"])
async def test_an_id_that_there_is_not_suggests_others_like_it(asked: str) -> None:
    answer = await get(await feed_of("1.0.0"), f"/packages/{asked}")
    assert (answer.status_code, heading(answer)) == (404, f"There is no {asked} here")
    assert '<a href="/packages/Contoso.Tiny">Contoso.Tiny</a>' in answer.text
    assert f'href="/?q={asked}&amp;prerelease=true"' in answer.text


async def test_nothing_is_suggested_that_is_not_like_it() -> None:
    answer = await get(await feed_of("1.0.0"), "/packages/Something.Else/1.0.0")
    assert heading(answer) == "There is no Something.Else here"
    assert "Did you mean" not in answer.text


async def test_a_version_that_there_never_was_says_which_there_are() -> None:
    answer = await get(await feed_of("1.0.0", "2.0.0"), "/packages/contoso.tiny/3.0.0")
    assert (answer.status_code, heading(answer)) == (404, "contoso.tiny has no version 3.0.0")
    assert "Contoso.Tiny/2.0.0" in answer.text or "contoso.tiny/2.0.0" in answer.text


async def test_a_deleted_version_says_so_and_the_others_stay() -> None:
    feed = await feed_of("1.0.0", "2.0.0", deleted=("2.0.0",))
    answer = await get(feed, "/packages/Contoso.Tiny/2.0.0")
    assert (answer.status_code, heading(answer)) == (404, "Contoso.Tiny 2.0.0 has been deleted")
    assert '<a href="/packages/Contoso.Tiny/1.0.0">Contoso.Tiny 1.0.0</a>' in answer.text
    shown = await get(feed, "/packages/Contoso.Tiny")
    assert (shown.status_code, "2.0.0" in shown.text) == (200, False)


async def test_a_package_says_when_all_its_versions_are_deleted() -> None:
    answer = await get(await feed_of("1.0.0", deleted=("1.0.0",)), "/packages/Contoso.Tiny")
    assert (answer.status_code, heading(answer)) == (404, "Contoso.Tiny has been deleted")


@pytest.mark.parametrize("path", ["/packages/a%20b", "/packages/Contoso.Tiny/no"])
async def test_what_cannot_be_a_name_is_said_so(path: str) -> None:
    answer = await get(await feed_of("1.0.0"), path)
    assert (answer.status_code, heading(answer)) == (404, "Not Found")


async def test_an_address_that_may_be_wrong_is_kept_by_nobody() -> None:
    answer = await get(await feed_of("1.0.0"), "/packages/Nothing")
    assert answer.headers["cache-control"] == "no-store"


async def test_an_address_where_nothing_is_has_a_page_for_a_browser() -> None:
    async with client(memory_feed()) as http:
        page = await http.get("/nowhere", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
        tool = await http.get("/nowhere")
        assert (tool.status_code, tool.headers["content-type"]) == (404, "application/problem+json")
