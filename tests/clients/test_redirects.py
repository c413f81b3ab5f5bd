"""Packages that come from storage, whither the feed sends clients with a signed address."""

import pytest

from tests.clients.machines import credentials
from tests.clients.nuget import TO_LARDER, NuGet
from tests.clients.packages import LEAF, MID, TOP, files, installed, large, restored, shelved
from tests.clients.serving import ADMIN_KEY, ServedFeed
from tests.clients.traces import INDEX, PUSH, challenged, nupkg, registration, versions

pytestmark = [pytest.mark.client, pytest.mark.azurite]

IDS = ("contoso.top", "contoso.mid", "contoso.leaf")


@pytest.fixture
def feed(stored_feed: ServedFeed) -> ServedFeed:
    stored_feed.requests()
    return stored_feed


@pytest.fixture
def nuget(nuget: NuGet) -> NuGet:
    nuget.machine.configure(credentials(ADMIN_KEY))
    return nuget


def test_a_restore_follows_to_storage(nuget: NuGet, feed: ServedFeed) -> None:
    done = nuget.restore({"Contoso.Top": "[1.0.0, )"})
    assert done.exit_code == 0
    assert "WARNING" not in done.output
    assert files(nuget.machine.packages) == restored(shelved(TOP, MID, LEAF))
    chain = [each for name in IDS for each in (versions(name), nupkg(name, status=302))]
    assert feed.requests() == challenged(INDEX, *chain)


def test_an_install_follows_to_storage(nuget: NuGet, feed: ServedFeed) -> None:
    done = nuget.run("install", "Contoso.Top", "-OutputDirectory", "packages")
    assert done.exit_code == 0
    assert files(nuget.folder / "packages") == installed(shelved(TOP, MID, LEAF))
    reads = [*map(registration, IDS), *[nupkg(name, status=302) for name in IDS]]
    assert sorted(feed.requests()) == sorted(challenged(INDEX, *reads))


def test_a_large_package_goes_to_storage_and_comes_from_it(nuget: NuGet, feed: ServedFeed) -> None:
    package = large("Large", 60)
    nuget.machine.save("Large.nupkg", package)
    assert nuget.run("push", "Large.nupkg", *TO_LARDER).exit_code == 0
    assert nuget.restore({"Large": "[1.0.0]"}).exit_code == 0
    assert files(nuget.machine.packages) == restored({("Large", "1.0.0"): package})
    reads = challenged(versions("large"), nupkg("large", status=302))
    assert feed.requests() == [*challenged(INDEX), PUSH, *reads]
