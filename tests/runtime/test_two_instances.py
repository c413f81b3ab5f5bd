"""Two instances of what is deployed, over one storage, while people push, restore and search."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

import httpx
import pytest

from feed.settings import Settings
from tests.azurite import running_azurite
from tests.builders import nupkg
from tests.clients.serving import ADMIN_KEY
from tests.runtime.packaged import deploy_storage, running, unpack

pytestmark = [pytest.mark.azurite, pytest.mark.runtime]

FRESHNESS = Settings.model_fields["search_freshness"].default
KEY = {"X-NuGet-ApiKey": ADMIN_KEY}
PUSHERS, VERSIONS = 4, 130
"""A minute of load, in which documents outgrow one page."""


@pytest.fixture
async def instances(package: Path, tmp_path: Path) -> AsyncIterator[list[httpx.AsyncClient]]:
    with ExitStack() as stack:
        azurite = stack.enter_context(running_azurite())
        await deploy_storage(azurite)
        app = unpack(package, tmp_path / "app")
        folders = [tmp_path / "first", tmp_path / "second"]
        for folder in folders:
            folder.mkdir()
        feeds = [
            stack.enter_context(running(app, folder, storage=azurite.connection_string))
            for folder in folders
        ]
        clients = [httpx.AsyncClient(base_url=feed.url, timeout=60) for feed in feeds]
        yield clients
        for client in clients:
            await client.aclose()


async def test_pushes_restores_and_searches_on_two_instances_all_succeed(
    instances: list[httpx.AsyncClient],
) -> None:
    """Every second request of each person goes to the other instance."""
    answers = await asyncio.gather(*(_work(instances, number) for number in range(PUSHERS)))
    assert {each for statuses in answers for each in statuses} == {200, 201}
    wanted = {(f"p{n}", f"1.0.{v}") for n in range(PUSHERS) for v in range(VERSIONS)}
    await asyncio.sleep(FRESHNESS)
    for each in instances:
        assert await _catalog(each) == sorted(wanted)
        assert await _search(each) == sorted(wanted)


async def _work(instances: list[httpx.AsyncClient], number: int) -> list[int]:
    statuses, turns = [], cycle(instances)
    for each in range(VERSIONS):
        name, version = f"p{number}", f"1.0.{each}"
        pushed = await next(turns).put(
            "/api/v2/package/", content=nupkg(name, version), headers=KEY
        )
        statuses.append(pushed.status_code)
        for path in (
            f"content/{name}/{version}/{name}.{version}.nupkg",
            f"content/{name}/index.json",
            f"registration-gz-semver2/{name}/index.json",
            f"search?q={name}&semVerLevel=2.0.0",
            f"autocomplete?id={name}",
        ):
            read = await next(turns).get(f"/v3/{path}", follow_redirects=True)
            statuses.append(read.status_code)
    return statuses


async def _search(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    """What can be found by searching: every version of every package."""
    found = (await client.get("/v3/search")).json()["data"]
    return sorted((hit["id"], each["version"]) for hit in found for each in hit["versions"])


async def _catalog(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    index = (await client.get("/v3/catalog/index.json")).json()
    paths = [httpx.URL(each["@id"]).path for each in index["items"]]
    pages = [(await client.get(each)).json() for each in paths]
    return sorted(
        (each["nuget:id"], each["nuget:version"]) for page in pages for each in page["items"]
    )
