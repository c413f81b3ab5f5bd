"""The zip that is deployed, unpacked alone and run by the Functions worker, under a real client."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.azurite import Azurite
from tests.clients.machines import SOURCE
from tests.clients.nuget import TO_LARDER, NuGet
from tests.clients.packages import LEAF, MID, SHELF, TOP, library
from tests.clients.serving import ServedFeed
from tests.clients.wire import wire
from tests.runtime.packaged import deploy_storage, running, unpack

pytestmark = [pytest.mark.client, pytest.mark.azurite, pytest.mark.runtime]


@pytest.fixture(scope="module")
def deployed(
    package: Path, azurite: Azurite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedFeed]:
    asyncio.run(deploy_storage(azurite))
    folder = tmp_path_factory.mktemp("deployed")
    app = unpack(package, folder / "app")
    with running(app, folder, storage=azurite.connection_string) as feed:
        yield feed


@pytest.fixture
def feed(deployed: ServedFeed) -> ServedFeed:
    return deployed


def test_what_is_deployed_takes_a_push_and_serves_a_restore(nuget: NuGet) -> None:
    for package_id, version in (TOP, MID, LEAF):
        file = nuget.machine.save(f"{package_id}.nupkg", SHELF[package_id, version])
        pushed = nuget.run("push", str(file), *TO_LARDER)
        assert (pushed.exit_code, pushed.output.splitlines()[-1]) == (
            0, "Your package was pushed.",
        )  # fmt: skip
    done = nuget.restore({"Contoso.Top": "[1.0.0, )"})
    assert done.exit_code == 0, done.output
    assert nuget.resolved() == ["Contoso.Leaf/1.0.0", "Contoso.Mid/1.0.0", "Contoso.Top/1.0.0"]


def test_what_is_deployed_finds_what_was_pushed(nuget: NuGet, deployed: ServedFeed) -> None:
    deployed.push(library("Fabrikam.Searched", "1.0.0"))
    found = nuget.run("search", "searched", "-Source", SOURCE)
    assert found.exit_code == 0, found.output
    assert "> Fabrikam.Searched | 1.0.0" in found.output


def test_what_is_deployed_redirects_to_storage(deployed: ServedFeed, azurite: Azurite) -> None:
    deployed.push(SHELF["Contoso.Leaf", "1.2.0"])
    path = "/v3/content/contoso.leaf/1.2.0/contoso.leaf.1.2.0.nupkg"
    with wire() as client:
        redirected = client.send("GET", f"{deployed.url}{path}")
        served = client.get(redirected.headers["location"])
    assert redirected.headers["location"].startswith(f"{azurite.blob_url}/")
    assert served.body == SHELF["Contoso.Leaf", "1.2.0"]
