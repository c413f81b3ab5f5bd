"""Restore of package references and of `packages.config`."""

import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha512
from pathlib import Path

import pytest

from tests.clients.machines import Machine
from tests.clients.nuget import NuGet
from tests.clients.packages import LEAF, MID, TOP, files, installed, leaf, restored, shelved
from tests.clients.serving import ServedFeed
from tests.clients.traces import INDEX, nupkg, versions

pytestmark = pytest.mark.client

LOCK_FILE = "packages.lock.json"
CHAIN = [
    INDEX,
    versions("contoso.top"),
    nupkg("contoso.top"),
    versions("contoso.mid"),
    nupkg("contoso.mid"),
    versions("contoso.leaf"),
    nupkg("contoso.leaf"),
]


def test_a_restore_brings_what_packages_depend_on(nuget: NuGet, feed: ServedFeed) -> None:
    done = nuget.restore({"Contoso.Top": "[1.0.0, )"})
    assert done.exit_code == 0
    assert "WARNING" not in done.output
    assert "3 package(s) to ~/App.csproj\n" in done.output
    assert nuget.resolved() == ["Contoso.Leaf/1.0.0", "Contoso.Mid/1.0.0", "Contoso.Top/1.0.0"]
    assert files(nuget.machine.packages) == restored(shelved(TOP, MID, LEAF))
    assert feed.requests() == CHAIN


def test_a_second_restore_asks_nothing(nuget: NuGet, feed: ServedFeed) -> None:
    nuget.restore({"Contoso.Top": "[1.0.0, )"})
    feed.requests()
    done = nuget.restore({"Contoso.Top": "[1.0.0, )"})
    assert done.exit_code == 0
    assert "All projects are up-to-date for restore.\n" in done.output
    assert feed.requests() == []


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("[1.0.1, )", "1.1.0"),
        ("[1.0.0, 1.2.0)", "1.0.0"),
        ("[1.2.0]", "1.2.0"),
        ("1.0.*", "1.0.0"),
        ("1.*", "1.2.0"),
        ("*", "1.2.0"),
        ("*-*", "2.0.0-beta.2"),
        ("2.0.0-*", "2.0.0-beta.2"),
        ("[2.0.0-beta.1]", "2.0.0-beta.1"),
    ],
)
def test_ranges_and_floating_versions_choose(
    wanted: str, chosen: str, nuget: NuGet, feed: ServedFeed
) -> None:
    done = nuget.restore({"Contoso.Leaf": wanted})
    assert done.exit_code == 0
    assert files(nuget.machine.packages) == restored(shelved(leaf(chosen)))
    assert feed.requests() == [INDEX, versions("contoso.leaf"), nupkg("contoso.leaf", chosen)]


def test_what_is_not_on_the_feed_is_said_to_be_missing(nuget: NuGet, feed: ServedFeed) -> None:
    failed = nuget.restore({"Contoso.None": "[1.0.0, )"})
    assert failed.exit_code == 1
    assert "WARNING" not in failed.output
    assert (
        "NU1101: Unable to find package Contoso.None. "
        "No packages exist with this id in source(s): larder\n"
    ) in failed.output
    assert feed.requests() == [INDEX, versions("contoso.none", 404)]


def test_a_version_that_is_missing_is_told_with_the_nearest(nuget: NuGet, feed: ServedFeed) -> None:
    failed = nuget.restore({"Contoso.Leaf": "[9.0.0, )"})
    assert failed.exit_code == 1
    assert (
        "NU1102: Unable to find package Contoso.Leaf with version (>= 9.0.0)\n"
        "  - Found 5 version(s) in larder [ Nearest version: 2.0.0-beta.2 ]\n"
    ) in failed.output
    assert feed.requests() == [INDEX, versions("contoso.leaf")]


def test_a_lock_file_holds_on_another_machine(
    nuget: NuGet, feed: ServedFeed, tmp_path: Path
) -> None:
    assert nuget.restore({"Contoso.Top": "[1.0.0, )"}).exit_code == 0
    feed.requests()
    other = replace(nuget, machine=Machine.make(tmp_path / "other", feed.url))
    other.machine.save(LOCK_FILE, (nuget.folder / LOCK_FILE).read_bytes())
    done = other.restore({"Contoso.Top": "[1.0.0, )"}, "-LockedMode")
    assert done.exit_code == 0
    assert files(other.machine.packages) == restored(shelved(TOP, MID, LEAF))
    assert sorted(feed.requests()) == sorted(CHAIN)


def test_a_package_that_is_not_the_locked_one_is_refused(nuget: NuGet, feed: ServedFeed) -> None:
    locked = {"type": "Direct", "requested": "[1.0.0, 1.0.0]", "resolved": "1.0.0"}
    other = {**locked, "contentHash": b64encode(sha512(b"another").digest()).decode()}
    lock = {"version": 1, "dependencies": {".NETFramework,Version=v4.5": {"Contoso.Leaf": other}}}
    nuget.machine.save(LOCK_FILE, json.dumps(lock))
    failed = nuget.restore({"Contoso.Leaf": "[1.0.0]"}, "-LockedMode")
    assert failed.exit_code == 1
    assert (
        "NU1403: Package content hash validation failed for Contoso.Leaf.1.0.0. "
        "The package is different than the last restore.\n"
    ) in failed.output
    assert feed.requests() == [INDEX, versions("contoso.leaf"), nupkg("contoso.leaf")]


def test_packages_config_is_restored_straight_from_content(nuget: NuGet, feed: ServedFeed) -> None:
    nuget.machine.save(
        "packages.config",
        '<?xml version="1.0" encoding="utf-8"?>\n<packages>\n'
        '  <package id="Contoso.Mid" version="1.0.0" targetFramework="net45" />\n'
        '  <package id="Contoso.Leaf" version="2.0.0-beta.1" targetFramework="net45" />\n'
        "</packages>\n",
    )
    done = nuget.run("restore", "packages.config", "-PackagesDirectory", "packages")
    assert done.exit_code == 0
    assert files(nuget.folder / "packages") == installed(shelved(MID, leaf("2.0.0-beta.1")))
    content = [nupkg("contoso.leaf", "2.0.0-beta.1"), nupkg("contoso.mid")]
    assert sorted(feed.requests()) == [*content, INDEX]


def test_four_machines_restore_at_once(nuget: NuGet, feed: ServedFeed, tmp_path: Path) -> None:
    names = ["first", "second", "third", "fourth"]
    four = [replace(nuget, machine=Machine.make(tmp_path / name, feed.url)) for name in names]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda each: each.restore({"Contoso.Top": "[1.0.0, )"}), four))
    assert [each.exit_code for each in done] == [0] * 4
    for each in four:
        assert files(each.machine.packages) == restored(shelved(TOP, MID, LEAF))
    assert sorted(feed.requests()) == sorted(CHAIN * 4)
