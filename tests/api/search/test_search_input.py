"""What may stand in a search, and that nothing is an error."""

from urllib.parse import quote, quote_from_bytes

import httpx
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.search.asking import asked, found

pytestmark = pytest.mark.asyncio(loop_scope="package")


@pytest.mark.parametrize(
    ("parameters", "hits"),
    [
        ("take=0", 0),
        ("take=5000", 4),
        ("take=-1", 0),
        ("take=abc", 4),
        ("skip=4", 0),
        ("skip=99999999", 0),
        ("skip=-1&take=1", 1),
        ("skip=abc", 4),
        ("semVerLevel=banana&prerelease=maybe", 4),
        ("supportedFramework=net8.0&testData=false&q=", 4),
    ],
)
async def test_no_parameter_is_an_error(
    shop: httpx.AsyncClient, parameters: str, hits: int
) -> None:
    answer = await shop.get(f"/v3/search?{parameters}")
    document = orjson.loads(answer.content)
    assert (answer.status_code, document["totalHits"], len(document["data"])) == (200, 4, hits)


@pytest.mark.parametrize(
    ("package_type", "ids"),
    [
        ("DotnetTool", ["Some.Tool"]),
        ("dotnettool", ["Some.Tool"]),
        ("dependency", ["Foo.Bar", "Food", "jQuery"]),
        ("", ["Foo.Bar", "Food", "jQuery", "Some.Tool"]),
        ("Nonsense", []),
        ("a b\x00é", []),
    ],
)
async def test_filters_by_package_type(
    shop: httpx.AsyncClient, package_type: str, ids: list[str]
) -> None:
    assert await found(shop, packageType=package_type) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("packageid:FOO.bar", ["Foo.Bar"]),
        ("packageId:foo", []),
        ("version:one", []),
        ("owner:bob", ["Foo.Bar"]),
        ("owners:ann", ["Foo.Bar"]),
        ("tags:beta", ["Foo.Bar", "Food"]),
        ("tag:bet", []),
        ("author:ann", ["Foo.Bar"]),
        ("id:quer", ["jQuery"]),
        ("summary:handy", ["Some.Tool"]),
        ("version:3.0", ["Some.Tool"]),
        ("invalid:x", ["Foo.Bar", "Food", "jQuery", "Some.Tool"]),
        ("invalid:jquery tool", ["Some.Tool"]),
        ("id:tool id:food", ["Food", "Some.Tool"]),
        ("id:foo tags:beta", ["Foo.Bar", "Food"]),
        ("id:foo tags:alpha", ["Foo.Bar"]),
        ("foo beta", ["Foo.Bar", "Food"]),
        ("foo tool", []),
        ('"jquery:ui"', ["Food"]),
        ('"the foo', ["Foo.Bar"]),
        ('the" foo', ["Foo.Bar"]),
    ],
)
async def test_knows_the_search_syntax(shop: httpx.AsyncClient, text: str, ids: list[str]) -> None:
    assert await found(shop, q=text) == ids


@pytest.mark.parametrize(
    "raw",
    [
        "q=a&b",
        "q=c%2B%2B",
        "q=c++",
        "q=100%",
        "q=%zz",
        "q=%00%01%1f",
        "q=%ff%fe",
        "q=%ED%A0%80",
        "q=%E2%80%AE%D7%A9%D7%9C%D7%95%D7%9D",
        "q=caf%C3%A9+%F0%9F%93%A6",
        "q=%22%22%22",
        "q=(((~*?:^%22",
        "q=" + "x" * 8000,
        "q=" + "a%20" * 2000,
        "q=" + "%22a" * 2000,
        "q=foo&q=bar",
        "skip=" + "9" * 5000,
        "packageType=%ED%A0%80",
    ],
)
@pytest.mark.parametrize("resource", ["search", "autocomplete"])
async def test_whatever_bytes_are_sent_there_is_an_answer(
    shop: httpx.AsyncClient, resource: str, raw: str
) -> None:
    document = await asked(shop, f"/v3/{resource}?{raw}")
    assert isinstance(document["totalHits"], int)
    assert isinstance(document["data"], list)


_PIECES = st.sampled_from(
    [b"id:", b"tags:", b'"', b"(", b"*", b" OR ", b"+", b"\x00", b"\xed\xa0\x80"]
)


@settings(max_examples=40)
@given(
    st.lists(_PIECES | st.binary(max_size=12), max_size=30).map(b"".join),
    st.text(st.characters(codec="utf-8"), max_size=8),
)
async def test_whatever_bytes_are_typed_there_is_an_answer(
    shop: httpx.AsyncClient, typed: bytes, other: str
) -> None:
    query = f"q={quote_from_bytes(typed)}&skip={quote(other)}&semVerLevel={quote(other)}"
    document = await asked(shop, f"/v3/search?{query}&packageType={quote(other)}")
    assert isinstance(document["totalHits"], int)
    await asked(shop, f"/v3/autocomplete?{query}")
