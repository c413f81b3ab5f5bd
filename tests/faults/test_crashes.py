"""Every operation, stopped or failed by storage at every one of its calls.

How many calls an operation makes is written down, so that a call that is added is
thought about, and none can be left out unseen.
"""

from dataclasses import dataclass
from itertools import product

import pytest

from feed.errors import NothingToDebug, PackageExists, VersionNotFound
from feed.nuget.catalog import PAGE
from tests.faults import fates
from tests.faults.checks import (
    Versions,
    check_documents,
    check_repaired,
    check_told,
    states,
)
from tests.faults.conftest import Outcomes
from tests.faults.operations import (
    Act,
    Answer,
    Makes,
    Step,
    count_calls,
    delete,
    deleted,
    deprecate,
    deprecated,
    done,
    events,
    hours,
    perform,
    prepare,
    push,
    push_symbols,
    pushed,
    rebuild,
    relist,
    relisted,
    repair,
    stopped,
    unlist,
    unlisted,
    with_symbols,
)
from tests.faults.process import Fate, Fated, Stopped
from tests.faults.virtual import run
from tests.faults.world import World, finish_background

pytestmark = pytest.mark.faults

_LONG_DOWN = fates.down_for(3600)

FATES: dict[str, Fate] = {
    "stopped before": fates.stopped_before,
    "stopped after": fates.stopped_after,
    "stopped meanwhile": fates.stopped_meanwhile,
    "answer lost": fates.answer_lost,
    "answer lost, retried": fates.answer_lost_and_retried,
    "refused": fates.refused,
    "timed out": fates.timed_out,
    "down for 3 s": fates.down_for(3),
    "down for 90 s": fates.down_for(90),
    "down for an hour": _LONG_DOWN,
}


@dataclass(frozen=True, slots=True)
class Scenario:
    calls: int
    act: Act
    makes: Makes | None = None
    """None where no row changes."""

    before: tuple[Step, ...] = ()
    answer: Answer = None
    again: Answer = None
    """The answer when it has happened already."""

    version: str = "1.0.0"


_TINY = done(push())
_COMMITS = [
    f"{verb} tiny/{version}" for verb in ("create", "replace") for version in ("1.0.0", "2.0.0")
]
"""Only when the answer to one of these is lost does what has happened look like a failure."""

_PENDING_PUSH = stopped(push(), "create tiny/1.0.0")
_PENDING_UNLIST = (_TINY, stopped(unlist(), "replace tiny/1.0.0"))
_SECOND = push(version="2.0.0")
_SYMBOLS = (_TINY, done(push_symbols()))
_PENDING_SYMBOLS = (_TINY, stopped(push_symbols(), "replace tiny/1.0.0"))
_BOTH = push_symbols(with_two=True)

SCENARIOS = {
    "push a new id": Scenario(14, push(), pushed, again=PackageExists),
    "push a new version": Scenario(
        13, _SECOND, pushed, (_TINY,), again=PackageExists, version="2.0.0"
    ),
    "push over a tombstone": Scenario(
        17, push(), pushed, (_TINY, done(delete())), again=PackageExists
    ),
    "push over a delete half done": Scenario(
        17,
        push(),
        pushed,
        (_TINY, stopped(delete(), "replace ids/tiny/versions.json")),
        again=PackageExists,
    ),
    "push what is there": Scenario(
        2, push(), None, (_TINY,), answer=PackageExists, again=PackageExists
    ),
    "push what was committed": Scenario(
        31, push(), None, (_PENDING_PUSH,), answer=PackageExists, again=PackageExists
    ),
    "push that fills a page of the catalog": Scenario(
        14, push(), pushed, (events(PAGE - 1),), again=PackageExists
    ),
    "push that begins a page of the catalog": Scenario(
        14, push(), pushed, (events(PAGE - 1), done(push("Small"))), again=PackageExists
    ),
    "unlist": Scenario(11, unlist(), unlisted, (_TINY,)),
    "unlist a push half done": Scenario(18, unlist(), unlisted, (_PENDING_PUSH,)),
    "relist": Scenario(11, relist(), relisted, (_TINY, done(unlist()))),
    "relist an unlist half done": Scenario(17, relist(), relisted, _PENDING_UNLIST),
    "deprecate": Scenario(12, deprecate(), deprecated, (_TINY,)),
    "delete": Scenario(16, delete(), deleted, (_TINY,), again=VersionNotFound),
    "delete one of two": Scenario(
        16, delete(), deleted, (_TINY, done(_SECOND)), again=VersionNotFound
    ),
    "delete beside a push half done": Scenario(
        16, delete(), deleted, (_TINY, stopped(_SECOND, "create tiny/2.0.0")), again=VersionNotFound
    ),
    "delete an unlist half done": Scenario(
        22, delete(), deleted, _PENDING_UNLIST, again=VersionNotFound
    ),
    "push symbols": Scenario(15, push_symbols(), with_symbols, (_TINY,)),
    "push symbols again": Scenario(24, _BOTH, with_symbols, _SYMBOLS),
    "push symbols of a push half done": Scenario(
        22, push_symbols(), with_symbols, (_PENDING_PUSH,)
    ),
    "push symbols again, half done before": Scenario(30, _BOTH, with_symbols, _PENDING_SYMBOLS),
    "push symbols of what is not there": Scenario(
        1, push_symbols(), None, answer=NothingToDebug, again=NothingToDebug
    ),
    "push over a tombstone with symbols": Scenario(
        17, push(), pushed, (*_SYMBOLS, done(delete())), again=PackageExists
    ),
    "delete with symbols": Scenario(22, delete(), deleted, _SYMBOLS, again=VersionNotFound),
    "delete symbols half done": Scenario(
        28, delete(), deleted, _PENDING_SYMBOLS, again=VersionNotFound
    ),
    "repair nothing": Scenario(2, repair(), None, (_TINY, done(repair()))),
    "repair pushes": Scenario(
        46,
        repair(),
        None,
        (
            stopped(push("Stored"), "find log/head"),
            stopped(push("Committed"), "create committed/1.0.0"),
            stopped(push("Announced"), "announce"),
            stopped(push("Registered"), "create ids/registered/registration"),
            hours(25),
        ),
    ),
    "repair changes": Scenario(
        62,
        repair(),
        None,
        (
            *(_TINY, done(push("Small")), done(push("Short")), done(push("Brief"))),
            stopped(unlist("Small"), "find log/head"),
            stopped(unlist("Small"), "replace small/1.0.0"),
            stopped(delete("Short"), "replace short/1.0.0"),
            stopped(delete("Brief"), "replace ids/brief/registration"),
            hours(25),
        ),
    ),
    "repair symbols": Scenario(
        52,
        repair(),
        None,
        (
            *(_TINY, done(push("Small")), done(push("Short"))),
            done(push_symbols("Short")),
            stopped(push_symbols(), "find log/head"),
            stopped(push_symbols("Small"), "announce"),
            stopped(push_symbols("Short", with_two=True), "replace short/1.0.0"),
            hours(25),
        ),
    ),
}


