"""`nuget delete`, which hides a version and keeps it for who uses it."""

import pytest

from tests.clients.machines import Outcome
from tests.clients.nuget import TO_LARDER, NuGet
from tests.clients.packages import files, installed, library, restored
from tests.clients.serving import ServedFeed
from tests.clients.traces import INDEX, nupkg, registration, versions

pytestmark = pytest.mark.client


def test_a_deleted_version_is_still_restored_and_installed(nuget: NuGet, feed: ServedFeed) -> None:
    package = library("Hidden", "1.2.0")
    feed.push(package)
    feed.requests()
    deleted = nuget.run("delete", "Hidden", "1.2.0.0", *TO_LARDER)
    assert deleted == Outcome(
        0,
        "WARNING: Deleting Hidden 1.2.0.0 from the 'FEED/api/v2/package'.\n"
        "  DELETE FEED/api/v2/package/Hidden/1.2.0.0\n"
        "  NoContent FEED/api/v2/package/Hidden/1.2.0.0 0 ms\n"
        "Hidden 1.2.0.0 was deleted successfully.\n",
    )
    assert feed.requests() == [INDEX, "DELETE /api/v2/package/Hidden/1.2.0.0 204"]
    assert nuget.restore({"Hidden": "[1.2.0]"}).exit_code == 0
    assert files(nuget.machine.packages) == restored({("Hidden", "1.2.0"): package})
    assert feed.requests() == [versions("hidden"), nupkg("hidden", "1.2.0")]
    install = ("install", "Hidden", "-Version", "1.2.0", "-OutputDirectory", "packages")
    assert nuget.run(*install).exit_code == 0
    assert files(nuget.folder / "packages") == installed({("Hidden", "1.2.0"): package})
    assert feed.requests() == [registration("hidden")]


def test_a_delete_of_what_is_not_there_says_so(nuget: NuGet, feed: ServedFeed) -> None:
    failed = nuget.run("delete", "Contoso.Leaf", "9.0.0", *TO_LARDER)
    assert failed.exit_code == 1
    assert "WARNING: this feed has no Contoso.Leaf 9.0.0\n" in failed.output
    assert feed.requests() == [INDEX, "DELETE /api/v2/package/Contoso.Leaf/9.0.0 404"]


def test_a_delete_without_a_key_of_the_feed_is_refused(nuget: NuGet, feed: ServedFeed) -> None:
    failed = nuget.run("delete", "Contoso.Leaf", "1.0.0", "-Source", "larder", "-ApiKey", "other")
    assert failed.exit_code == 1
    assert "WARNING: the API key is no key of this feed\n" in failed.output
    assert feed.requests() == [INDEX, *["DELETE /api/v2/package/Contoso.Leaf/1.0.0 401"] * 2]
