"""Every operation, overtaken by others at every one of its calls.

They come before the call, or after it and before its answer, or between a call
whose answer is lost and its retry, which then meets what they have made of it.
"""

import pytest

from feed.errors import Busy, PackageExists
from feed.services.clock import MINUTE
from tests.faults import fates
from tests.faults.checks import check_documents, check_repaired, check_told
from tests.faults.operations import (
    Act,
    Answer,
    Dying,
    Step,
    count_calls,
    delete,
    deprecate,
    done,
    perform,
    prepare,
    push,
    push_symbols,
    relist,
    unlist,
)
from tests.faults.orders import Orders, Program, read_versions
from tests.faults.process import Fated
from tests.faults.virtual import run
from tests.faults.world import HOUR, World, finish_background

pytestmark = pytest.mark.faults

PLACES = {
    "before the call": fates.rival_before,
    "before the answer": fates.rival_after,
    "before the retry": fates.rival_before_retry,
}

_LIVE = (done(push()),)
_DEAD = (*_LIVE, done(delete()))
_ANOTHER = push(readme="# Another")
_SYMBOLS = (*_LIVE, done(push_symbols()))
_BOTH = push_symbols(with_two=True)

OPERATIONS: dict[str, tuple[tuple[Step, ...], Act]] = {
    "push": ((), push()),
    "push over a tombstone": (_DEAD, push()),
    "unlist": (_LIVE, unlist()),
    "relist": ((*_LIVE, done(unlist())), relist()),
    "deprecate": (_LIVE, deprecate()),
    "delete": (_LIVE, delete()),
    "push symbols again": (_SYMBOLS, _BOTH),
}
RIVALS: dict[str, Program] = {
    "push the same": (_ANOTHER,),
    "push another version": (push(version="2.0.0"),),
    "unlist": (unlist(),),
    "relist": (relist(),),
    "delete": (delete(),),
    "delete, push": (delete(), _ANOTHER),
    "delete, push and die": (delete(), Dying(_ANOTHER, "replace tiny/1.0.0")),
    "push symbols": (push_symbols(),),
    "unlist, relist": (unlist(), relist()),
    "delete, push, delete": (delete(), _ANOTHER, delete()),
}


@pytest.mark.parametrize("rival", RIVALS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_it_ends_as_if_one_had_come_after_the_other(name: str, rival: str) -> None:
    before, act = OPERATIONS[name]
    prepared = prepare(*before)
    orders = Orders(prepared, ((act,), RIVALS[rival]))
    for place in PLACES:
        for n in range(1, count_calls(prepared, act) + 1):
            try:
                run(_meet(orders, n, place))
            except BaseException as error:
                error.add_note(f"{name}, and {rival} {place} {n}")
                raise


async def _meet(orders: Orders, n: int, place: str) -> None:
    world = await orders.prepared.copy()
    [[act], rivals] = orders.programs
    answers: list[Answer] = []

    async def rival() -> None:
        for each in rivals:
            answers.append(await perform(world, each))  # noqa: PERF401  (one after the other)

    answer = await perform(world, act, Fated(n, PLACES[place](rival)))
    await finish_background()
    await check_documents(world)
    assert await orders.allow(((answer,), tuple(answers)), await read_versions(world))
    if answer is PackageExists:  # then it can be restored, whatever became of who pushed it
        await check_told(world, ("tiny", "1.0.0"))
    await check_repaired(world)


@pytest.mark.parametrize("pause", [9 * MINUTE, 11 * MINUTE, 25 * HOUR])
@pytest.mark.parametrize("name", OPERATIONS)
def test_repair_takes_nothing_from_the_slow(name: str, pause: int) -> None:
    before, act = OPERATIONS[name]
    prepared = prepare(*before)
    for n in range(1, count_calls(prepared, act) + 1):
        try:
            run(_be_slow(prepared, act, n, pause))
        except BaseException as error:
            error.add_note(f"{name}: no answer to call {n} before {pause // MINUTE} minutes")
            raise


async def _be_slow(prepared: World, act: Act, n: int, pause: int) -> None:
    world = await prepared.copy()
    old = await read_versions(world)
    slow = fates.rival_after(lambda: world.repair(after=pause))
    answer = await perform(world, act, Fated(n, slow))
    await finish_background()
    await check_documents(world)
    assert answer in (None, Busy)
    assert (await read_versions(world) == old) is (answer is Busy)
    await check_repaired(world)
