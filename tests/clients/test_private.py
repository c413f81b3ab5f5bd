"""A feed that asks for a key, which a person keeps in `nuget.config` or in the environment."""

import pytest

from tests.clients.machines import SOURCE, credentials
from tests.clients.nuget import NuGet
from tests.clients.packages import (
    LEAF,
    MID,
    TOP,
    files,
    installed,
    large,
    library,
    restored,
    shelved,
)
from tests.clients.serving import ADMIN_KEY, ServedFeed
from tests.clients.traces import INDEX, PUSH, challenged, nupkg, registration, versions

pytestmark = pytest.mark.client

IN_ENVIRONMENT = {
    f"NuGetPackageSourceCredentials_{SOURCE}": f"Username=me;Password={ADMIN_KEY}",
}
INSTALL_LEAF = ("install", "Contoso.Leaf", "-Version", "1.0.0", "-OutputDirectory", "packages")
CHAIN = [
    each
    for package_id in ("contoso.top", "contoso.mid", "contoso.leaf")
    for each in (versions(package_id), nupkg(package_id))
]
REFUSED = (
    "Unable to load the service index for source FEED/v3/index.json.\n"
    "  Response status code does not indicate success: 401 (Unauthorized).\n"
)


@pytest.fixture
def feed(private_feed: ServedFeed) -> ServedFeed:
    private_feed.requests()
    return private_feed


@pytest.fixture
def signed_in(nuget: NuGet) -> NuGet:
    """nuget.exe on a machine whose `nuget.config` holds the key."""
    nuget.machine.configure(credentials(ADMIN_KEY))
    return nuget


def test_a_key_in_the_configuration_installs(signed_in: NuGet, feed: ServedFeed) -> None:
    done = signed_in.run(*INSTALL_LEAF)
    assert done.exit_code == 0
    assert "WARNING" not in done.output
    assert files(signed_in.folder / "packages") == installed(shelved(LEAF))
    wanted = INDEX, registration("contoso.leaf"), nupkg("contoso.leaf")
    assert feed.requests() == challenged(*wanted)


def test_a_key_in_the_configuration_restores(signed_in: NuGet, feed: ServedFeed) -> None:
    done = signed_in.restore({"Contoso.Top": "[1.0.0, )"})
    assert done.exit_code == 0
    assert "WARNING" not in done.output
    assert files(signed_in.machine.packages) == restored(shelved(TOP, MID, LEAF))
    assert feed.requests() == challenged(INDEX, *CHAIN)


def test_a_key_in_the_environment_restores(nuget: NuGet, feed: ServedFeed) -> None:
    done = nuget.restore({"Contoso.Top": "[1.0.0, )"}, **IN_ENVIRONMENT)
    assert done.exit_code == 0
    assert files(nuget.machine.packages) == restored(shelved(TOP, MID, LEAF))
    assert feed.requests() == challenged(INDEX, *CHAIN)


def test_a_key_in_the_configuration_deletes(signed_in: NuGet, feed: ServedFeed) -> None:
    feed.push(library("Gone", "1.0.0"))
    feed.requests()
    deleted = signed_in.run("delete", "Gone", "1.0.0", "-Source", "larder")
    assert deleted.exit_code == 0
    assert deleted.output.endswith("Gone 1.0.0 was deleted successfully.\n")
    assert feed.requests() == challenged(INDEX, "DELETE /api/v2/package/Gone/1.0.0 204")


@pytest.mark.parametrize("key", [(), ("-ApiKey", "AzureDevOps")])
def test_a_large_push_goes_twice_and_arrives(
    key: tuple[str, ...], signed_in: NuGet, feed: ServedFeed
) -> None:
    """Pipelines send a placeholder as the key, and the true one as the password."""
    name = f"Large.{len(key)}"
    package = large(name, 60)
    signed_in.machine.save("Large.nupkg", package)
    pushed = signed_in.run("push", "Large.nupkg", "-Source", "larder", *key)
    assert pushed.exit_code == 0
    assert pushed.output.endswith("Your package was pushed.\n")
    assert feed.requests() == challenged(INDEX, PUSH)
    assert feed.download(name) == package


@pytest.mark.parametrize("more", ["", credentials("not a key of this feed")])
def test_without_a_good_key_a_client_soon_gives_up(
    more: str, nuget: NuGet, feed: ServedFeed
) -> None:
    nuget.machine.configure(more)
    nuget.machine.save("Refused.nupkg", library("Refused", "1.0.0"))
    for command in (INSTALL_LEAF, ("push", "Refused.nupkg", "-Source", "larder")):
        refused = nuget.run(*command)
        assert refused.exit_code == 1
        assert REFUSED in refused.output
        assert feed.requests() == ["GET /v3/index.json 401"] * 6
