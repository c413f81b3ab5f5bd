"""Conformance cases of package content: which versions there are, and their files."""

import httpx
import pytest

from feed.services import paths
from feed.storage.counting import CountingBlobs, Ledger
from tests import feeds, shelf
from tests.api.conftest import MakeFeed
from tests.builders import PNG
from tests.nuget.versions import plain, pushed, state

TINY = "/v3/content/tiny/1.0.0"
NUPKG = f"{TINY}/tiny.1.0.0.nupkg"
PACKAGE = shelf.FILES[paths.NUPKG]
ETAG = f'"{state("1.0.0").attempt}"'


async def test_lists_every_version_in_order_also_unlisted_ones(
    blobs: CountingBlobs, tiny: httpx.AsyncClient
) -> None:
    states = [
        state("2.0.0-RC.1+sha.5", package_id="Tiny"),
        state("10.0.0", package_id="Tiny", listed=False),
        state("1.5.0", package_id="Tiny", deleted=True),
    ]
    await shelf.document(blobs, [(each, plain(each.version, "Tiny")) for each in states])
    response = await tiny.get("/v3/content/tiny/index.json")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-cache"
    assert response.json() == {"versions": ["1.0.0", "2.0.0-rc.1", "10.0.0"]}


async def test_every_version_that_is_listed_can_be_downloaded(
    blobs: CountingBlobs, client: httpx.AsyncClient
) -> None:
    for version in ("1.0", "1.0.0.1", "2.0.0-RC.1+sha.5"):
        await shelf.store(blobs, version, "Contoso.Utils", {paths.NUPKG: version.encode()})
    root = "/v3/content/contoso.utils"
    versions = (await client.get(f"{root}/index.json")).json()["versions"]
    answers = [
        await client.get(f"{root}/{version}/contoso.utils.{version}.nupkg") for version in versions
    ]
    assert [answer.content for answer in answers] == [b"1.0", b"1.0.0.1", b"2.0.0-RC.1+sha.5"]


@pytest.mark.parametrize("path", ["/v3/content/TINY/index.json", "/V3/Content/Tiny/Index.json/"])
async def test_lists_whatever_the_case_of_the_address(tiny: httpx.AsyncClient, path: str) -> None:
    assert (await tiny.get(path)).json() == {"versions": ["1.0.0"]}


async def test_a_list_that_is_known_is_not_sent_again(tiny: httpx.AsyncClient) -> None:
    first = await tiny.get("/v3/content/tiny/index.json")
    known = {"If-None-Match": first.headers["etag"]}
    again = await tiny.get("/v3/content/tiny/index.json", headers=known)
    assert (again.status_code, again.content) == (304, b"")


async def test_an_id_whose_versions_are_all_deleted_is_unknown(
    blobs: CountingBlobs, client: httpx.AsyncClient
) -> None:
    await shelf.document(blobs, [(state("1.0.0", package_id="Gone", deleted=True), None)])
    assert (await client.get("/v3/content/gone/index.json")).status_code == 404
    answer = await client.get("/v3/content/gone/1.0.0/gone.1.0.0.nupkg")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "this feed has no gone 1.0.0"


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
async def test_a_package_is_found_in_any_spelling(tiny: httpx.AsyncClient, path: str) -> None:
    answer = await tiny.get(path)
    assert (answer.status_code, answer.content) == (200, PACKAGE)


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
    tiny: httpx.AsyncClient, name: str, stored: str, media_type: str
) -> None:
    answer = await tiny.get(f"{TINY}/{name}")
    assert (answer.status_code, answer.content) == (200, shelf.FILES[stored])
    assert dict(answer.headers) == {
        "etag": ETAG,
        "cache-control": "private, max-age=31536000, immutable",
        "content-type": media_type,
        "content-length": str(len(shelf.FILES[stored])),
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
    }
    head = await tiny.head(f"{TINY}/{name}")
    assert (head.content, dict(head.headers)) == (b"", dict(answer.headers))


