"""nuget.exe 4.7.1, where it is not like its successors."""

import pytest

from tests.clients.nuget import TO_LARDER, NuGet
from tests.clients.packages import (
    LEAF,
    MID,
    TOP,
    files,
    installed,
    leaf,
    library,
    restored,
    shelved,
)
from tests.clients.serving import ServedFeed
from tests.clients.traces import INDEX, PUSH, nupkg, registration, versions

pytestmark = pytest.mark.client


@pytest.fixture
def nuget(old_nuget: NuGet) -> NuGet:
    return old_nuget


def test_it_pushes_and_deletes(nuget: NuGet, feed: ServedFeed) -> None:
    nuget.machine.save("Old.nupkg", library("Old", "1.0.0"))
    pushed = nuget.run("push", "Old.nupkg", *TO_LARDER)
    assert pushed.exit_code == 0
    assert pushed.output.endswith("Your package was pushed.\n")
    deleted = nuget.run("delete", "Old", "1.0.0", *TO_LARDER)
    assert deleted.exit_code == 0
    assert feed.requests() == [INDEX, PUSH, "DELETE /api/v2/package/Old/1.0.0 204"]


def test_it_cannot_skip_but_hears_why_a_push_failed(nuget: NuGet, feed: ServedFeed) -> None:
    feed.push(library("Old.Twice", "1.0.0"))
    feed.requests()
    nuget.machine.save("Twice.nupkg", library("Old.Twice", "1.0.0"))
    unknown = nuget.run("push", "Twice.nupkg", *TO_LARDER, "-SkipDuplicate")
    assert unknown.exit_code == 1
    assert unknown.output.startswith("Unknown option: '-SkipDuplicate'\n")
    refused = nuget.run("push", "Twice.nupkg", *TO_LARDER)
    assert refused.exit_code == 1
    assert "WARNING: Old.Twice 1.0.0 is already on this feed\n" in refused.output
    assert feed.requests() == [INDEX, "PUT /api/v2/package/ 409"]


def test_it_restores_what_packages_depend_on(nuget: NuGet, feed: ServedFeed) -> None:
    done = nuget.restore({"Contoso.Top": "[1.0.0, )"})
    assert done.exit_code == 0
    assert "WARNING" not in done.output
    assert files(nuget.machine.packages) == restored(shelved(TOP, MID, LEAF))
    ids = ("contoso.top", "contoso.mid", "contoso.leaf")
    assert feed.requests() == [INDEX, *[do(each) for each in ids for do in (versions, nupkg)]]


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [((), "1.2.0"), (("-Prerelease",), "2.0.0-beta.2"), (("-Version", "1.0"), "1.0.0")],
)
def test_it_installs_from_the_hive_with_all_versions(
    wanted: tuple[str, ...], chosen: str, nuget: NuGet, feed: ServedFeed
) -> None:
    done = nuget.run("install", "Contoso.Leaf", *wanted, "-OutputDirectory", "packages")
    assert done.exit_code == 0
    assert files(nuget.folder / "packages") == installed(shelved(leaf(chosen)))
    download = nupkg("contoso.leaf", chosen)
    assert feed.requests() == [INDEX, registration("contoso.leaf"), download]