CRASH_POINTS = 5820


def test_nothing_is_left_out_unseen() -> None:
    assert sum(each.calls for each in SCENARIOS.values()) * len(FATES) >= CRASH_POINTS


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_goes_wrong_at_any_call_can_be_repeated_and_repaired(
    name: str, outcomes: Outcomes
) -> None:
    scenario = SCENARIOS[name]
    prepared = prepare(*scenario.before)
    assert count_calls(prepared, scenario.act) == scenario.calls
    for (called, fate), n in product(FATES.items(), range(1, scenario.calls + 1)):
        try:
            outcome = run(_happen(scenario, prepared, n, fate))
        except BaseException as error:
            error.add_note(f"{name}: {called} at call {n}")
            raise
        outcomes.count(name, scenario.calls, outcome)


def test_a_rebuild_that_fails_can_be_repeated() -> None:
    prepared = prepare(_TINY, done(push("Small")), _lose("tiny"))
    calls = count_calls(prepared, rebuild())
    assert calls == 11
    for fate, n in product(FATES.values(), range(1, calls + 1)):
        run(_rebuild_twice(prepared, n, fate))


async def _rebuild_twice(prepared: World, n: int, fate: Fate) -> None:
    world = await prepared.copy()
    await perform(world, rebuild(), Fated(n, fate))
    await check_documents(world)
    assert await perform(world, rebuild()) is None
    await check_repaired(world)


def _lose(package_id: str) -> Step:
    async def lose(world: World) -> None:
        async for path in world.blobs.names(f"ids/{package_id}/"):
            await world.blobs.delete(path)

    return lose


async def _happen(scenario: Scenario, prepared: World, n: int, fate: Fate) -> str:
    world = await prepared.copy()
    old = await states(world)
    process = Fated(n, fate)
    answer = await perform(world, scenario.act, process)
    await finish_background()
    has_happened = _check_rows(scenario, old, await states(world))
    await check_documents(world)
    if answer is scenario.answer:
        assert has_happened or not scenario.makes
    elif answer is not Stopped and has_happened:
        assert process.calls[n - 1] in _COMMITS
    if fate is fates.answer_lost_and_retried:
        assert answer is scenario.answer
    if answer is None and fate is not _LONG_DOWN:
        await check_told(world, ("tiny", scenario.version))
    await check_repaired(await world.copy())
    await _repeat(scenario, world, has_happened)
    return _describe(answer, has_happened)


def _check_rows(scenario: Scenario, old: Versions, new: Versions) -> bool:
    """Tell whether the operation has changed its row; it is wholly old or wholly new."""
    if new == old:
        return False
    key = ("tiny", scenario.version)
    former = old.get(key)
    assert scenario.makes
    assert new == {**old, key: scenario.makes(former, new[key])}
    assert former is None or new[key].revision > former.revision
    return True


async def _repeat(scenario: Scenario, world: World, has_happened: bool) -> None:
    answer = await perform(world, scenario.act)
    assert answer is (scenario.again if has_happened else scenario.answer)
    await check_told(world, ("tiny", scenario.version))
    await check_repaired(world)


def _describe(answer: Answer, has_happened: bool) -> str:
    said = answer.__name__ if answer else "success"
    return f"{said}, {'changed' if has_happened else 'unchanged'}"
