"""Unlist, relist, deprecate and delete over HTTP."""

from collections.abc import Mapping

import httpx
import pytest

from feed.app import Feed
from feed.nuget.leaf import Deprecation, VersionState
from feed.services import records
from tests.api.conftest import MakeFeed
from tests.api.pushing import KEY, PACKAGES
from tests.feeds import client
from tests.nuget.shapes import CatalogEntry, Index
from tests.services import pushes
from tests.services.pushes import events, identity, versions

Form = Mapping[str, str | list[str]]


async def state(feed: Feed, version: str = "1.0.0") -> VersionState:
    return records.state(await feed.truth.get_row(*identity("foo", version)))


async def foo(make_feed: MakeFeed, *more: str, delete: str = "unlist") -> Feed:
    feed = make_feed(delete=delete)
    for version in ("1.0.0", *more):
        await pushes.push(feed, "Foo", version)
    return feed


async def entry(http: httpx.AsyncClient, position: int = 0) -> CatalogEntry:
    """What registration says of a version, counted from the lowest."""
    answer = await http.get("/v3/registration-gz-semver2/foo/index.json")
    items = Index.model_validate_json(answer.content).items[0].items or []
    return items[position].catalog_entry


async def deprecate(http: httpx.AsyncClient, form: Form, package_id: str = "Foo") -> httpx.Response:
    path = f"{PACKAGES}/{package_id}/deprecations"
    return await http.put(path, data={"versions": "1.0.0", **form}, headers=KEY)


@pytest.mark.parametrize(
    "path",
    [
        f"{PACKAGES}/Foo/1.0.0",
        f"{PACKAGES}/foo/1.0",
        f"{PACKAGES}/FOO/01.0.0.0/",
        f"{PACKAGES}/Foo/1.0.0+x",
        "/api/v2/Foo/1.0.0",
    ],
)
async def test_a_delete_unlists_in_any_spelling_and_as_often_as_it_comes(
    make_feed: MakeFeed, path: str
) -> None:
    feed = await foo(make_feed)
    async with client(feed) as http:
        for _ in range(2):
            answer = await http.delete(path, headers=KEY)
            assert (answer.status_code, answer.content) == (204, b"")
    assert not (await state(feed)).listed
    assert await versions(feed, "foo") == ["1.0.0"]
    assert len(await events(feed)) == 2


async def test_an_unlisted_version_is_hidden_and_can_be_restored(make_feed: MakeFeed) -> None:
    async with client(await foo(make_feed)) as http:
        await http.delete(f"{PACKAGES}/Foo/1.0.0", headers=KEY)
        hidden = await entry(http)
        assert (hidden.listed, hidden.published[:4]) == (False, "1900")
        known = await http.get("/v3/content/foo/index.json")
        assert known.json() == {"versions": ["1.0.0"]}
        nupkg = await http.get("/v3/content/foo/1.0.0/foo.1.0.0.nupkg")
        assert nupkg.status_code == 200


async def test_relisting_brings_back_what_was(make_feed: MakeFeed) -> None:
    feed = await foo(make_feed)
    async with client(feed) as http:
        before = await entry(http)
        await http.delete(f"{PACKAGES}/Foo/1.0.0", headers=KEY)
        for _ in range(2):
            answer = await http.post(f"{PACKAGES}/foo/1.0", headers=KEY)
            assert (answer.status_code, answer.content) == (200, b"")
        assert await entry(http) == before
    assert len(await events(feed)) == 3


async def test_a_feed_that_deletes_for_good_says_so_the_second_time(make_feed: MakeFeed) -> None:
    feed = await foo(make_feed, delete="hard")
    async with client(feed) as http:
        answers = [await http.delete(f"{PACKAGES}/Foo/1.0.0", headers=KEY) for _ in range(2)]
    assert [each.status_code for each in answers] == [204, 404]
    assert await versions(feed, "foo") == []


CHANGES = [
    ("DELETE", f"{PACKAGES}/{{}}"),
    ("DELETE", "/api/v2/{}"),
    ("POST", f"{PACKAGES}/{{}}"),
]


@pytest.mark.parametrize(("method", "path"), CHANGES)
async def test_a_version_that_is_not_there_cannot_be_changed(
    make_feed: MakeFeed, method: str, path: str
) -> None:
    async with client(await foo(make_feed)) as http:
        for missing in ("Foo/2.0.0", "Bar/1.0.0", "Foo/latest", "..Foo/1.0.0"):
            answer = await http.request(method, path.format(missing), headers=KEY)
            assert answer.status_code == 404
            assert missing.split("/")[0] in answer.headers["x-nuget-warning"]


