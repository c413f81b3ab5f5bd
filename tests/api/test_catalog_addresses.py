"""Which addresses the catalog knows, and what each costs."""

import pytest

from feed.nuget.catalog import PAGE, Page
from feed.services import paths, records
from feed.services.records import Head
from feed.storage.counting import CountingBlobs, CountingRows, Ledger
from feed.storage.memory import MemoryBlobs, MemoryRows
from tests.api.catalogs import INDEX, Reader, read_details, read_index
from tests.feeds import ADDRESS, client, memory_feed
from tests.services import pushes
from tests.services.pushes import ADMIN, identity

NEWEST = "/v3/catalog/newest/tiny/1.0.0.json"


@pytest.mark.parametrize(
    "path",
    [
        "page1.json",
        "page01.json",
        "page-1.json",
        "page.json",
        "page0",
        "0.json",
        f"page{10**30}.json",
        "page%D9%A0.json",
        "data/0/tiny.2.0.0.json",
        "data/0/tiny.1.0.json",
        "data/0/tiny.1.0.0",
        "data/0/1.0.0.json",
        "data/1/tiny.1.0.0.json",
        "data/00/tiny.1.0.0.json",
        "data/-1/tiny.1.0.0.json",
        f"data/{10**30}/tiny.1.0.0.json",
        "data/tiny.1.0.0.json",
        "newest/tiny/2.0.0.json",
        "newest/other/1.0.0.json",
        "newest/..tiny/1.0.0.json",
        "newest/tiny/latest.json",
        "newest/tiny/1.0.0",
    ],
)
async def test_what_the_catalog_does_not_have_is_not_found(path: str) -> None:
    feed = memory_feed()
    await pushes.push(feed, "Tiny", "1.0.0")
    async with client(feed) as http:
        answer = await http.get(f"/v3/catalog/{path}")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize(
    "path",
    [
        "Index.json/",
        "PAGE0.JSON",
        "data/0/Tiny.1.0.0.json",
        "newest/TINY/1.0.json",
        "newest/tiny/1.0.0%2Bx.json",
    ],
)
async def test_addresses_are_understood_in_any_spelling(path: str) -> None:
    feed = memory_feed()
    await pushes.push(feed, "Tiny", "1.0.0")
    async with client(feed) as http:
        assert (await http.get(f"/v3/catalog/{path}")).status_code == 200
        assert (await http.head(f"/v3/catalog/{path}")).status_code == 200


async def test_two_versions_whose_names_read_alike_are_told_apart() -> None:
    feed = memory_feed()
    for package_id, version in (("A.1", "1.2.3"), ("A", "1.1.2.3")):
        await pushes.push(feed, package_id, version)
    async with client(feed) as http:
        leaves = [await read_details(http, item.url) for item in await Reader(http).read()]
        newest = [
            await read_details(http, f"/v3/catalog/newest/{path}.json")
            for path in ("a.1/1.2.3", "a/1.1.2.3")
        ]
    assert [(leaf.id, leaf.version) for leaf in leaves] == [("A.1", "1.2.3"), ("A", "1.1.2.3")]
    assert [(leaf.id, leaf.version) for leaf in newest] == [("A.1", "1.2.3"), ("A", "1.1.2.3")]


@pytest.mark.parametrize(
    ("path", "costs"),
    [
        (INDEX, {"row find": 1, "row query": 1}),
        ("/v3/catalog/page0.json", {"row query": 1}),
        ("/v3/catalog/page7.json", {"row query": 1}),
        ("/v3/catalog/data/0/tiny.1.0.0.json", {"row find": 1, "blob find": 1}),
        ("/v3/catalog/data/1/tiny.1.0.0.json", {"row find": 1}),
        (NEWEST, {"row find": 1}),
        ("/v3/catalog/newest/tiny/2.0.0.json", {"row find": 1, "blob find": 1}),
        ("/v3/catalog/page-1.json", {}),
    ],
)
async def test_what_the_catalog_costs(path: str, costs: dict[str, int]) -> None:
    ledger = Ledger()
    blobs, rows = CountingBlobs(MemoryBlobs(), ledger), CountingRows(MemoryRows(), ledger)
    feed = memory_feed(blobs, rows, delete="hard")
    await pushes.push(feed, "Tiny", "1.0.0")
    await feed.changes.delete(*identity("tiny", "1.0.0"), ADMIN)
    await pushes.push(feed, "Tiny", "2.0.0")
    ledger.clear()
    async with client(feed) as http:
        await http.get(path)
    assert ledger.counts() == costs


async def test_the_index_of_a_million_events_is_one_query_and_the_head() -> None:
    ledger = Ledger()
    rows = MemoryRows()
    full, begun = divmod(1_000_000, PAGE)
    for number in range(full):
        page = Page(number, PAGE, stamp=number + 1, commit=f"{number:032x}")
        await rows.put(paths.page(number), records.page_values(page))
    head = Head(1_000_000, stamp=full + 1, items=begun, page_stamp=full + 1, page_commit="f" * 32)
    await rows.put(paths.HEAD, head.values())
    async with client(memory_feed(rows=CountingRows(rows, ledger))) as http:
        index = await read_index(http)
    urls = [f"{ADDRESS}/v3/catalog/page{number}.json" for number in range(full + 1)]
    assert [link.url for link in index.items] == urls
    assert index.commit_time_stamp == index.items[-1].commit_time_stamp
    # Storage answers a query with a thousand rows at a time.
    assert ledger.counts() == {"row find": 1, "row query": 2}
