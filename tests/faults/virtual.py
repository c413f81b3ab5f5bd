"""An event loop on which nobody waits: when all sleep, time moves to the one who wakes next.

What runs on it is deterministic, too: work for threads is done at once.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

NAP = 5.0
"""Sleeps up to this are pauses before another try; longer ones are somebody's patience."""


class _Selector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.when_idle: asyncio.Future[None] | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return []
        if self.when_idle and (timeout is None or timeout > NAP):
            self.when_idle.set_result(None)
            self.when_idle = None
        elif timeout is None:
            raise RuntimeError("everything waits for something that will not come")
        else:
            self.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  (it goes to who waits for the result)
            future.set_exception(error)
        return future

    async def idle(self) -> None:
        """Wait until nothing can go on but by a long sleep."""
        self._virtual.when_idle = self.create_future()
        await self._virtual.when_idle


def run(work: Coroutine[object, object, T]) -> T:
    """Run something in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
