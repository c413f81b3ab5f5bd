"""Conformance cases of package content: which versions there are, and their files."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from feed.services import paths
from feed.storage.counting import CountingBlobs, Ledger
from feed.storage.memory import MemoryBlobs
from tests import shelf
from tests.builders import PNG
from tests.nuget.versions import plain, state
from tests.reading import ADMIN_KEY, reader

TINY = "/v3/content/tiny/1.0.0"
NUPKG = f"{TINY}/tiny.1.0.0.nupkg"
PACKAGE = shelf.FILES[paths.NUPKG]
SIZE = len(PACKAGE)
ETAG = f'"{state("1.0.0").attempt}"'

HARMLESS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
}
ON_NUPKG = {
    "etag": ETAG,
    "cache-control": "private, max-age=31536000, immutable",
    "accept-ranges": "bytes",
    "content-disposition": 'attachment; filename="tiny.1.0.0.nupkg"',
    **HARMLESS,
}


@pytest.fixture
async def client(blobs: CountingBlobs) -> AsyncIterator[httpx.AsyncClient]:
    """Of a feed that has Tiny 1.0.0, and streams it since memory has no address."""
    await shelf.store(blobs)
    async with reader(blobs) as client:
        yield client


class AddressedBlobs(MemoryBlobs):
    """Memory that says it could be reached, as storage in Azure can."""

    async def signed_url(
        self, path: str, *, lifetime: timedelta, filename: str, content_type: str
    ) -> str | None:
        minutes = lifetime.total_seconds() / 60
        return f"https://storage.example/{path}?for={minutes:g}&as={filename}&type={content_type}"


async def test_lists_every_version_in_order_also_unlisted_ones(
    blobs: CountingBlobs, client: httpx.AsyncClient
) -> None:
    states = [
        state("2.0.0-RC.1+sha.5", package_id="Tiny"),
        state("10.0.0", package_id="Tiny", listed=False),
        state("1.5.0", package_id="Tiny", deleted=True),
    ]
    await shelf.document(blobs, [(each, plain(each.version, "Tiny")) for each in states])
    response = await client.get("/v3/content/tiny/index.json")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-cache"
    assert response.json() == {"versions": ["1.0.0", "2.0.0-rc.1", "10.0.0"]}


async def test_every_version_that_is_listed_can_be_downloaded(blobs: CountingBlobs) -> None:
    for version in ("1.0", "1.0.0.1", "2.0.0-RC.1+sha.5"):
        await shelf.store(blobs, version, "Contoso.Utils", {paths.NUPKG: version.encode()})
    async with reader(blobs) as client:
        root = "/v3/content/contoso.utils"
        versions = (await client.get(f"{root}/index.json")).json()["versions"]
        answers = [
            await client.get(f"{root}/{version}/contoso.utils.{version}.nupkg")
            for version in versions
        ]
    assert [answer.content for answer in answers] == [b"1.0", b"1.0.0.1", b"2.0.0-RC.1+sha.5"]


@pytest.mark.parametrize("path", ["/v3/content/TINY/index.json", "/V3/Content/Tiny/Index.json/"])
async def test_lists_whatever_the_case_of_the_address(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).json() == {"versions": ["1.0.0"]}


async def test_a_list_that_is_known_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/v3/content/tiny/index.json")
    known = {"If-None-Match": first.headers["etag"]}
    again = await client.get("/v3/content/tiny/index.json", headers=known)
    assert (again.status_code, again.content) == (304, b"")


async def test_an_id_whose_versions_are_all_deleted_is_unknown(blobs: CountingBlobs) -> None:
    await shelf.document(blobs, [(state("1.0.0", package_id="Gone", deleted=True), None)])
    async with reader(blobs) as client:
        assert (await client.get("/v3/content/gone/index.json")).status_code == 404
        answer = await client.get("/v3/content/gone/1.0.0/gone.1.0.0.nupkg")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "this feed has no 'gone' '1.0.0'"


@pytest.mark.parametrize(
    "path",
    [
        NUPKG,
        "/v3/content/TINY/1.0.0/Tiny.1.0.0.nupkg",
        "/v3/content/tiny/1.0/tiny.1.0.nupkg",
        "/v3/content/tiny/1.0.0.0/tiny.1.0.0.nupkg",
        "/v3/content/tiny/01.00/tiny.1.0.0.0.nupkg",
        "/v3/content/tiny/1.0.0+meta/tiny.1.0.0%2Bdata.nupkg",
        "/v3/content/tiny/1.0.0/TINY.1.0.0.NUPKG/",
    ],
)
async def test_a_package_is_found_in_any_spelling(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.content) == (200, PACKAGE)


async def test_a_package_comes_as_it_was_pushed(client: httpx.AsyncClient) -> None:
    answer = await client.get(NUPKG)
    expected = {
        **ON_NUPKG,
        "content-type": "application/octet-stream",
        "content-length": str(SIZE),
    }
    assert (answer.status_code, answer.content, dict(answer.headers)) == (200, PACKAGE, expected)


async def test_head_says_how_long_a_package_is(client: httpx.AsyncClient) -> None:
    got, head = await client.get(NUPKG), await client.head(NUPKG)
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(got.headers)


@pytest.mark.parametrize(
    ("name", "stored", "media_type"),
    [
        ("tiny.nuspec", "package.nuspec", "application/xml"),
        ("Tiny.NUSPEC", "package.nuspec", "application/xml"),
        ("icon", "icon.png", "image/png"),
        ("Icon", "icon.png", "image/png"),
        ("readme", "readme.md", "text/markdown; charset=utf-8"),
        ("license", "license.txt", "text/plain; charset=utf-8"),
    ],
)
async def test_the_files_beside_a_package_come_as_they_were_pushed(
    client: httpx.AsyncClient, name: str, stored: str, media_type: str
) -> None:
    answer = await client.get(f"{TINY}/{name}")
    assert (answer.status_code, answer.content) == (200, shelf.FILES[stored])
    assert dict(answer.headers) == {
        "etag": ETAG,
        "cache-control": "private, max-age=31536000, immutable",
        "content-type": media_type,
        "content-length": str(len(shelf.FILES[stored])),
        **HARMLESS,
    }
    head = await client.head(f"{TINY}/{name}")
    assert (head.content, dict(head.headers)) == (b"", dict(answer.headers))


async def test_a_jpeg_says_that_it_is_one(blobs: CountingBlobs) -> None:
    await shelf.store(blobs, files={paths.NUPKG: b"", "icon.jpg": PNG})
    async with reader(blobs) as client:
        assert (await client.get(f"{TINY}/icon")).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize("name", ["icon", "readme", "license"])
async def test_what_a_package_does_not_have_is_a_404(blobs: CountingBlobs, name: str) -> None:
    await shelf.store(blobs, files={paths.NUPKG: PACKAGE})
    async with reader(blobs) as client:
        answer = await client.get(f"{TINY}/{name}")
    assert answer.status_code == 404
    assert answer.json()["detail"] == f"tiny 1.0.0 has no '{name}'"


@pytest.mark.parametrize("name", [*shelf.FILES, "tiny.1.0.1.nupkg", "tony.nuspec", "index.json"])
async def test_a_name_that_is_no_file_of_this_version_is_a_404(
    client: httpx.AsyncClient, ledger: Ledger, name: str
) -> None:
    ledger.clear()
    assert (await client.get(f"{TINY}/{name}")).status_code == 404
    assert ledger.counts() == {}


@pytest.mark.parametrize("known", [ETAG, f"W/{ETAG}", f'"other", {ETAG}', "*"])
@pytest.mark.parametrize("path", [NUPKG, f"{TINY}/icon", f"{TINY}/tiny.nuspec"])
async def test_who_has_a_file_does_not_get_it_again(
    client: httpx.AsyncClient, ledger: Ledger, path: str, known: str
) -> None:
    ledger.clear()
    answer = await client.get(path, headers={"If-None-Match": known, "Range": "bytes=0-1"})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", ETAG)
    assert len(ledger) == 1


# Parts of a package.


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
    client: httpx.AsyncClient, given: str, expected: range
) -> None:
    answer = await client.get(NUPKG, headers={"Range": given})
    assert (answer.status_code, answer.content) == (206, PACKAGE[expected.start : expected.stop])
    assert dict(answer.headers) == {
        **ON_NUPKG,
        "content-range": f"bytes {expected.start}-{expected.stop - 1}/{SIZE}",
        "content-length": str(len(expected)),
        "content-type": "application/octet-stream",
    }


@pytest.mark.parametrize("given", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"])
async def test_a_part_behind_the_end_is_refused_with_the_size(
    client: httpx.AsyncClient, ledger: Ledger, given: str
) -> None:
    ledger.clear()
    answer = await client.get(NUPKG, headers={"Range": given})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert len(ledger) == 1


@pytest.mark.parametrize("given", ["bytes=0-1,5-6", "bytes=9-1", "bytes=x", "lines=1-2", "☕"])
async def test_a_range_that_makes_no_sense_gets_the_whole(
    client: httpx.AsyncClient, given: str
) -> None:
    answer = await client.get(NUPKG, headers=[(b"Range", given.encode())])
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
    client: httpx.AsyncClient, condition: str, status: int
) -> None:
    answer = await client.get(NUPKG, headers={"Range": "bytes=5-", "If-Range": condition})
    assert (answer.status_code, answer.content) == (status, PACKAGE[5 if status == 206 else 0 :])


async def test_head_has_no_parts(client: httpx.AsyncClient) -> None:
    answer = await client.head(NUPKG, headers={"Range": "bytes=0-4"})
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(SIZE))


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-"}, {"Range": "bytes=-5"}])
async def test_an_empty_file_has_no_parts(blobs: CountingBlobs, headers: dict[str, str]) -> None:
    await shelf.store(blobs, files={paths.NUPKG: b""})
    async with reader(blobs) as client:
        answer = await client.get(NUPKG, headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "0"


@pytest.mark.parametrize("path", [NUPKG, f"{TINY}/icon"])
async def test_a_file_that_is_removed_meanwhile_is_a_404(blobs: CountingBlobs, path: str) -> None:
    await shelf.store(blobs)
    async for name in blobs.names("packages/"):
        await blobs.delete(name)
    async with reader(blobs) as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.json()["detail"] == "the file was here when the request began, and is gone"


# From storage itself.


async def test_a_package_is_fetched_from_storage_where_it_has_an_address() -> None:
    blobs = AddressedBlobs()
    await shelf.store(blobs)
    async with reader(blobs) as client:
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
    blobs = AddressedBlobs()
    await shelf.store(blobs)
    async with reader(blobs, redirects=False) as client:
        answer = await client.get(NUPKG)
    assert (answer.status_code, answer.content) == (200, PACKAGE)


async def test_small_files_never_leave_the_feed() -> None:
    blobs = AddressedBlobs()
    await shelf.store(blobs)
    async with reader(blobs) as client:
        answer = await client.get(f"{TINY}/icon")
    assert (answer.status_code, answer.content) == (200, PNG)


# What it costs, and who may.


@pytest.mark.parametrize(
    ("method", "path", "status", "operations"),
    [
        ("GET", "/v3/content/tiny/index.json", 200, 1),
        ("HEAD", "/v3/content/tiny/index.json", 200, 1),
        ("GET", "/v3/content/other/index.json", 404, 1),
        ("GET", NUPKG, 200, 2),
        ("HEAD", NUPKG, 200, 1),
        ("GET", f"{TINY}/readme", 200, 2),
        ("GET", "/v3/content/tiny/2.0.0/tiny.2.0.0.nupkg", 404, 1),
        ("GET", "/v3/content/other/1.0.0/other.1.0.0.nupkg", 404, 1),
        ("GET", "/v3/content/no..id/index.json", 404, 0),
        ("GET", "/v3/content/tiny/latest/tiny.latest.nupkg", 404, 0),
        ("GET", "/v3/content/a%2Fb/1.0.0/icon", 404, 0),
        ("GET", f"/v3/content/{'x' * 101}/index.json", 404, 0),
        ("GET", "/v3/content/%00/index.json", 404, 0),
    ],
)
async def test_a_read_costs_so_many_operations(
    client: httpx.AsyncClient,
    ledger: Ledger,
    method: str,
    path: str,
    status: int,
    operations: int,
) -> None:
    for _ in range(2):
        ledger.clear()
        assert (await client.request(method, path)).status_code == status
        assert len(ledger) == operations, str(ledger)


async def test_a_redirect_costs_one_operation(ledger: Ledger) -> None:
    blobs = CountingBlobs(AddressedBlobs(), ledger)
    await shelf.store(blobs)
    async with reader(blobs) as client:
        ledger.clear()
        assert (await client.get(NUPKG)).status_code == 302
    assert ledger.counts() == {"blob find": 1}


@pytest.mark.parametrize("path", [NUPKG, "/v3/content/tiny/index.json", "/v3/content/no..id/x/y"])
async def test_a_private_feed_asks_who_is_there_first(
    blobs: CountingBlobs, ledger: Ledger, path: str
) -> None:
    async with reader(blobs, is_public=False) as client:
        answer = await client.get(path)
        assert (await client.get(path, auth=("any", ADMIN_KEY))).status_code == 404
        assert (await client.get(path, auth=("any", "wrong"))).status_code == 401
    assert (answer.status_code, answer.headers["www-authenticate"][:5]) == (401, "Basic")
