"""Symbols: pushed with nuget.exe beside their package, and found as a debugger finds them."""

from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.assemblies import Compiled
from tests.assemblies.debugger import Question
from tests.builders import nupkg, snupkg
from tests.clients.machines import Machine, Outcome
from tests.clients.nuget import TO_LARDER, NuGet
from tests.clients.serving import ServedFeed
from tests.clients.traces import INDEX, PUSH

pytestmark = pytest.mark.client

PUSH_SYMBOLS = "PUT /api/v2/symbolpackage/ 201"
STUBS = Compiled.load("stub_library")
LOADER = Compiled.load("clr_loader_amd64")


def save_pair(machine: Machine, package_id: str, pair: Compiled) -> tuple[Path, Path]:
    package = nupkg(package_id, files=pair.assembly(), readme="# Hi", license="MIT")
    symbols = snupkg(package_id, files=pair.symbols())
    name = f"{package_id}.1.0.0"
    return machine.save(f"{name}.nupkg", package), machine.save(f"{name}.snupkg", symbols)


def get_pdb(feed: ServedFeed, pair: Compiled) -> bytes:
    """Ask as a debugger that has the assembly, and knows nothing else."""
    asked = Question.about(pair.dll)
    address = f"{feed.url}/symbols/{asked.path}"
    with urlopen(Request(address, headers=asked.headers)) as answer:  # noqa: S310  (our own)
        body: bytes = answer.read()
    return body


def test_one_command_pushes_a_package_and_its_symbols(nuget: NuGet, feed: ServedFeed) -> None:
    save_pair(nuget.machine, "Stubs", STUBS)
    pushed = nuget.run("push", "Stubs.1.0.0.nupkg", *TO_LARDER)
    assert pushed == Outcome(
        0,
        "Pushing Stubs.1.0.0.nupkg to 'FEED/api/v2/package'...\n"
        "  PUT FEED/api/v2/package/\n"
        "  Created FEED/api/v2/package/ 0 ms\n"
        "Your package was pushed.\n"
        "Pushing Stubs.1.0.0.snupkg to 'FEED/api/v2/symbolpackage'...\n"
        "  PUT FEED/api/v2/symbolpackage/\n"
        "  Created FEED/api/v2/symbolpackage/ 0 ms\n"
        "Your package was pushed.\n",
    )
    assert feed.requests() == [INDEX, PUSH, PUSH_SYMBOLS]
    assert get_pdb(feed, STUBS) == STUBS.pdb


def test_symbols_follow_a_package_that_is_skipped(nuget: NuGet, feed: ServedFeed) -> None:
    """Newer clients leave them out then."""
    package, _symbols = save_pair(nuget.machine, "Skipped.Symbols", LOADER)
    feed.push(package.read_bytes())
    feed.requests()
    skipped = nuget.run("push", package.name, *TO_LARDER, "-SkipDuplicate")
    assert skipped.exit_code == 0
    assert feed.requests() == [INDEX, "PUT /api/v2/package/ 409", PUSH_SYMBOLS]


def test_symbols_are_pushed_again(nuget: NuGet, feed: ServedFeed) -> None:
    package, symbols = save_pair(nuget.machine, "Again", LOADER)
    feed.push(package.read_bytes())
    feed.requests()
    for _ in range(2):
        assert nuget.run("push", symbols.name, *TO_LARDER).exit_code == 0
    assert feed.requests() == [INDEX, PUSH_SYMBOLS, PUSH_SYMBOLS]
    assert get_pdb(feed, LOADER) == LOADER.pdb


def test_symbols_without_their_package_fail_and_it_is_said_why(
    nuget: NuGet, feed: ServedFeed
) -> None:
    _package, symbols = save_pair(nuget.machine, "Orphan", LOADER)
    refused = nuget.run("push", symbols.name, *TO_LARDER)
    assert refused.exit_code == 1
    assert (
        "WARNING: this feed has no Orphan 1.0.0, so it takes no symbols of it: "
        "push the package first\n"
    ) in refused.output
    assert feed.requests() == [INDEX, "PUT /api/v2/symbolpackage/ 404"]
