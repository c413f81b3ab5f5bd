"""What holds of every resource alike: JSON, methods, and what is not there."""

from collections.abc import AsyncIterator
from itertools import product

import httpx
import orjson
import pytest

from feed.app import Feed
from tests.api.pushing import KEY
from tests.feeds import client
from tests.services.pushes import events, push, versions

JSON = [
    "/v3/index.json",
    "/v3/content/tiny/index.json",
    "/v3/registration/tiny/index.json",
    "/v3/registration-gz/tiny/index.json",
    "/v3/registration-gz-semver2/tiny/index.json",
    "/v3/registration-gz-semver2/tiny/1.0.0.json",
    "/v3/registration-gz-semver2/tiny/page/1.0.0/1.0.0.json",
    "/v3/search?q=tiny",
    "/v3/autocomplete?q=ti",
    "/v3/catalog/index.json",
]
NOWHERE = [
    "/v3/nothing",
    "/v3/content/tiny",
    "/v3/content/tiny/1.0.0",
    "/v3/content/tiny/1.0.0/tiny.1.0.0.nupkg/more",
    "/v3/registration/tiny",
    "/v3/registration/tiny/1.0.0.json/more",
    "/v3/search/more",
    "/v3/autocomplete/more",
    "/v3/catalog/nothing.json",
    "/api/v2/package/Tiny",
    "/api/v2/package/Tiny/1.0.0/more",
]


@pytest.fixture
async def http(feed: Feed) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a feed that has Tiny 1.0.0."""
    async with feed.running(), client(feed) as http:
        await push(feed, "Tiny", "1.0.0")
        yield http


@pytest.mark.parametrize("path", JSON)
async def test_a_document_is_json_in_utf_8(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.content.startswith(b"{")
    assert orjson.loads(answer.content)
    head = await http.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", NOWHERE)
async def test_what_is_nowhere_is_a_404_in_few_words(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path, headers=KEY)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 500


@pytest.mark.parametrize("path", [*JSON, "/v3/content/tiny/1.0.0/tiny.1.0.0.nupkg"])
async def test_a_method_that_has_no_meaning_changes_nothing(
    feed: Feed, http: httpx.AsyncClient, path: str
) -> None:
    for method in ("PUT", "POST", "DELETE", "PATCH", "OPTIONS"):
        answer = await http.request(method, path, headers=KEY, content=b"x")
        assert answer.status_code == 404
    assert len(await events(feed)) == 1
    assert await versions(feed, "tiny") == ["1.0.0"]


@pytest.mark.parametrize(
    ("method", "path"),
    list(product(("POST", "PATCH"), ("/api/v2", "/api/v2/Tiny/1.0.0")))
    + list(product(("PATCH", "PUT", "GET"), ("/api/v2/package/Tiny/1.0.0",))),
)
async def test_nor_does_one_beside_those_that_write(
    feed: Feed, http: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await http.request(method, path, headers=KEY)
    assert answer.status_code == 404
    assert len(await events(feed)) == 1
