"""The push over HTTP: what every client sends, and what it is told."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from feed.app import Feed
from feed.services.callers import Scope
from feed.services.clock import DAY
from tests import uploads
from tests.api.conftest import MakeFeed
from tests.api.pushing import KEY, push, stored
from tests.builders import nupkg, nuspec
from tests.feeds import ADMIN_KEY, client
from tests.keys import ManualClock, make_key
from tests.services.pushes import events, versions
from tests.uploads import Upload

TINY = nupkg("Tiny", "1.0.0", license="MIT", readme="# Tiny")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/v2/package"),
        ("PUT", "/api/v2/package/"),
        ("PUT", "/API/V2/Package/"),
        ("POST", "/api/v2/package"),
        ("PUT", "/api/v2"),
        ("PUT", "/api/v2/"),
    ],
)
async def test_a_package_is_taken_at_every_address_that_clients_push_to(
    feed: Feed, method: str, path: str
) -> None:
    async with client(feed) as http:
        upload = uploads.modern(TINY)
        headers = {"Content-Type": upload.content_type, **KEY}
        answer = await http.request(method, path, content=upload.body, headers=headers)
    assert (answer.status_code, answer.content) == (201, b"")
    assert "location" not in answer.headers
    assert await versions(feed, "tiny") == ["1.0.0"]


@pytest.mark.parametrize(
    "upload",
    [
        uploads.modern(TINY),
        uploads.old(TINY),
        uploads.raw(TINY),
        uploads.parts((uploads.named("foo"), TINY), boundary="xyz"),
        uploads.parts(
            (uploads.named("package"), TINY),
            (uploads.named("package"), nupkg("Other")),
            boundary="xyz",
        ),
    ],
    ids=["current", "2.x", "raw", "called foo", "second part"],
)
@pytest.mark.parametrize("with_length", [True, False])
async def test_the_bytes_that_are_stored_are_those_of_the_file(
    feed: Feed, upload: Upload, with_length: bool
) -> None:
    async with client(feed) as http:
        answer = await push(http, upload, with_length=with_length)
    assert answer.status_code == 201
    assert await stored(feed, "tiny", "1.0.0") == TINY
    assert len(await events(feed)) == 1


async def test_what_is_pushed_can_be_restored_at_once(feed: Feed) -> None:
    async with client(feed) as http:
        assert (await http.get("/v3/content/tiny/index.json")).status_code == 404
        await push(http, uploads.modern(TINY))
        known = await http.get("/v3/content/tiny/index.json")
        package = await http.get("/v3/content/tiny/1.0.0/tiny.1.0.0.nupkg")
        manifest = await http.get("/v3/content/tiny/1.0.0/tiny.nuspec")
    assert known.json() == {"versions": ["1.0.0"]}
    assert package.content == TINY
    assert "<id>Tiny</id>" in manifest.text


@pytest.mark.parametrize(
    "credentials",
    [KEY, {"Authorization": f"Bearer {ADMIN_KEY}"}],
    ids=["key", "bearer"],
)
async def test_a_key_alone_authorises(make_feed: MakeFeed, credentials: dict[str, str]) -> None:
    async with client(make_feed(read="private")) as http:
        answer = await push(http, uploads.modern(TINY), headers=credentials)
    assert answer.status_code == 201


async def test_basic_authorises_beside_a_key_that_means_nothing(make_feed: MakeFeed) -> None:
    async with client(make_feed(read="private")) as http:
        http.auth = httpx.BasicAuth("anyone", ADMIN_KEY)
        headers = {"X-NuGet-ApiKey": "RequiredApiKey"}
        answer = await push(http, uploads.modern(TINY), headers=headers)
    assert answer.status_code == 201


NAMESPACES = [
    f"http://schemas.microsoft.com/packaging/{each}/nuspec.xsd"
    for each in ("2010/07", "2011/08", "2011/10", "2012/06", "2013/01", "2013/05")
]


@pytest.mark.parametrize("namespace", [*NAMESPACES, ""])
async def test_a_manifest_may_be_of_any_namespace(feed: Feed, namespace: str) -> None:
    package = nupkg(manifest=nuspec(namespace=namespace, license="MIT"))
    async with client(feed) as http:
        assert (await push(http, uploads.modern(package))).status_code == 201


async def test_advice_comes_with_the_success_in_one_line(feed: Feed) -> None:
    async with client(feed) as http:
        advised = await push(http, uploads.modern(nupkg("Bare")))
        praised = await push(http, uploads.modern(TINY))
    assert (advised.status_code, praised.status_code) == (201, 201)
    [line] = advised.headers.get_list("x-nuget-warning")
    assert "license" in line
    assert "readme" in line
    assert "x-nuget-warning" not in praised.headers


async def test_who_pushes_hears_when_the_key_ends(make_feed: MakeFeed) -> None:
    clock = ManualClock()
    feed = make_feed(clock)
    new = await make_key(feed, Scope.PUSH_NEW, lifetime=20 * DAY)
    warnings = []
    async with client(feed) as http:
        for version in ("1.0.0", "2.0.0"):
            upload = uploads.modern(nupkg("Tiny", version, license="MIT", readme="# Tiny"))
            answer = await push(http, upload, headers={"X-NuGet-ApiKey": new.text.text})
            warnings.append(answer.headers.get("x-nuget-warning"))
            clock.advance(10 * DAY)
    await feed.keyring.settle()
    assert warnings == [None, "the key 'ci' expires on 2030-01-21"]


async def test_two_pushes_at_once_of_one_version_have_one_winner(feed: Feed) -> None:
    packages = [nupkg(readme=f"# Number {n}") for n in range(2)]
    async with client(feed) as http:
        answers = await asyncio.gather(*(push(http, uploads.modern(each)) for each in packages))
    codes = [answer.status_code for answer in answers]
    assert sorted(codes) == [201, 409]
    assert await stored(feed, "tiny", "1.0.0") == packages[codes.index(201)]


async def test_a_push_that_is_not_documented_yet_is_accepted(feed: Feed) -> None:
    hasty = replace(feed.completion, patience=0.0)
    feed = replace(feed, publishing=replace(feed.publishing, completion=hasty))
    async with client(feed) as http:
        answer = await push(http, uploads.modern(TINY))
    assert answer.status_code == 202
    await hasty.settle()
