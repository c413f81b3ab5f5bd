"""What a push and the timer cost in storage operations, so that they cannot creep."""

import pytest

from feed.app import Feed, function_app
from feed.cli.bench.feeds import grow
from feed.errors import PackageExists
from feed.nuget.deprecation import DeprecationRequest
from feed.nuget.leaf import Deprecation
from feed.storage.counting import CountingBlobs, CountingRows, Ledger
from feed.storage.memory import MemoryBlobs, MemoryRows
from feed.timers import timers
from tests.assemblies import compiled
from tests.builders import PNG, nupkg, snupkg
from tests.feeds import memory_feed
from tests.services.pushes import ADMIN, identity, push, received


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def feed(ledger: Ledger) -> Feed:
    blobs, rows = CountingBlobs(MemoryBlobs(), ledger), CountingRows(MemoryRows(), ledger)
    return memory_feed(blobs, rows, delete="hard")


async def test_a_push_of_a_new_id_costs_12(feed: Feed, ledger: Ledger) -> None:
    await push(feed, "Tiny", "1.0.0")
    assert len(ledger) == 12, str(ledger)


@pytest.mark.parametrize("count", [1, 2000])
async def test_a_push_costs_11_however_many_versions_there_are(
    feed: Feed, ledger: Ledger, count: int
) -> None:
    await grow(feed, "Large", count + 1)
    ledger.clear()
    await push(feed, "Large", "2.0.0")
    assert len(ledger) == 11, str(ledger)


async def test_icon_readme_and_licence_cost_one_each(feed: Feed, ledger: Ledger) -> None:
    package = nupkg("Tiny", "1.0.0", readme="# Hi", icon=PNG, license_file="MIT")
    await feed.publishing.push(received(package), ADMIN)
    assert len(ledger) == 15, str(ledger)


async def test_a_pdb_costs_one_in_a_package_and_two_in_a_symbol_package(
    feed: Feed, ledger: Ledger
) -> None:
    pairs = [compiled(name) for name in ("One", "Two", "Three")]
    files = {name: body for pair in pairs for name, body in pair.assembly().items()}
    symbols = {name: body for pair in pairs for name, body in pair.symbols().items()}
    await feed.publishing.push(received(nupkg("Inside", files=files | symbols)), ADMIN)
    assert len(ledger) == 12 + 3, str(ledger)
    others = [compiled(name, seed=1) for name in ("One", "Two", "Three")]
    files = {name: body for pair in others for name, body in pair.assembly().items()}
    symbols = {name: body for pair in others for name, body in pair.symbols().items()}
    await feed.publishing.push(received(nupkg("Beside", files=files)), ADMIN)
    ledger.clear()
    await feed.symbol_publishing.push(received(snupkg("Beside", files=symbols)), ADMIN)
    assert len(ledger) == 13 + 2 * 3, str(ledger)


async def test_symbols_that_others_have_too_cost_no_more_for_each_of_them(
    feed: Feed, ledger: Ledger
) -> None:
    pair = compiled()
    costs = []
    for n in range(5):
        await feed.publishing.push(received(nupkg(f"Tool{n}", files=pair.assembly())), ADMIN)
        ledger.clear()
        symbols = snupkg(f"Tool{n}", files=pair.symbols())
        await feed.symbol_publishing.push(received(symbols), ADMIN)
        costs.append(len(ledger))
    assert costs == [15] * 5


async def test_a_push_of_what_is_there_costs_one(feed: Feed, ledger: Ledger) -> None:
    await push(feed, "Tiny", "1.0.0")
    ledger.clear()
    with pytest.raises(PackageExists):
        await push(feed, "Tiny", "1.0.0")
    assert len(ledger) == 1, str(ledger)


@pytest.mark.parametrize("count", [1, 2000])
async def test_a_change_costs_the_same_however_many_versions_there_are(
    feed: Feed, ledger: Ledger, count: int
) -> None:
    await grow(feed, "Large", count)
    large = identity("large", "1.0.0")
    legacy = DeprecationRequest((large[1],), Deprecation(("Legacy",)))
    costs = {
        11: [feed.changes.unlist(*large, ADMIN), feed.changes.relist(*large, ADMIN)],
        12: [feed.changes.deprecate(large[0], legacy, ADMIN)],
        14: [feed.changes.delete(*large, ADMIN)],
    }
    for cost, changes in costs.items():
        for change in changes:
            ledger.clear()
            await change
            assert len(ledger) == cost, str(ledger)


async def test_a_change_that_is_made_already_costs_five(feed: Feed, ledger: Ledger) -> None:
    await push(feed, "Tiny", "1.0.0")
    ledger.clear()
    await feed.changes.relist(*identity("tiny", "1.0.0"), ADMIN)
    assert len(ledger) == 5, str(ledger)


async def test_the_timer_costs_three_when_there_is_nothing_to_do(
    feed: Feed, ledger: Ledger
) -> None:
    [timer] = [
        each for each in timers(function_app(feed).get_functions()) if each.name == "jobs_repair"
    ]
    async with feed.running():
        await push(feed, "Tiny", "1.0.0")
        await timer.handler(None)
        ledger.clear()
        await timer.handler(None)
        assert len(ledger) == 3, str(ledger)


async def test_forgetting_ended_tokens_costs_one_operation_while_there_are_none(
    feed: Feed, ledger: Ledger
) -> None:
    await feed.trust.forget_ended()
    assert len(ledger) == 1, str(ledger)
