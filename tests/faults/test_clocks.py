"""Clocks that are wrong: every operation, while repair comes by another clock at every call."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from feed.errors import Busy
from tests.faults import fates
from tests.faults.checks import check_documents, check_repaired
from tests.faults.operations import (
    Act,
    Answer,
    count_calls,
    delete,
    done,
    perform,
    prepare,
    push,
    unlist,
)
from tests.faults.orders import read_versions
from tests.faults.process import Fated
from tests.faults.virtual import run
from tests.faults.world import HOUR, MovableClock, World, finish_background

pytestmark = pytest.mark.faults

_LIVE = (done(push()),)

OPERATIONS = {
    "push": ((), push()),
    "push over a tombstone": ((*_LIVE, done(delete())), push()),
    "unlist": (_LIVE, unlist()),
    "delete": (_LIVE, delete()),
}

Mishap = Callable[[World], Awaitable[None]]


async def others_are_ahead(world: World) -> None:
    """Repair comes from a machine whose clock is almost a day ahead of the operation's."""
    await _repaired_by_another_clock(world, ahead=23 * HOUR)


async def others_are_behind(world: World) -> None:
    await _repaired_by_another_clock(world, ahead=-23 * HOUR)


async def clock_is_set_back(world: World) -> None:
    """A day and more goes by before storage answers, and this machine's clock does not tell."""
    await asyncio.sleep(26 * 3600)
    world.clock.ahead -= 26 * HOUR
    await _repaired_by_another_clock(world, ahead=26 * HOUR)


async def _repaired_by_another_clock(world: World, ahead: int) -> None:
    other = World(world.blobs, world.rows, MovableClock(ahead=world.clock.ahead + ahead))
    await other.feed().repair.run()


MISHAPS: dict[str, tuple[Mishap, set[Answer]]] = {
    "others are ahead": (others_are_ahead, {None}),
    "others are behind": (others_are_behind, {None}),
    "the clock is set back": (clock_is_set_back, {None, Busy}),
}


@pytest.mark.parametrize("mishap", MISHAPS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_repair_by_another_clock_takes_nothing_that_is_in_use(name: str, mishap: str) -> None:
    before, act = OPERATIONS[name]
    happens, answers = MISHAPS[mishap]
    prepared = prepare(*before)
    for n in range(1, count_calls(prepared, act) + 1):
        try:
            run(_meet(prepared, act, n, happens, answers))
        except BaseException as error:
            error.add_note(f"{name}: {mishap} at call {n}")
            raise


async def _meet(prepared: World, act: Act, n: int, happens: Mishap, answers: set[Answer]) -> None:
    world = await prepared.copy()
    old = await read_versions(world)
    mishap = fates.rival_after(lambda: happens(world))
    answer = await perform(world, act, Fated(n, mishap))
    await finish_background()
    await check_documents(world)
    assert answer in answers
    assert (await read_versions(world) == old) is (answer is Busy)
    await check_repaired(world)
