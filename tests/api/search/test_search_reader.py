"""A reader that knows no more than the protocol finds a package by its id and fetches it."""

import httpx
import orjson
import pytest

from feed.app import Feed
from tests.builders import nupkg
from tests.services.pushes import ADMIN, received

PACKAGES = {
    version: nupkg("Some.Id", version, description=f"number {version}")
    for version in ("1.0.0", "1.1.0-beta", "1.10.0+build.7")
}


async def address(http: httpx.AsyncClient, resource: str) -> str:
    resources = orjson.loads((await http.get("/v3/index.json")).content)["resources"]
    return next(str(each["@id"]) for each in resources if each["@type"] == resource)


async def fetch(http: httpx.AsyncClient, resource: str, **parameters: str) -> dict[str, bytes]:
    """Search for the id, and follow each version to its leaf and on to its package."""
    asked = {"q": "packageId:some.ID", **parameters}
    answer = await http.get(await address(http, resource), params=asked)
    (hit,) = orjson.loads(answer.content)["data"]
    packages = {}
    for version in hit["versions"]:
        leaf = orjson.loads((await http.get(version["@id"])).content)
        packages[version["version"]] = (await http.get(leaf["packageContent"])).content
    return packages


@pytest.mark.parametrize(
    "resource",
    [
        "SearchQueryService",
        "SearchQueryService/3.0.0-beta",
        "SearchQueryService/3.0.0-rc",
        "SearchQueryService/3.5.0",
    ],
)
async def test_a_search_by_id_leads_to_leaves_and_packages(
    http: httpx.AsyncClient, feed: Feed, resource: str
) -> None:
    for package in (*PACKAGES.values(), nupkg("Some.Id.Other"), nupkg("Some")):
        await feed.publishing.push(received(package), ADMIN)
    stable, beta, modern = PACKAGES
    assert await fetch(http, resource) == {stable: PACKAGES[stable]}
    found = await fetch(http, resource, prerelease="true", semVerLevel="2.0.0")
    assert found == PACKAGES
    assert list(found) == [stable, beta, modern]
