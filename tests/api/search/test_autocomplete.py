"""Autocomplete over HTTP: ids by what is typed, and the versions of an id."""

import httpx
import pytest

from tests.api.search.asking import asked

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def completed(http: httpx.AsyncClient, query: str) -> list[object]:
    data = (await asked(http, f"/v3/autocomplete?{query}"))["data"]
    assert isinstance(data, list)
    return data


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("q=fo", ["Foo.Bar", "Food"]),
        ("q=FOO.B", ["Foo.Bar"]),
        ("q=bar", ["Foo.Bar"]),
        ("q=uer", ["jQuery"]),
        ("q=zzz", []),
        ("", ["Foo.Bar", "Food", "jQuery", "Some.Tool"]),
        ("take=1&skip=1", ["Food"]),
        ("q=o&prerelease=true", ["Only.Preview"]),
        ("q=mod&semVerLevel=2.0.0", ["Modern"]),
        ("packageType=dotnettool", ["Some.Tool"]),
        ("q=fo&id=jquery", ["Foo.Bar", "Food"]),
    ],
)
async def test_completes_ids(shop: httpx.AsyncClient, query: str, ids: list[str]) -> None:
    assert await completed(shop, query) == ids


@pytest.mark.parametrize(
    ("query", "versions"),
    [
        ("id=foo.bar", ["1.0.0"]),
        ("id=FOO.Bar&prerelease=true", ["1.0.0", "1.1.0-beta"]),
        (
            "id=Foo.Bar&prerelease=true&semVerLevel=2.0.0&q=",
            ["1.0.0", "1.1.0-beta", "2.0.0-rc.1+abc"],
        ),
        ("id=unknown", []),
        ("id=%ED%A0%80", []),
        ("id=..", []),
    ],
)
async def test_completes_versions(shop: httpx.AsyncClient, query: str, versions: list[str]) -> None:
    assert await completed(shop, query) == versions
