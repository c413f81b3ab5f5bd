"""What pushes, unlists and deprecations do to a search, and what a search costs."""

import httpx
import orjson
import pytest

from feed.app import Feed
from feed.nuget.deprecation import DeprecationRequest
from feed.nuget.leaf import Deprecation
from feed.storage.counting import CountingBlobs, CountingRows, Ledger
from feed.storage.memory import MemoryBlobs, MemoryRows
from tests import feeds
from tests.api.search.asking import GZIP, asked, found
from tests.builders import nupkg
from tests.services.pushes import ADMIN, identity, push, received


async def test_an_empty_feed_finds_nothing(http: httpx.AsyncClient) -> None:
    assert await asked(http, "/v3/search") == {
        "@context": {"@vocab": "http://schema.nuget.org/schema#", "@base": f"{GZIP}/"},
        "totalHits": 0,
        "data": [],
    }


async def test_unlisting_the_newest_shows_the_next_one_with_its_own_texts(
    http: httpx.AsyncClient, feed: Feed
) -> None:
    old = nupkg("Foo", "1.0.0", title="The Foo", tags="old", description="first")
    for package in (old, nupkg("Foo", "2.0.0", description="second")):
        await feed.publishing.push(received(package), ADMIN)
        assert len(await found(http)) == 1
    assert await found(http, q="tags:old") == []
    await feed.changes.unlist(*identity("Foo", "2.0.0"), ADMIN)
    assert await found(http, q="second") == []
    (hit,) = orjson.loads((await http.get("/v3/search?q=tags:old")).content)["data"]
    assert (hit["version"], hit["title"], hit["description"]) == ("1.0.0", "The Foo", "first")
    await feed.changes.relist(*identity("Foo", "2.0.0"), ADMIN)
    assert await found(http, q="second") == ["Foo"]


async def test_what_is_unlisted_is_neither_found_nor_completed(
    http: httpx.AsyncClient, feed: Feed
) -> None:
    await push(feed, "Foo", "1.0.0")
    await push(feed, "Foo", "1.1.0")
    await feed.changes.unlist(*identity("Foo", "1.0.0"), ADMIN)
    assert (await asked(http, "/v3/autocomplete?id=foo"))["data"] == ["1.1.0"]
    await feed.changes.unlist(*identity("Foo", "1.1.0"), ADMIN)
    assert await found(http, q="packageid:foo", prerelease="true") == []
    assert (await asked(http, "/v3/autocomplete?q=foo"))["data"] == []


async def test_what_is_deleted_is_not_found() -> None:
    feed = feeds.memory_feed(delete="hard")
    async with feed.running(), feeds.client(feed) as http:
        await push(feed, "Foo", "1.0.0")
        await push(feed, "Foo", "2.0.0")
        await feed.changes.delete(*identity("Foo", "2.0.0"), ADMIN)
        assert (await asked(http, "/v3/autocomplete?id=foo"))["data"] == ["1.0.0"]
        await feed.changes.delete(*identity("Foo", "1.0.0"), ADMIN)
        assert await found(http) == []


async def test_a_deprecation_is_shown(http: httpx.AsyncClient, feed: Feed) -> None:
    await push(feed, "Food", "1.0.0")
    old = Deprecation(("Legacy",), "eat something else", "Foo.Bar", "[1.0.0, )")
    package_id, version = identity("Food", "1.0.0")
    await feed.changes.deprecate(package_id, DeprecationRequest((version,), old), ADMIN)
    (hit,) = orjson.loads((await http.get("/v3/search?q=packageid:food")).content)["data"]
    assert hit["deprecation"] == {
        "reasons": ["Legacy"],
        "message": "eat something else",
        "alternatePackage": {"id": "Foo.Bar", "range": "[1.0.0, )"},
    }


@pytest.mark.parametrize(
    "address", ["/v3/search?q=foo", "/v3/autocomplete?q=foo", "/v3/autocomplete?id=food"]
)
@pytest.mark.parametrize(("freshness", "operations"), [("0", ["row find"]), ("3600", [])])
async def test_a_search_costs_one_operation_or_none(
    ledger: Ledger, address: str, freshness: str, operations: list[str]
) -> None:
    blobs, rows = CountingBlobs(MemoryBlobs(), ledger), CountingRows(MemoryRows(), ledger)
    feed = feeds.memory_feed(blobs, rows, search_freshness=freshness)
    async with feed.running(), feeds.client(feed) as http:
        await push(feed, "Food", "1.0.0")
        await http.get(address)
        await feed.search.following.keep_snapshot()
        await http.get(address)
        ledger.clear()
        assert (await http.get(address)).status_code == 200
        assert [each.kind for each in ledger.operations] == operations


async def test_both_resources_are_in_the_service_index(http: httpx.AsyncClient) -> None:
    index = orjson.loads((await http.get("/v3/index.json")).content)
    found = {each["@type"]: each["@id"] for each in index["resources"]}
    assert found["SearchQueryService/3.5.0"] == "https://feed.example/v3/search"
    assert found["SearchAutocompleteService/3.0.0-beta"] == "https://feed.example/v3/autocomplete"


async def test_a_private_feed_asks_who_is_searching() -> None:
    async with feeds.client(feeds.memory_feed(read="private")) as http:
        assert (await http.get("/v3/search")).status_code == 401
        assert (await http.get("/v3/autocomplete")).status_code == 401


async def test_what_was_just_pushed_is_found_at_once(feed: Feed, http: httpx.AsyncClient) -> None:
    for n in range(5):
        await push(feed, f"Fresh{n}", "1.0.0")
        assert await found(http, q=f"fresh{n}") == [f"Fresh{n}"]
