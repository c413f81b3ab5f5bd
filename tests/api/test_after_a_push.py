"""What a push means to who reads: from the file that came to the documents that name it."""

import io
import zipfile
from collections.abc import AsyncIterator

import httpx
import pytest

from feed.app import Feed
from feed.nuget.urls import Hive
from tests import uploads
from tests.api.pushing import KEY, PACKAGES, push
from tests.builders import PNG, nupkg
from tests.feeds import ADDRESS, client
from tests.nuget.shapes import Index, Item, Page, RegistrationLeaf

ALL = Hive.GZIP_SEMVER2
CONTENT = "/v3/content/contoso.utils/1.0.0"
DEPENDENCIES = {
    "net8.0": {"At.Least": "1.0", "Exact": "[1.0]", "Below": "(,2)", "Any": None},
    "net48": {},
}
RANGES = {"At.Least": "[1.0.0, )", "Exact": "[1.0.0, 1.0.0]", "Below": "(, 2.0.0)", "Any": ""}
PACKAGE = nupkg(
    "Contoso.Utils",
    "1.0.0+build.7",
    readme="# Utils ☕",
    icon=PNG,
    license_file="Do what you want.",
    dependencies=DEPENDENCIES,
)
LATER = nupkg("contoso.UTILS", "1.10.0", dependencies={"Other": "[2.0.0-a.1, )"})
BETWEEN = nupkg("Contoso.Utils", "1.9", dependencies={"Other": "1.0", "Another": "1.0"})


@pytest.fixture
async def http(feed: Feed) -> AsyncIterator[httpx.AsyncClient]:
    """A client that has pushed three versions, not in their order."""
    async with client(feed) as http:
        for package in (LATER, PACKAGE, BETWEEN):
            assert (await push(http, uploads.modern(package))).status_code == 201
        yield http


async def pages(http: httpx.AsyncClient, hive: Hive = ALL) -> list[Page]:
    answer = await http.get(f"/v3/{hive}/contoso.utils/index.json")
    index = Index.model_validate_json(answer.content)
    assert index.count == len(index.items)
    return index.items


async def items(http: httpx.AsyncClient, hive: Hive = ALL) -> list[Item]:
    return [item for page in await pages(http, hive) for item in page.items or []]


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("contoso.utils.nuspec", "Contoso.Utils.nuspec"),
        ("icon", "icon.png"),
        ("readme", "readme.md"),
        ("license", "LICENSE.txt"),
    ],
)
async def test_every_file_is_what_lies_in_the_package(
    http: httpx.AsyncClient, name: str, entry: str
) -> None:
    with zipfile.ZipFile(io.BytesIO(PACKAGE)) as archive:
        packed = archive.read(entry)
    answer = await http.get(f"{CONTENT}/{name}")
    assert (answer.status_code, answer.content) == (200, packed)


async def test_the_package_is_the_same_every_time(http: httpx.AsyncClient) -> None:
    for _ in range(2):
        answer = await http.get(f"{CONTENT}/contoso.utils.1.0.0.nupkg")
        assert (answer.status_code, answer.content) == (200, PACKAGE)


async def test_the_service_index_says_where_a_readme_is(http: httpx.AsyncClient) -> None:
    resources = (await http.get("/v3/index.json")).json()["resources"]
    [template] = [each["@id"] for each in resources if each["@type"] == "ReadmeUriTemplate/6.13.0"]
    for version, status in (("1.0.0", 200), ("1.9.0", 404), ("3.0.0", 404)):
        url = template.replace("{lower_id}", "contoso.utils").replace("{lower_version}", version)
        assert (await http.get(url)).status_code == status


async def test_versions_stand_in_order_whatever_order_they_came_in(
    http: httpx.AsyncClient,
) -> None:
    known = await http.get("/v3/content/contoso.utils/index.json")
    assert known.json() == {"versions": ["1.0.0", "1.9.0", "1.10.0"]}
    [page] = await pages(http)
    assert (page.lower, page.upper, page.count) == ("1.0.0", "1.10.0", 3)
    versions = [item.catalog_entry.version for item in page.items or []]
    assert versions == ["1.0.0+build.7", "1.9.0", "1.10.0"]


async def test_whatever_registration_names_is_there(http: httpx.AsyncClient) -> None:
    for item, package in zip(await items(http), (PACKAGE, BETWEEN, LATER), strict=True):
        assert (await http.get(item.package_content)).content == package
        leaf = RegistrationLeaf.model_validate_json((await http.get(item.url)).content)
        assert (leaf.url, leaf.package_content) == (item.url, item.package_content)
        assert (await http.get(leaf.catalog_entry)).status_code == 200


async def test_build_metadata_is_in_no_address(http: httpx.AsyncClient) -> None:
    first = (await items(http))[0]
    assert first.package_content == f"{ADDRESS}{CONTENT}/contoso.utils.1.0.0.nupkg"
    assert "build" not in first.url


async def test_dependencies_are_told_with_their_ranges(http: httpx.AsyncClient) -> None:
    first, second, _ = await items(http)
    full, empty = first.catalog_entry.dependency_groups or []
    assert (full.target_framework, empty.target_framework) == ("net8.0", "net48")
    assert {each.id: each.range for each in full.dependencies or []} == RANGES
    assert empty.dependencies is None
    [flat] = second.catalog_entry.dependency_groups or []
    assert flat.target_framework is None
    assert [each.id for each in flat.dependencies or []] == ["Other", "Another"]


@pytest.mark.parametrize("hive", [Hive.PLAIN, Hive.GZIP])
async def test_old_clients_see_no_version_that_needs_semver_2(
    http: httpx.AsyncClient, hive: Hive
) -> None:
    """One has build metadata; of the other, a dependency's bound is a prerelease of SemVer 2."""
    assert [item.catalog_entry.version for item in await items(http, hive)] == ["1.9.0"]


async def test_an_unlisted_version_is_counted_and_hidden(http: httpx.AsyncClient) -> None:
    await http.delete(f"{PACKAGES}/Contoso.Utils/1.10.0", headers=KEY)
    [page] = await pages(http)
    hidden = (page.items or [])[-1].catalog_entry
    assert (page.count, page.upper) == (3, "1.10.0")
    assert (hidden.listed, hidden.published[:4]) == (False, "1900")
    for path in ("search?q=contoso&semVerLevel=2.0.0", "autocomplete?id=contoso.utils"):
        assert "1.10.0" not in (await http.get(f"/v3/{path}")).text
