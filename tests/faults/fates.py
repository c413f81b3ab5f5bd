"""What becomes of a storage call, and of the process that makes it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from feed.errors import StorageUnavailable
from tests.faults.process import Fate, Perform, Process

T = TypeVar("T")

Rival = Callable[[], Awaitable[object]]


async def stopped_before(process: Process, perform: Perform[T]) -> T:
    raise process.die()


async def stopped_after(process: Process, perform: Perform[T]) -> T:
    process.is_dead = True
    return await perform()


async def stopped_meanwhile(process: Process, perform: Perform[T]) -> T:
    with suppress(Exception):
        await perform()
    raise process.die()


async def answer_lost(process: Process, perform: Perform[T]) -> T:
    with suppress(Exception):
        await perform()
    raise StorageUnavailable("the connection was reset")


async def answer_lost_and_retried(process: Process, perform: Perform[T]) -> T:
    with suppress(Exception):
        await perform()
    return await perform()


async def refused(process: Process, perform: Perform[T]) -> T:
    raise StorageUnavailable("503 ServerBusy")


async def timed_out(process: Process, perform: Perform[T]) -> T:
    await asyncio.sleep(10)
    raise StorageUnavailable("no answer within 10 s")


def down_for(seconds: float) -> Fate:
    async def down(process: Process, perform: Perform[T]) -> T:
        process.down_until = asyncio.get_running_loop().time() + seconds
        raise StorageUnavailable("500 InternalError")

    return down


def rival_before(rival: Rival) -> Fate:
    async def overtaken(process: Process, perform: Perform[T]) -> T:
        await rival()
        return await perform()

    return overtaken


def rival_after(rival: Rival) -> Fate:
    async def slow(process: Process, perform: Perform[T]) -> T:
        try:
            return await perform()
        finally:
            await rival()

    return slow


def rival_before_retry(rival: Rival) -> Fate:
    async def retried(process: Process, perform: Perform[T]) -> T:
        with suppress(Exception):
            await perform()
        await rival()
        return await perform()

    return retried