async def test_a_jpeg_says_that_it_is_one(blobs: CountingBlobs, client: httpx.AsyncClient) -> None:
    await shelf.store(blobs, files={paths.NUPKG: b"", "icon.jpg": PNG})
    assert (await client.get(f"{TINY}/icon")).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize("name", ["icon", "readme", "license"])
async def test_what_a_package_does_not_have_is_a_404(
    blobs: CountingBlobs, client: httpx.AsyncClient, name: str
) -> None:
    await shelf.store(blobs, files={paths.NUPKG: PACKAGE})
    answer = await client.get(f"{TINY}/{name}")
    assert answer.status_code == 404
    assert answer.json()["detail"] == f"tiny 1.0.0 has no '{name}'"


@pytest.mark.parametrize("name", [*shelf.FILES, "tiny.1.0.1.nupkg", "tony.nuspec", "index.json"])
async def test_a_name_that_is_no_file_of_this_version_is_a_404(
    tiny: httpx.AsyncClient, ledger: Ledger, name: str
) -> None:
    ledger.clear()
    assert (await tiny.get(f"{TINY}/{name}")).status_code == 404
    assert ledger.counts() == {}


@pytest.mark.parametrize("known", [ETAG, f"W/{ETAG}", f'"other", {ETAG}', "*"])
@pytest.mark.parametrize("path", [NUPKG, f"{TINY}/icon", f"{TINY}/tiny.nuspec"])
async def test_who_has_a_file_does_not_get_it_again(
    tiny: httpx.AsyncClient, ledger: Ledger, path: str, known: str
) -> None:
    ledger.clear()
    answer = await tiny.get(path, headers={"If-None-Match": known, "Range": "bytes=0-1"})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", ETAG)
    assert len(ledger) == 1


@pytest.mark.parametrize("path", [NUPKG, f"{TINY}/icon"])
async def test_a_file_that_is_removed_meanwhile_is_a_404(
    blobs: CountingBlobs, client: httpx.AsyncClient, path: str
) -> None:
    await shelf.store(blobs)
    async for name in blobs.names("packages/"):
        await blobs.delete(name)
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.json()["detail"] == "the file was here when the request began, and is gone"


async def test_small_files_never_leave_the_feed() -> None:
    blobs = shelf.AddressedBlobs()
    await shelf.store(blobs)
    async with feeds.client(feeds.memory_feed(blobs)) as client:
        answer = await client.get(f"{TINY}/icon")
    assert (answer.status_code, answer.content) == (200, PNG)


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
    tiny: httpx.AsyncClient,
    ledger: Ledger,
    method: str,
    path: str,
    status: int,
    operations: int,
) -> None:
    for _ in range(2):
        ledger.clear()
        assert (await tiny.request(method, path)).status_code == status
        assert len(ledger) == operations, str(ledger)


async def test_two_thousand_versions_cost_no_more_operations(
    blobs: CountingBlobs, tiny: httpx.AsyncClient, ledger: Ledger
) -> None:
    versions = [f"2.{minor}.0" for minor in range(1999)]
    await shelf.document(blobs, [pushed(version, package_id="Tiny") for version in versions])
    ledger.clear()
    answer = await tiny.get("/v3/content/tiny/index.json")
    assert (answer.json(), len(ledger)) == ({"versions": ["1.0.0", *versions]}, 1)
    ledger.clear()
    assert (await tiny.get(NUPKG)).content == PACKAGE
    assert ledger.counts() == {"blob find": 1, "blob open": 1}


@pytest.mark.parametrize("path", [NUPKG, "/v3/content/tiny/index.json", "/v3/content/no..id/x/y"])
async def test_a_private_feed_asks_who_is_there_first(make_feed: MakeFeed, path: str) -> None:
    async with feeds.client(make_feed(read="private")) as client:
        answer = await client.get(path)
        assert (await client.get(path, auth=("any", feeds.ADMIN_KEY))).status_code == 404
        assert (await client.get(path, auth=("any", "wrong"))).status_code == 401
    assert (answer.status_code, answer.headers["www-authenticate"][:5]) == (401, "Basic")
