"""Packages as nuget.exe makes them: pushed, and installed as they were."""

import re

import pytest

from tests.clients.nuget import TO_LARDER, NuGet
from tests.clients.packages import files, installed
from tests.clients.serving import ServedFeed
from tests.clients.traces import INDEX, PUSH, nupkg, registration

pytestmark = pytest.mark.client

GROUPS = (
    "<dependencies>"
    '<group targetFramework="net45"><dependency id="Contoso.Leaf" version="1.0.0" /></group>'
    '<group targetFramework="net20"><dependency id="Contoso.None" version="1.0.0" /></group>'
    "</dependencies>"
)
UNICODE = "<title>Blätter ☕ 葉</title><tags>grün 葉</tags><releaseNotes>“Neu”</releaseNotes>"


def nuspec(package_id: str, version: str, more: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<package><metadata>'
        f"<id>{package_id}</id><version>{version}</version><authors>Contoso</authors>"
        f'<license type="expression">MIT</license><description>Ünïcode ☕</description>{more}'
        '</metadata><files><file src="Packed.dll" target="lib/net45" />'
        '<file src="läuft ☕.txt" target="content/größe" /></files></package>\n'
    )


def pack(nuget: NuGet, package_id: str, version: str, more: str) -> str:
    """Make a package and return its file's name."""
    nuget.machine.save(f"{package_id}.nuspec", nuspec(package_id, version, more))
    nuget.machine.save("Packed.dll", "a library")
    nuget.machine.save("läuft ☕.txt", "läuft")
    packed = nuget.run("pack", f"{package_id}.nuspec", "-NoPackageAnalysis")
    assert packed.exit_code == 0
    made = re.search(r"Successfully created package '~/(.+)'\.\n$", packed.output)
    assert made
    return made[1]


@pytest.mark.parametrize(
    ("package_id", "version", "normalised", "more"),
    [
        ("Packed.Plain", "1.0", "1.0.0", ""),
        ("Packed.Beta", "1.2.3.4-beta", "1.2.3.4-beta", ""),
        ("Packed.SemVer2", "2.0.0-beta.1", "2.0.0-beta.1", ""),
        ("Packed.Build", "3.0.0+build.5", "3.0.0", ""),
        ("Packed.Unicode", "1.0.0", "1.0.0", UNICODE),
    ],
    ids=["plain", "beta", "SemVer2", "build", "unicode"],
)
def test_what_is_packed_and_pushed_is_what_is_installed(
    package_id: str, version: str, normalised: str, more: str, nuget: NuGet, feed: ServedFeed
) -> None:
    name = pack(nuget, package_id, version, more)
    assert name == f"{package_id}.{normalised}.nupkg"
    pushed = nuget.run("push", name, *TO_LARDER)
    assert pushed.output.endswith("Your package was pushed.\n")
    install = ("install", package_id, "-Version", version, "-OutputDirectory", "packages")
    assert nuget.run(*install).exit_code == 0
    package = (nuget.folder / name).read_bytes()
    assert files(nuget.folder / "packages") == installed({(package_id, normalised): package})
    lower = package_id.lower()
    assert feed.requests() == [INDEX, PUSH, registration(lower), nupkg(lower, normalised)]


def test_dependency_groups_are_restored_by_framework(nuget: NuGet) -> None:
    name = pack(nuget, "Packed.Groups", "1.0.0", GROUPS)
    assert nuget.run("push", name, *TO_LARDER).exit_code == 0
    assert nuget.restore({"Packed.Groups": "[1.0.0]"}).exit_code == 0
    assert nuget.resolved() == ["Contoso.Leaf/1.0.0", "Packed.Groups/1.0.0"]
