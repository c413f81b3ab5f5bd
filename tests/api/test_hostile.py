"""Whatever is sent to whichever route: never a 500, and always the one shape of a failure."""

import asyncio
from itertools import product

import httpx
import orjson
import pytest

from feed.app import function_app
from feed.localhost import Route, routes
from tests.feeds import ADMIN_KEY, client, memory_feed, served

METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS")
VALUES = (
    "Newtonsoft.Json",
    "..",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%00",
    "%FF%FE",
    "%zz",
    "a" * 8000,
    "%F0%9F%93%A6",
    "'%22<script>",
    "%0d%0aX-Evil:%201",
    "1.0.0%2Bmeta",
    "CON",
)


def _paths(route: Route) -> list[str]:
    """The route's own path with each strange value in place of every parameter."""
    segments = route.template.split("/")
    return ["/" + "/".join(value if "{" in each else each for each in segments) for value in VALUES]


TABLE = routes(function_app(memory_feed()))


@pytest.mark.parametrize("route", TABLE, ids=[each.name for each in TABLE])
async def test_no_path_and_no_method_is_a_fault_of_ours(route: Route) -> None:
    async with client(memory_feed()) as http:
        for method, path in product(METHODS, _paths(route)):
            headers = {"X-NuGet-ApiKey": ADMIN_KEY}
            answer = await http.request(method, path, headers=headers, content=b"garbage")
            assert answer.status_code < 500, (method, path, answer.text)
            if answer.status_code >= 400 and method != "HEAD":
                _assert_problem(answer)
                if method != "GET" or answer.status_code != 404:
                    _assert_warning(answer.headers["x-nuget-warning"])


async def test_a_restore_is_not_warned_of_what_a_feed_does_not_have() -> None:
    async with client(memory_feed()) as http:
        answer = await http.get("/v3/content/newtonsoft.json/index.json")
        assert answer.status_code == 404
        assert "x-nuget-warning" not in answer.headers


async def test_who_has_the_wrong_address_hears_the_right_one() -> None:
    """nuget.exe takes a source that does not end in `index.json` for one of its old protocol."""
    async with client(memory_feed()) as http:
        answer = await http.get("/FindPackagesById()?id='Tiny'&semVerLevel=2.0.0")
        assert answer.status_code == 404
        assert answer.headers["x-nuget-warning"] == (
            "this feed has nothing at GET /FindPackagesById(): "
            "its source is https://feed.example/v3/index.json"
        )


def _assert_problem(answer: httpx.Response) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = orjson.loads(answer.content)
    assert problem["status"] == answer.status_code
    assert problem["detail"]


def _assert_warning(warning: str) -> None:
    assert warning.isprintable()
    assert len(warning) <= 1000


async def test_a_connection_dropped_in_mid_body_leaves_the_feed_well() -> None:
    async with served(memory_feed()) as port:
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(
                b"PUT /api/v2/package/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n"
                b"X-NuGet-ApiKey: " + ADMIN_KEY.encode() + b"\r\n\r\nhalf of it"
            )
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            assert await reader.read() == b""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            assert (await http.get("/health")).text == "healthy"
