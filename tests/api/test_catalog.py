"""Conformance cases of the catalog, over HTTP; tests/nuget holds what its documents say."""

import base64
import hashlib
import io
import zipfile

from feed.nuget.catalog import PAGE, Verb
from feed.nuget.timestamps import parse_ticks
from tests.api.catalogs import INDEX, Reader, append, read_details, read_index, read_page
from tests.api.pushing import KEY, PACKAGES, push
from tests.builders import nupkg
from tests.feeds import client, memory_feed
from tests.nuget.shapes import (
    CatalogDelete,
    CatalogDetails,
    CatalogIndex,
    Index,
    RegistrationLeaf,
)
from tests.services import pushes
from tests.uploads import modern

TINY = nupkg("Tiny", "1.0.0", readme="# Hi")
NEWEST = "/v3/catalog/newest/tiny/1.0.0.json"
IMMUTABLE = "private, max-age=31536000, immutable"


async def test_the_service_index_leads_to_the_catalog() -> None:
    async with client(memory_feed()) as http:
        resources = (await http.get("/v3/index.json")).json()["resources"]
        (url,) = [each["@id"] for each in resources if each["@type"] == "Catalog/3.0.0"]
        index = CatalogIndex.model_validate_json((await http.get(url)).content)
    assert (index.url, index.items) == (url, [])


async def test_everything_that_happens_is_a_commit_of_its_own_and_later_than_the_last() -> None:
    async with client(memory_feed(delete="hard")) as http:
        version = f"{PACKAGES}/Tiny/1.0.0"
        await push(http, modern(TINY))
        await http.post(version, headers=KEY)  # listed already: no event
        form = {"versions": "1.0.0", "isLegacy": "true", "listedVerb": "Unlist"}
        await http.put(f"{PACKAGES}/Tiny/deprecations", data=form, headers=KEY)
        await http.post(version, headers=KEY)
        await http.delete(version, headers=KEY)
        items = await Reader(http).read()
        leaves = [await http.get(each.url) for each in items]
    said = [CatalogDetails.model_validate_json(each.content) for each in leaves[:-1]]
    assert [(each.listed, bool(each.deprecation)) for each in said] == [
        (True, False),
        (False, True),
        (True, True),
    ]
    gone = CatalogDelete.model_validate_json(leaves[-1].content)
    assert (gone.id, gone.original_id, gone.version) == ("Tiny", "Tiny", "1.0.0")
    assert [each.type for each in items] == ["nuget:PackageDetails"] * 3 + ["nuget:PackageDelete"]
    stamps = [parse_ticks(each.commit_time_stamp) for each in items]
    assert stamps == sorted(set(stamps))
    assert len({each.commit_id for each in items}) == len(items)


async def test_an_unlist_is_a_commit() -> None:
    async with client(memory_feed()) as http:
        await push(http, modern(TINY))
        await http.delete(f"{PACKAGES}/Tiny/1.0.0", headers=KEY)
        pushed, unlisted = await Reader(http).read()
        before, after = await read_details(http, pushed.url), await read_details(http, unlisted.url)
    assert (before.listed, after.listed, after.published[:4]) == (True, False, "1900")


async def test_a_leaf_vouches_for_the_package_that_is_served() -> None:
    async with client(memory_feed()) as http:
        await push(http, modern(TINY))
        (item,) = await Reader(http).read()
        leaf = await read_details(http, item.url)
        served = (await http.get("/v3/content/tiny/1.0.0/tiny.1.0.0.nupkg")).content
    assert leaf.package_hash == base64.b64encode(hashlib.sha512(served).digest()).decode()
    assert leaf.package_size == len(served) == len(TINY)
    with zipfile.ZipFile(io.BytesIO(served)) as archive:
        assert [(entry.full_name, entry.length) for entry in leaf.package_entries] == [
            (info.filename, info.file_size) for info in archive.infolist()
        ]
    assert (leaf.commit_id, leaf.commit_time_stamp) == (item.commit_id, item.commit_time_stamp)


async def test_what_an_event_left_can_be_read_after_the_version_is_gone() -> None:
    async with client(memory_feed(delete="hard")) as http:
        await push(http, modern(TINY))
        (pushed,) = await Reader(http).read()
        before = await http.get(pushed.url)
        await http.delete(f"{PACKAGES}/Tiny/1.0.0", headers=KEY)
        after = await http.get(pushed.url)
        newest = await http.get(NEWEST)
    assert before.content == after.content
    assert CatalogDelete.model_validate_json(newest.content).version == "1.0.0"


