"""Who guesses is slowed down, and nobody else is."""

import asyncio

import pytest

from feed.errors import TooManyGuesses
from feed.services.throttle import Throttle
from tests.keys import ManualClock

HERE, THERE = "192.0.2.7", "192.0.2.8"
SECOND = 10_000_000


class Bed:
    """Remembers how long everybody slept, and can keep them asleep."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.awake = asyncio.Event()
        self.awake.set()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        await self.awake.wait()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def bed() -> Bed:
    return Bed()


@pytest.fixture
def throttle(clock: ManualClock, bed: Bed) -> Throttle:
    return Throttle(clock, bed.sleep)


async def fail(throttle: Throttle, address: str = "", *, times: int = 1) -> list[int]:
    """Fail some times; how many seconds each that was refused is told to wait."""
    refused = []
    for _ in range(times):
        try:
            await throttle.slow_down(address)
        except TooManyGuesses as error:
            refused.append(error.retry_after)
    return refused


async def test_the_first_five_are_free_and_the_next_wait_ever_longer(
    throttle: Throttle, bed: Bed
) -> None:
    assert await fail(throttle, times=5) == []
    assert bed.slept == []
    assert await fail(throttle, times=15) == []
    assert bed.slept == [round(n / 10, 3) for n in range(1, 16)]


async def test_beyond_twenty_they_are_refused_and_told_when_to_come_again(
    throttle: Throttle, clock: ManualClock
) -> None:
    assert await fail(throttle, times=23) == [6, 6, 6]
    clock.advance(6 * SECOND)
    assert await fail(throttle, times=2) == [6]


async def test_what_is_refused_does_not_add_up(throttle: Throttle, clock: ManualClock) -> None:
    await fail(throttle, times=1000)
    clock.advance(120 * SECOND)
    assert await fail(throttle, times=20) == []


async def test_addresses_are_counted_apart(throttle: Throttle) -> None:
    assert await fail(throttle, HERE, times=21) == [6]
    assert await fail(throttle, THERE, times=20) == []
    assert await fail(throttle, times=20) == []


async def test_a_network_of_ipv6_is_counted_as_one(throttle: Throttle) -> None:
    refused = [await fail(throttle, f"2001:db8::{number:x}") for number in range(21)]
    assert refused == [[]] * 20 + [[6]]
    assert await fail(throttle, "2001:db8:0:1::") == []


async def test_so_many_addresses_are_kept_and_the_longest_untouched_goes(
    clock: ManualClock, bed: Bed
) -> None:
    throttle = Throttle(clock, bed.sleep, limit=2)
    await fail(throttle, HERE, times=20)
    await fail(throttle, THERE)
    await fail(throttle, HERE)
    await fail(throttle, "192.0.2.9")
    assert await fail(throttle, HERE) == [6]
    await fail(throttle, THERE)
    await fail(throttle, "192.0.2.9")
    assert await fail(throttle, HERE, times=20) == []


async def test_no_more_than_four_wait_at_once(throttle: Throttle, bed: Bed) -> None:
    await fail(throttle, times=5)
    bed.awake.clear()
    waiting = [asyncio.create_task(fail(throttle)) for _ in range(10)]
    done, pending = await asyncio.wait(waiting, timeout=0.05)
    assert ([each.result() for each in done], len(pending)) == ([[1]] * 6, 4)
    bed.awake.set()
    assert await asyncio.gather(*pending) == [[]] * 4


async def test_a_clock_that_was_set_back_forgives_nothing(
    throttle: Throttle, clock: ManualClock
) -> None:
    await fail(throttle, times=20)
    clock.advance(-3600 * SECOND)
    assert await fail(throttle) == [6]
