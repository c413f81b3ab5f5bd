"""`nuget install`: the newest, an exact version, prereleases, and what is missing."""

import pytest

from tests.clients.nuget import NuGet
from tests.clients.packages import LEAF, MID, TOP, Identity, files, installed, leaf, shelved
from tests.clients.serving import ServedFeed
from tests.clients.traces import INDEX, nupkg, registration

pytestmark = pytest.mark.client


def test_an_install_brings_what_a_package_depends_on(nuget: NuGet, feed: ServedFeed) -> None:
    done = nuget.run("install", "Contoso.Top", "-OutputDirectory", "packages")
    assert done.exit_code == 0
    assert "WARNING" not in done.output
    assert "Successfully installed 'Contoso.Top 1.0.0' to ~/packages\n" in done.output
    assert files(nuget.folder / "packages") == installed(shelved(TOP, MID, LEAF))
    ids = ("contoso.top", "contoso.mid", "contoso.leaf")
    requests = feed.requests()
    assert requests[:4] == [INDEX, *map(registration, ids)]
    assert sorted(requests[4:]) == sorted(map(nupkg, ids))


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ((), leaf("1.2.0")),
        (("-Prerelease",), leaf("2.0.0-beta.2")),
        (("-Version", "1.0"), leaf("1.0.0")),
        (("-Version", "1.2.0"), leaf("1.2.0")),
        (("-Version", "2.0.0-BETA.1"), leaf("2.0.0-beta.1")),
    ],
    ids=" ".join,
)
def test_an_install_chooses(
    wanted: tuple[str, ...], chosen: Identity, nuget: NuGet, feed: ServedFeed
) -> None:
    done = nuget.run("install", "Contoso.Leaf", *wanted, "-OutputDirectory", "packages")
    assert done.exit_code == 0
    assert files(nuget.folder / "packages") == installed(shelved(chosen))
    download = nupkg("contoso.leaf", chosen[1])
    assert feed.requests() == [INDEX, registration("contoso.leaf"), download]


def test_an_id_that_is_missing_is_said_to_be(nuget: NuGet, feed: ServedFeed) -> None:
    failed = nuget.run("install", "Contoso.None")
    assert failed.exit_code == 1
    assert "Unable to find package 'Contoso.None'\n" in failed.output
    assert "WARNING" not in failed.output
    assert feed.requests() == [INDEX, registration("contoso.none", 404)]


def test_a_version_that_is_missing_is_said_to_be(nuget: NuGet, feed: ServedFeed) -> None:
    failed = nuget.run("install", "Contoso.Leaf", "-Version", "9.0.0")
    assert failed.exit_code == 1
    assert "Package 'Contoso.Leaf 9.0.0' is not found in the following primary source(s): " in (
        failed.output
    )
    assert feed.requests() == [INDEX, registration("contoso.leaf")]


@pytest.mark.parametrize("wrong", ["", "/v3", "/v3/index.json/"])
def test_a_wrong_address_is_answered_with_the_right_one(
    wrong: str, nuget: NuGet, feed: ServedFeed
) -> None:
    failed = nuget.run("install", "Contoso.Leaf", "-Source", feed.url + wrong)
    assert failed.exit_code == 1
    assert ": its source is FEED/v3/index.json\n" in failed.output