async def test_registration_leads_to_what_holds_now() -> None:
    async with client(memory_feed()) as http:
        await push(http, modern(nupkg("Tiny", "1.0.0+build.5")))
        found = await http.get("/v3/registration-gz-semver2/tiny/index.json")
        (page,) = Index.model_validate_json(found.content).items
        assert page.items
        leaf = RegistrationLeaf.model_validate_json((await http.get(page.items[0].url)).content)
        assert leaf.catalog_entry == page.items[0].catalog_entry.url
        newest = await read_details(http, leaf.catalog_entry)
        await http.delete(f"{PACKAGES}/Tiny/1.0.0", headers=KEY)
        unlisted = await read_details(http, leaf.catalog_entry)
    assert (newest.version, newest.listed, unlisted.listed) == ("1.0.0+build.5", True, False)


async def test_index_and_page_are_as_new_as_their_newest_commit() -> None:
    feed = memory_feed()
    async with client(feed) as http:
        assert (await read_index(http)).items == []
        for number in range(3):
            await pushes.push(feed, "Tiny", f"1.{number}.0")
            index = await read_index(http)
            page = await read_page(http, index.items[0].url)
            assert len(page.items) == page.count == number + 1
            newest = (page.items[-1].commit_id, page.items[-1].commit_time_stamp)
            assert (page.commit_id, page.commit_time_stamp) == newest
            assert (index.commit_id, index.commit_time_stamp) == newest
            assert index.items[0].model_dump() == page.model_dump(exclude={"items", "parent"})


async def test_a_page_that_is_full_is_followed_by_another_and_never_changes() -> None:
    feed = memory_feed()
    await pushes.push(feed, "Tiny", "1.0.0")
    await append(feed, Verb.UNLIST, PAGE - 1)
    async with client(feed) as http:
        full = await http.get("/v3/catalog/page0.json")
        missing = await http.get("/v3/catalog/page1.json")
        await append(feed, Verb.UNLIST, PAGE + 1)
        index = await read_index(http)
        pages = [await http.get(link.url) for link in index.items]
        read = [await read_page(http, link.url) for link in index.items]
    assert missing.status_code == 404
    assert [page.count for page in read] == [PAGE, PAGE, 1]
    assert [link.model_dump() for link in index.items] == [
        page.model_dump(exclude={"items", "parent"}) for page in read
    ]
    assert [each.headers["cache-control"] for each in pages] == [IMMUTABLE, IMMUTABLE, "no-cache"]
    assert pages[0].content == full.content
    assert len({item.url for page in read for item in page.items}) == 2 * PAGE + 1


async def test_symbols_are_in_no_page_wherever_they_fall() -> None:
    feed = memory_feed()
    await pushes.push(feed, "Tiny", "1.0.0")
    await append(feed, Verb.UNLIST, 9)
    await append(feed, Verb.SYMBOLS, PAGE - 10)  # what fills the first page
    await append(feed, Verb.SYMBOLS, PAGE)  # all of the second
    await append(feed, Verb.SYMBOLS)  # what opens the third
    async with client(feed) as http:
        assert [link.url[-10:] for link in (await read_index(http)).items] == ["page0.json"]
        await append(feed, Verb.RELIST)
        links = (await read_index(http)).items
        assert [link.url[-10:] for link in links] == ["page0.json", "page2.json"]
        read = [await read_page(http, link.url) for link in links]
        assert (await http.get("/v3/catalog/page1.json")).status_code == 404
        symbols = f"/v3/catalog/data/{PAGE + 5}/tiny.1.0.0.json"
        assert (await http.get(symbols)).status_code == 404
    assert [page.count for page in read] == [10, 1]
    assert [link.model_dump() for link in links] == [
        page.model_dump(exclude={"items", "parent"}) for page in read
    ]


async def test_what_never_changes_is_kept_and_what_does_is_asked_for() -> None:
    feed = memory_feed()
    await pushes.push(feed, "Tiny", "1.0.0")
    async with client(feed) as http:
        (item,) = await Reader(http).read()
        for path, cache in ((item.url, IMMUTABLE), (INDEX, "no-cache"), (NEWEST, "no-cache")):
            answer = await http.get(path)
            again = await http.get(path, headers={"If-None-Match": answer.headers["etag"]})
            assert (answer.headers["cache-control"], again.status_code) == (cache, 304)