@pytest.mark.parametrize(
    ("method", "path"), [*CHANGES, ("PUT", f"{PACKAGES}/Foo/deprecations?versions=1.0.0&x={{}}")]
)
async def test_nothing_changes_without_a_key(make_feed: MakeFeed, method: str, path: str) -> None:
    feed = await foo(make_feed)
    async with client(feed) as http:
        answer = await http.request(method, path.format("Foo/1.0.0"))
    assert answer.status_code == 401
    assert len(await events(feed)) == 1


async def test_a_version_is_deprecated_in_favour_of_another(make_feed: MakeFeed) -> None:
    async with client(await foo(make_feed, "2.0.0")) as http:
        alternate = {"alternatePackageId": "foo", "alternatePackageVersion": "2.0"}
        form = {"isLegacy": "true", "message": "Old", **alternate}
        answer = await deprecate(http, form, "FOO")
        assert (answer.status_code, answer.content) == (200, b"")
        said = (await entry(http)).deprecation
        assert said
        assert said.alternate_package
        assert (said.reasons, said.message) == (["Legacy"], "Old")
        assert (said.alternate_package.id, said.alternate_package.range) == ("foo", "[2.0.0, )")
        assert (await entry(http, 1)).deprecation is None


async def test_a_deprecation_without_a_reason_takes_it_away(make_feed: MakeFeed) -> None:
    async with client(await foo(make_feed)) as http:
        await deprecate(http, {"isOther": "true", "message": "Gone"})
        assert (await deprecate(http, {})).status_code == 200
        assert (await entry(http)).deprecation is None


async def test_parameters_may_stand_in_the_query(make_feed: MakeFeed) -> None:
    feed = await foo(make_feed, "2.0.0")
    async with client(feed) as http:
        query = "versions=1.0.0&versions=2.0&hasCriticalBugs=true&listedVerb=Unlist"
        answer = await http.put(f"{PACKAGES}/Foo/deprecations?{query}", headers=KEY)
    assert answer.status_code == 200
    for version in ("1.0.0", "2.0.0"):
        found = await state(feed, version)
        assert (found.listed, found.deprecation) == (False, Deprecation(("CriticalBugs",)))


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"versions": ""}, 400, "versions is missing"),
        ({"isOther": "true"}, 400, "isOther needs one"),
        ({"isLegacy": "true", "message": "m" * 1001}, 400, "1001 characters, 1000 are allowed"),
        ({"isLegacy": "true", "alternatePackageId": "Foo"}, 400, "its own alternative"),
        ({"isLegacy": "true", "alternatePackageId": "Bar"}, 400, "this feed has no Bar to use"),
        ({"isLegacy": "true", "message": "m" * 300_000}, 413, "up to 256 KB"),
        ({"versions": ["1.0.0", "2.0.0"], "isLegacy": "true"}, 404, "no Foo 2.0.0"),
    ],
)
async def test_a_deprecation_that_makes_no_sense_changes_nothing(
    make_feed: MakeFeed, form: Form, status: int, words: str
) -> None:
    feed = await foo(make_feed)
    async with client(feed) as http:
        answer = await deprecate(http, form)
    assert answer.status_code == status
    assert words in answer.headers["x-nuget-warning"]
    assert len(await events(feed)) == 1


async def test_the_alternative_must_be_there_in_that_version(make_feed: MakeFeed) -> None:
    feed = await foo(make_feed, delete="hard")
    await pushes.push(feed, "Bar", "1.0.0")
    await pushes.push(feed, "Gone", "1.0.0")
    async with client(feed) as http:
        await http.delete(f"{PACKAGES}/Gone/1.0.0", headers=KEY)
        for alternate, version, status in (
            ("Gone", "", 400),
            ("Bar", "2.0.0", 400),
            ("Bar", "1.0", 200),
            ("Bar", "", 200),
        ):
            form = {"alternatePackageId": alternate, "alternatePackageVersion": version}
            answer = await deprecate(http, {"isLegacy": "true", **form})
            assert answer.status_code == status


async def test_an_unknown_package_cannot_be_deprecated(feed: Feed) -> None:
    async with client(feed) as http:
        assert (await deprecate(http, {"isLegacy": "true"})).status_code == 404
