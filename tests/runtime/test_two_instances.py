"""Two instances of what is deployed, over one storage, while clients push and read at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

import httpx
import pytest

from tests.azurite import running_azurite
from tests.builders import nupkg
from tests.clients.serving import ADMIN_KEY
from tests.runtime.packaged import deploy_storage, running, unpack

pytestmark = [pytest.mark.azurite, pytest.mark.runtime]

KEY = {"X-NuGet-ApiKey": ADMIN_KEY}
PUSHERS, VERSIONS = 4, 6


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


async def test_pushes_and_reads_of_two_instances_all_succeed(
    instances: list[httpx.AsyncClient],
) -> None:
    """Every second request of each person goes to the other instance."""
    answers = await asyncio.gather(*(_push_and_restore(instances, n) for n in range(PUSHERS)))
    assert {each for statuses in answers for each in statuses} == {200, 201}
    wanted = {(f"p{n}", f"1.0.{v}") for n in range(PUSHERS) for v in range(VERSIONS)}
    for each in instances:
        assert await _catalog(each) == sorted(wanted)


async def _push_and_restore(instances: list[httpx.AsyncClient], number: int) -> list[int]:
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
        ):
            read = await next(turns).get(f"/v3/{path}", follow_redirects=True)
            statuses.append(read.status_code)
    return statuses


async def _catalog(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    index = (await client.get("/v3/catalog/index.json")).json()
    paths = [httpx.URL(each["@id"]).path for each in index["items"]]
    pages = [(await client.get(each)).json() for each in paths]
    return sorted(
        (each["nuget:id"], each["nuget:version"]) for page in pages for each in page["items"]
    )
