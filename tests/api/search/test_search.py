"""Search over HTTP, as NuGet's clients ask and read."""

import httpx
import orjson
import pytest

from tests.api.search.asking import SEMVER2, asked, found

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_without_a_text_every_id_is_found(shop: httpx.AsyncClient) -> None:
    everything = await asked(shop, "/v3/search?take=2")
    assert everything["totalHits"] == 4
    assert await found(shop) == ["Foo.Bar", "Food", "jQuery", "Some.Tool"]


async def test_prereleases_are_hidden_unless_asked_for(shop: httpx.AsyncClient) -> None:
    (stable,) = orjson.loads((await shop.get("/v3/search?q=foo.bar")).content)["data"]
    assert stable["version"] == "1.0.0"
    assert [each["version"] for each in stable["versions"]] == ["1.0.0"]
    answer = await shop.get("/v3/search?q=foo.bar&prerelease=true")
    (newest,) = orjson.loads(answer.content)["data"]
    assert newest["version"] == "1.1.0-beta"
    assert [each["version"] for each in newest["versions"]] == ["1.0.0", "1.1.0-beta"]
    assert await found(shop, q="only") == []
    assert await found(shop, q="only", prerelease="true") == ["Only.Preview"]


async def test_packages_of_semver2_are_hidden_unless_asked_for(shop: httpx.AsyncClient) -> None:
    assert await found(shop, q="modern") == []
    answer = await shop.get("/v3/search?q=modern&semVerLevel=2.0.0")
    (hit,) = orjson.loads(answer.content)["data"]
    assert hit == {
        "@id": f"{SEMVER2}/modern/index.json",
        "@type": "Package",
        "registration": f"{SEMVER2}/modern/index.json",
        "id": "Modern",
        "version": "1.0.0+build",
        "description": "A package for tests.",
        "summary": "",
        "title": "Modern",
        "iconUrl": "https://feed.example/v3/content/modern/1.0.0/icon",
        "licenseUrl": "https://licenses.nuget.org/MIT",
        "tags": [],
        "authors": ["Contoso"],
        "owners": ["Contoso"],
        "totalDownloads": 0,
        "verified": False,
        "packageTypes": [{"name": "Dependency"}],
        "versions": [
            {"version": "1.0.0+build", "downloads": 0, "@id": f"{SEMVER2}/modern/1.0.0.json"}
        ],
    }
    leaf = await shop.get(hit["versions"][0]["@id"])
    assert (await shop.head(orjson.loads(leaf.content)["packageContent"])).status_code == 200


async def test_each_view_is_searched_by_its_own_texts(shop: httpx.AsyncClient) -> None:
    assert await found(shop, q="newer") == []
    assert await found(shop, q="newer", prerelease="true") == ["Foo.Bar"]
    assert await found(shop, q="newest", prerelease="true") == []
    assert await found(shop, q="newest", prerelease="true", semVerLevel="2.0.0") == ["Foo.Bar"]


async def test_every_value_has_the_type_that_strict_clients_read(shop: httpx.AsyncClient) -> None:
    answer = await shop.get("/v3/search?prerelease=true&semVerLevel=2.0.0")
    assert b"null" not in answer.content
    types = {
        "version": str,
        "versions": list,
        "totalDownloads": int,
        "verified": bool,
        "owners": list,
        "authors": list,
        "tags": list,
        "packageTypes": list,
        "description": str,
    }
    for hit in orjson.loads(answer.content)["data"]:
        assert {name: type(hit[name]) for name in types} == types
        assert {type(each["downloads"]) for each in hit["versions"]} == {int}


async def test_an_answer_that_is_known_is_not_sent_again(shop: httpx.AsyncClient) -> None:
    answer = await shop.get("/v3/search?q=foo")
    known = {"If-None-Match": answer.headers["etag"]}
    assert (await shop.get("/v3/search?q=foo", headers=known)).status_code == 304
