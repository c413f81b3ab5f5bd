"""How a package comes to its client: whole or in part, from the feed or from storage."""

import httpx
import pytest

from feed.services import paths
from feed.storage.counting import CountingBlobs, Ledger
from tests import feeds, shelf
from tests.nuget.versions import state

NUPKG = "/v3/content/tiny/1.0.0/tiny.1.0.0.nupkg"
PACKAGE = shelf.FILES[paths.NUPKG]
SIZE = len(PACKAGE)
ETAG = f'"{state("1.0.0").attempt}"'

HEADERS = {
    "etag": ETAG,
    "cache-control": "private, max-age=31536000, immutable",
    "accept-ranges": "bytes",
    "content-disposition": 'attachment; filename="tiny.1.0.0.nupkg"',
    "content-type": "application/octet-stream",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
}


async def test_a_package_comes_as_it_was_pushed(tiny: httpx.AsyncClient) -> None:
    answer = await tiny.get(NUPKG)
    expected = {**HEADERS, "content-length": str(SIZE)}
    assert (answer.status_code, answer.content, dict(answer.headers)) == (200, PACKAGE, expected)


async def test_head_says_how_long_a_package_is(tiny: httpx.AsyncClient) -> None:
    got, head = await tiny.get(NUPKG), await tiny.head(NUPKG)
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(got.headers)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=10-19", range(10, 20)),
        ("bytes=10-", range(10, SIZE)),
        ("bytes=-10", range(SIZE - 10, SIZE)),
        (f"bytes=10-{SIZE + 99}", range(10, SIZE)),
        (f"bytes=-{SIZE + 99}", range(SIZE)),
    ],
)
async def test_a_part_of_a_package_can_be_had(
    tiny: httpx.AsyncClient, given: str, expected: range
) -> None:
    answer = await tiny.get(NUPKG, headers={"Range": given})
    assert (answer.status_code, answer.content) == (206, PACKAGE[expected.start : expected.stop])
    assert dict(answer.headers) == {
        **HEADERS,
        "content-range": f"bytes {expected.start}-{expected.stop - 1}/{SIZE}",
        "content-length": str(len(expected)),
    }


@pytest.mark.parametrize("given", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"])
async def test_a_part_behind_the_end_is_refused_with_the_size(
    tiny: httpx.AsyncClient, ledger: Ledger, given: str
) -> None:
    ledger.clear()
    answer = await tiny.get(NUPKG, headers={"Range": given})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert len(ledger) == 1


@pytest.mark.parametrize("given", ["bytes=0-1,5-6", "bytes=9-1", "bytes=x", "lines=1-2", "☕"])
async def test_a_range_that_makes_no_sense_gets_the_whole(
    tiny: httpx.AsyncClient, given: str
) -> None:
    answer = await tiny.get(NUPKG, headers=[(b"Range", given.encode())])
    assert (answer.status_code, answer.content) == (200, PACKAGE)


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        (ETAG, 206),
        (f"W/{ETAG}", 200),
        ('"other"', 200),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 200),
    ],
)
async def test_a_download_is_taken_up_again_only_of_the_same_package(
    tiny: httpx.AsyncClient, condition: str, status: int
) -> None:
    answer = await tiny.get(NUPKG, headers={"Range": "bytes=5-", "If-Range": condition})
    assert (answer.status_code, answer.content) == (status, PACKAGE[5 if status == 206 else 0 :])


async def test_head_has_no_parts(tiny: httpx.AsyncClient) -> None:
    answer = await tiny.head(NUPKG, headers={"Range": "bytes=0-4"})
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(SIZE))


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-"}, {"Range": "bytes=-5"}])
async def test_an_empty_file_has_no_parts(
    blobs: CountingBlobs, client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await shelf.store(blobs, files={paths.NUPKG: b""})
    answer = await client.get(NUPKG, headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "0"


async def test_a_package_is_fetched_from_storage_where_it_has_an_address() -> None:
    blobs = shelf.AddressedBlobs()
    await shelf.store(blobs)
    async with feeds.client(feeds.memory_feed(blobs)) as client:
        answer = await client.get(NUPKG, headers={"Range": "bytes=0-4", "If-None-Match": ETAG})
        head = await client.head(NUPKG)
    path = f"packages/tiny/1.0.0/{state('1.0.0').attempt}/package.nupkg"
    query = "for=10&as=tiny.1.0.0.nupkg&type=application/octet-stream"
    assert (answer.status_code, answer.content) == (302, b"")
    assert dict(answer.headers) == {
        "location": f"https://storage.example/{path}?{query}",
        "cache-control": "no-store",
        "content-length": "0",
    }
    assert (head.status_code, head.headers["content-length"]) == (200, str(SIZE))


async def test_a_feed_can_pass_packages_on_itself() -> None:
    blobs = shelf.AddressedBlobs()
    await shelf.store(blobs)
    async with feeds.client(feeds.memory_feed(blobs, downloads="stream")) as client:
        answer = await client.get(NUPKG)
    assert (answer.status_code, answer.content) == (200, PACKAGE)


async def test_a_redirect_costs_one_operation(ledger: Ledger) -> None:
    blobs = CountingBlobs(shelf.AddressedBlobs(), ledger)
    await shelf.store(blobs)
    async with feeds.client(feeds.memory_feed(blobs)) as client:
        ledger.clear()
        assert (await client.get(NUPKG)).status_code == 302
    assert ledger.counts() == {"blob find": 1}
