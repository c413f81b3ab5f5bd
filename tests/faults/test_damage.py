"""A version that was half pushed when its leaf was lost, as when a laptop's power fails."""

import pytest

from feed.errors import PackageExists
from feed.services import paths
from feed.services.truth import identity
from tests.faults.checks import check_log, states
from tests.faults.operations import (
    Act,
    Answer,
    delete,
    done,
    hours,
    perform,
    prepare,
    push,
    stopped,
)
from tests.faults.virtual import run
from tests.faults.world import World

HALF_PUSHED = (stopped(push(), "create tiny/1.0.0"), done(push("Small")), hours(1))


async def _lose_its_leaf(world: World) -> None:
    [tiny] = [each for each in (await states(world)).values() if each.id == "Tiny"]
    await world.blobs.delete(paths.leaf(*identity(tiny), tiny.attempt))


@pytest.mark.parametrize(("act", "answer"), [(push(), PackageExists), (delete(), None)])
def test_who_meets_it_is_answered_as_if_it_were_whole(act: Act, answer: Answer) -> None:
    async def meet(world: World) -> None:
        assert await perform(world, act) is answer

    run(meet(prepare(*HALF_PUSHED, _lose_its_leaf)))


def test_it_can_be_deleted_and_pushed_again() -> None:
    async def push_again(world: World) -> None:
        await world.repair(after=0)
        assert await perform(world, delete()) is None
        assert await perform(world, push()) is None
        await world.repair(after=0)
        await check_log(world)

    run(push_again(prepare(*HALF_PUSHED, _lose_its_leaf)))
