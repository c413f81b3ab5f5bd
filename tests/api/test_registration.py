"""Conformance cases of registration, as a client walks it; tests/nuget holds what it says."""

import gzip

import httpx
import pytest

from feed.nuget.urls import Hive
from feed.storage.counting import CountingBlobs, Ledger
from tests import feeds, shelf
from tests.api.conftest import MakeFeed
from tests.nuget.shapes import Index, RegistrationLeaf, WholePage
from tests.nuget.versions import pushed

ALL = Hive.GZIP_SEMVER2
HIVES = list(Hive)
UTILS = "/v3/registration-gz-semver2/contoso.utils"


@pytest.fixture
async def utils(blobs: CountingBlobs, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a feed that has 130 old versions of Contoso.Utils, and one of SemVer 2.0.0."""
    versions = [f"1.{minor}.0" for minor in range(130)]
    await shelf.document(blobs, [pushed(each) for each in [*versions, "2.0.0-beta.1+sha.5"]])
    return client


async def read_index(client: httpx.AsyncClient, hive: Hive, package_id: str) -> Index:
    answer = await client.get(f"/v3/{hive}/{package_id}/index.json")
    return Index.model_validate_json(answer.content)


@pytest.mark.parametrize(("hive", "count"), [(ALL, 131), (Hive.GZIP, 130), (Hive.PLAIN, 130)])
async def test_a_client_finds_every_version_through_the_links(
    utils: httpx.AsyncClient, hive: Hive, count: int
) -> None:
    index = await read_index(utils, hive, "contoso.utils")
    assert [page.items for page in index.items] == [None] * 3
    pages = [
        WholePage.model_validate_json((await utils.get(page.url)).content) for page in index.items
    ]
    assert {page.parent for page in pages} == {index.url}
    assert sum(len(page.items) for page in pages) == count
    for item in pages[-1].items:
        leaf = RegistrationLeaf.model_validate_json((await utils.get(item.url)).content)
        assert (leaf.url, leaf.registration) == (item.url, index.url)
        assert leaf.package_content == item.package_content


@pytest.mark.parametrize(
    ("versions", "pages", "is_inlined"),
    [(64, 1, True), (65, 2, True), (127, 2, True), (128, 2, False)],
)
async def test_a_long_index_names_pages_that_it_does_not_hold(
    blobs: CountingBlobs, client: httpx.AsyncClient, versions: int, pages: int, is_inlined: bool
) -> None:
    await shelf.document(blobs, [pushed(f"1.{minor}.0") for minor in range(versions)])
    index = await read_index(client, ALL, "contoso.utils")
    assert [page.items is not None for page in index.items] == [is_inlined] * pages
    assert sum(page.count for page in index.items) == versions
    whole = [await client.get(page.url.partition("#")[0]) for page in index.items]
    assert [answer.status_code for answer in whole] == [200] * pages


async def test_what_registration_names_can_be_downloaded(
    blobs: CountingBlobs, client: httpx.AsyncClient
) -> None:
    await shelf.store(blobs, "1.0.0-beta.1+sha.5")
    (page,) = (await read_index(client, ALL, "tiny")).items
    assert page.items is not None
    answer = await client.get(page.items[0].package_content)
    assert answer.content == shelf.FILES["package.nupkg"]


@pytest.mark.parametrize("hive", HIVES)
async def test_no_link_leads_into_another_hive(utils: httpx.AsyncClient, hive: Hive) -> None:
    index = await read_index(utils, hive, "contoso.utils")
    page = await utils.get(index.items[0].url)
    for other in HIVES:
        assert (f"/v3/{other}/" in page.text) is (other is hive)


@pytest.mark.parametrize("hive", [Hive.PLAIN, Hive.GZIP])
async def test_an_id_of_new_versions_only_is_unknown_to_old_clients(
    blobs: CountingBlobs, client: httpx.AsyncClient, hive: Hive
) -> None:
    await shelf.document(blobs, [pushed("1.0.0-a.1")])
    assert (await client.get(f"{UTILS}/index.json")).status_code == 200
    assert (await client.get(f"/v3/{hive}/contoso.utils/index.json")).status_code == 404
    assert (await client.get(f"/v3/{hive}/contoso.utils/1.0.0-a.1.json")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        f"{UTILS}/INDEX.json",
        f"{UTILS}/index.json/",
        "/V3/Registration-GZ-SemVer2/CONTOSO.Utils/index.JSON",
        f"{UTILS}/1.0.json",
        f"{UTILS}/1.0.0.0+meta.json",
        f"{UTILS}/2.0.0-BETA.1.json",
        f"{UTILS}/page/1.0/1.63.json",
        f"{UTILS}/Page/1.0.0/1.63.0+meta.JSON",
    ],
)
async def test_a_document_is_found_in_any_spelling(utils: httpx.AsyncClient, path: str) -> None:
    answer = await utils.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


@pytest.mark.parametrize(
    ("path", "operations"),
    [
        ("other/index.json", 1),
        ("other/1.0.0.json", 1),
        ("contoso.utils/9.0.0.json", 1),
        ("contoso.utils/page/8.0.0/9.0.0.json", 1),
        ("contoso.utils/page/9.0.0/8.0.0.json", 1),
        ("no..id/index.json", 0),
        ("contoso.utils/latest.json", 0),
        ("contoso.utils/index", 0),
        ("contoso.utils/index.xml", 0),
        ("contoso.utils/1.0.0", 0),
        ("contoso.utils/.json", 0),
        ("contoso.utils/page/1.0.0/x.json", 0),
        ("contoso.utils/page/x/1.0.0.json", 0),
        ("contoso.utils/page/1.0.0/1.1.0", 0),
        ("contoso.utils/page/1.0.0", 0),
        ("contoso.utils", 0),
    ],
)
async def test_what_is_not_there_is_a_404_and_cheap(
    utils: httpx.AsyncClient, ledger: Ledger, path: str, operations: int
) -> None:
    ledger.clear()
    answer = await utils.get(f"/v3/registration-gz-semver2/{path}")
    assert (answer.status_code, len(ledger)) == (404, operations), str(ledger)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["index.json", "page/1.0.0/1.63.0.json", "page/1.64.0/1.127.0.json", "1.0.0.json"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_read_costs_one_operation_cold_and_warm(
    utils: httpx.AsyncClient, ledger: Ledger, method: str, path: str
) -> None:
    answers = []
    for _ in range(2):
        ledger.clear()
        answers.append(await utils.request(method, f"{UTILS}/{path}"))
        assert ledger.counts() == {"blob find": 1}
    first, second = answers
    assert first.status_code == second.status_code == 200
    assert (first.content, first.headers) == (second.content, second.headers)


async def test_two_thousand_versions_cost_no_more_operations(
    blobs: CountingBlobs, client: httpx.AsyncClient, ledger: Ledger
) -> None:
    await shelf.document(blobs, [pushed(f"1.{minor}.0") for minor in range(2000)])
    for path in ("index.json", "page/1.64.0/1.127.0.json", "1.1999.0.json"):
        ledger.clear()
        assert (await client.get(f"{UTILS}/{path}")).status_code == 200
        assert ledger.counts() == {"blob find": 1}


@pytest.mark.parametrize("hive", [Hive.GZIP, ALL])
@pytest.mark.parametrize("accepted", ["gzip, deflate", "*", None])
async def test_the_gzipped_hives_are_gzipped_unless_that_is_refused(
    utils: httpx.AsyncClient, hive: Hive, accepted: str | None
) -> None:
    answer, text = await both(utils, hive, accepted)
    assert answer.headers["content-encoding"] == "gzip"
    assert (text.headers.get("content-encoding"), text.text) == (None, answer.text)
    assert answer.headers["vary"] == text.headers["vary"] == "Accept-Encoding"
    assert answer.headers["etag"] == text.headers["etag"]


@pytest.mark.parametrize("accepted", ["gzip, deflate", "gzip;q=1, identity;q=0", None])
async def test_the_bare_hive_is_never_gzipped(
    utils: httpx.AsyncClient, accepted: str | None
) -> None:
    answer, text = await both(utils, Hive.PLAIN, accepted)
    assert answer.headers.get("content-encoding") is None
    assert (answer.content, answer.headers) == (text.content, text.headers)


async def both(
    client: httpx.AsyncClient, hive: Hive, accepted: str | None
) -> tuple[httpx.Response, httpx.Response]:
    """Read one document as is given and, to compare it with, as plain text."""
    url = f"/v3/{hive}/contoso.utils/page/1.0.0/1.63.0.json"
    asking = client.build_request("GET", url)
    del asking.headers["Accept-Encoding"]
    if accepted:
        asking.headers["Accept-Encoding"] = accepted
    return await client.send(asking), await client.get(url, headers={"Accept-Encoding": "identity"})


async def test_a_gzipped_answer_is_what_it_says(utils: httpx.AsyncClient) -> None:
    async with utils.stream("GET", f"{UTILS}/index.json") as answer:
        raw = b"".join([piece async for piece in answer.aiter_raw()])
    assert int(answer.headers["content-length"]) == len(raw)
    assert Index.model_validate_json(gzip.decompress(raw)).count == 3


@pytest.mark.parametrize("hive", HIVES)
async def test_who_has_a_document_does_not_get_it_again(
    utils: httpx.AsyncClient, blobs: CountingBlobs, ledger: Ledger, hive: Hive
) -> None:
    path = f"/v3/{hive}/contoso.utils/index.json"
    known = {"If-None-Match": (await utils.get(path)).headers["etag"]}
    ledger.clear()
    again = await utils.get(path, headers={**known, "Accept-Encoding": "identity"})
    assert (again.status_code, again.content, len(ledger)) == (304, b"", 1)
    await shelf.document(blobs, [pushed("3.0.0", 99)])
    changed = await utils.get(path, headers=known)
    assert (changed.status_code, "3.0.0" in changed.text) == (200, True)


async def test_every_url_starts_with_the_public_address(utils: httpx.AsyncClient) -> None:
    answer = await utils.get(f"{UTILS}/index.json", headers={"Host": "evil.example"})
    assert "evil" not in answer.text
    assert answer.json()["@id"] == f"{feeds.ADDRESS}{UTILS}/index.json"


async def test_a_private_feed_asks_who_is_there_first(make_feed: MakeFeed, ledger: Ledger) -> None:
    async with feeds.client(make_feed(read="private")) as client:
        for path in ("index.json", "1.0.0.json", "page/1.0.0/2.0.0.json", "nonsense"):
            answer = await client.get(f"{UTILS}/{path}")
            assert (answer.status_code, answer.headers["www-authenticate"][:5]) == (401, "Basic")
        assert len(ledger) == 0
        answer = await client.get(f"{UTILS}/index.json", auth=("any", feeds.ADMIN_KEY))
    assert answer.status_code == 404
