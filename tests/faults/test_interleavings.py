"""Operations side by side: in every order that interrupts them twice, and in many more by chance.

Whatever the order, they end as if they had come one after the other, and no
document is wrong at any moment.
"""

from random import Random

import pytest

from tests.faults import fates
from tests.faults.checks import check_repaired
from tests.faults.conftest import Outcomes
from tests.faults.operations import (
    Step,
    delete,
    done,
    hours,
    prepare,
    push,
    push_symbols,
    rebuild,
    relist,
    repair,
    stopped,
    unlist,
)
from tests.faults.orders import Orders, Program, read_versions
from tests.faults.process import Fate
from tests.faults.schedule import Schedule, explore
from tests.faults.virtual import run

pytestmark = pytest.mark.faults

Meeting = tuple[tuple[Step, ...], tuple[Program, ...]]

_LIVE = (done(push()),)
_DEAD = (*_LIVE, done(delete()))
_PENDING = (stopped(push(), "create tiny/1.0.0"), hours(1))
_ANOTHER = push(readme="# Another")
_THIRD = push(readme="# A third")
_SECOND = push(version="2.0.0")
_SYMBOLS = (*_LIVE, done(push_symbols()))
_BOTH = push_symbols(with_two=True)

PAIRS: dict[str, Meeting] = {
    "push, push the same": ((), ((push(),), (_ANOTHER,))),
    "push, push another version": ((), ((push(),), (_SECOND,))),
    "push, unlist": ((), ((push(),), (unlist(),))),
    "push, delete": ((), ((push(),), (delete(),))),
    "unlist, relist": (_LIVE, ((unlist(),), (relist(),))),
    "unlist, delete": (_LIVE, ((unlist(),), (delete(),))),
    "push again, push again": (_DEAD, ((push(),), (_ANOTHER,))),
    "push symbols, push symbols": (_LIVE, ((push_symbols(),), (_BOTH,))),
    "push symbols again, delete": (_SYMBOLS, ((_BOTH,), (delete(),))),
    "push, repair": (_PENDING, ((_SECOND,), (repair(),))),
    "push the same, repair": (_PENDING, ((_ANOTHER,), (repair(),))),
    "delete, repair": (_PENDING, ((delete(),), (repair(),))),
    "push, rebuild": (_LIVE, ((_SECOND,), (rebuild(),))),
    "unlist, rebuild": (_LIVE, ((unlist(),), (rebuild(),))),
    "repair, rebuild": (_PENDING, ((repair(),), (rebuild(),))),
    "repair, repair": (_PENDING, ((repair(),), (repair(),))),
}
CROWDS: dict[str, Meeting] = {
    "delete and push, delete and push": (_LIVE, ((delete(), push()), (delete(), _ANOTHER))),
    "three pushes of one version": ((), ((push(),), (_ANOTHER,), (_THIRD,))),
    "push symbols again, unlist": (_SYMBOLS, ((_BOTH,), (unlist(),))),
    "push symbols, repair": (_PENDING, ((push_symbols(),), (repair(),))),
    "push symbols, delete and push": (_SYMBOLS, ((_BOTH,), (delete(), push()))),
    "three pushes of symbols": (_SYMBOLS, ((push_symbols(),), (_BOTH,), (push_symbols(),))),
    "push, unlist, repair": (_PENDING, ((_ANOTHER,), (unlist(),), (repair(),))),
    "push, delete, repair": (_LIVE, ((_SECOND,), (delete(),), (repair(),))),
    "unlist, relist, delete and push": (_LIVE, ((unlist(),), (relist(),), (delete(), _ANOTHER))),
}
STORM: tuple[Fate, ...] = (
    fates.stopped_before,
    fates.stopped_meanwhile,
    fates.answer_lost,
    fates.answer_lost_and_retried,
    fates.answer_lost_and_retried,
    fates.refused,
    fates.down_for(3),
)


@pytest.mark.parametrize("name", PAIRS)
def test_two_that_interrupt_each_other(name: str, outcomes: Outcomes) -> None:
    before, programs = PAIRS[name]
    orders = Orders(prepare(*before), programs)
    count = explore(lambda schedule: _meet(orders, schedule), interruptions=2)
    assert count > 60
    outcomes.count_orders(name, count)


@pytest.mark.parametrize("name", PAIRS | CROWDS)
def test_orders_by_chance(name: str) -> None:
    before, programs = (PAIRS | CROWDS)[name]
    orders = Orders(prepare(*before), programs)
    for seed in range(50):
        _meet(orders, Schedule(chance=_chance(seed)))


@pytest.mark.parametrize("name", PAIRS | CROWDS)
def test_orders_by_chance_while_storage_fails_and_processes_end(name: str) -> None:
    before, programs = (PAIRS | CROWDS)[name]
    orders = Orders(prepare(*before), programs)
    for seed in range(50):
        _meet(orders, Schedule(chance=_chance(seed), fates=STORM))


def _chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311  (for runs that can be repeated, not for secrets)


def _meet(orders: Orders, schedule: Schedule) -> None:
    try:
        run(_check(orders, schedule))
    except BaseException as error:
        error.add_note(f"turns: {[turn.chosen for turn in schedule.turns]}")
        raise


async def _check(orders: Orders, schedule: Schedule) -> None:
    world = await orders.prepared.copy()
    answers = await schedule.run(world, orders.programs)
    assert await orders.allow(answers, await read_versions(world))
    await check_repaired(world)
