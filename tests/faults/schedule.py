"""Runs operations side by side, one storage call at a time, in an order that is chosen.

Every call waits at a gate until its process has its turn. When all processes
stand at their gates, or sleep, or have ended, the next one goes: so a run is
told by its choices, and can be told again.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import TypeVar

from tests.faults.checks import check_documents
from tests.faults.operations import Answer, perform
from tests.faults.orders import Answers, Program
from tests.faults.process import Fate, Perform, Process, Stopped
from tests.faults.virtual import NAP, VirtualLoop
from tests.faults.world import World

T = TypeVar("T")

_WRITES_DOCUMENTS = re.compile(r"(create|replace|delete) (ids|packages)/")

Choices = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """Who had it, and who could have had it."""

    chosen: int
    ready: tuple[int, ...]


@dataclass(slots=True)
class Schedule:
    """Gives turns as chosen beforehand, and then lets each go on as long as it can."""

    choices: Choices = ()
    chance: Random | None = None
    """Instead of letting each go on, choose at random."""

    fates: Sequence[Fate] = ()
    """What one call in twenty meets, at random."""

    turns: list[Turn] = field(default_factory=list)
    is_document_written: bool = False
    _is_over: bool = False
    _gates: dict[int, deque[asyncio.Future[None]]] = field(default_factory=dict)

    async def run(self, world: World, programs: Sequence[Program]) -> Answers:
        """Run each program in a process of its own, and look at the documents all the while."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        runs = [
            asyncio.create_task(self._run(world, which, program))
            for which, program in enumerate(programs)
        ]
        try:
            while len(asyncio.all_tasks()) > 1:
                await self._go_on(loop, world)
        finally:
            self._is_over = True
        return tuple([await each for each in runs])

    async def _go_on(self, loop: VirtualLoop, world: World) -> None:
        await loop.idle()
        if self.is_document_written:
            self.is_document_written = False
            await check_documents(world)
        if not self._give_turn():
            await asyncio.sleep(NAP)

    def pick_fate(self) -> Fate | None:
        is_met = self.chance and self.fates and self.chance.random() < 0.05
        return self.chance.choice(self.fates) if self.chance and is_met else None

    async def wait(self, which: int) -> None:
        """Wait at the gate for a turn."""
        if self._is_over:
            raise Stopped
        gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._gates.setdefault(which, deque()).append(gate)
        await gate

    def _give_turn(self) -> bool:
        ready = tuple(sorted(which for which, gates in self._gates.items() if gates))
        if ready:
            chosen = self._choose(ready)
            self.turns.append(Turn(chosen, ready))
            self._gates[chosen].popleft().set_result(None)
        return bool(ready)

    async def _run(self, world: World, which: int, program: Program) -> tuple[Answer, ...]:
        process = _Gated(self, which)
        answers: list[Answer] = []
        for act in program:
            answers.append(await perform(world, act, process))
            if answers[-1] is Stopped:
                break
        return tuple(answers)

    def _choose(self, ready: tuple[int, ...]) -> int:
        if len(self.turns) < len(self.choices):
            return self.choices[len(self.turns)]
        if self.chance:
            return self.chance.choice(ready)
        last = self.turns[-1].chosen if self.turns else ready[0]
        return last if last in ready else ready[0]


class _Gated(Process):
    def __init__(self, schedule: Schedule, which: int) -> None:
        super().__init__()
        self._schedule = schedule
        self._which = which

    async def call(self, name: str, perform: Perform[T]) -> T:
        await self._schedule.wait(self._which)
        try:
            return await super().call(name, perform)
        finally:
            if not name.startswith(("find", "query", "list")) and (
                "ids/" in name or "packages/" in name
            ):
                self._schedule.is_document_written = True

    def find_fate(self, name: str) -> Fate | None:
        return self._schedule.pick_fate()


def explore(run: Callable[[Schedule], None], interruptions: int) -> int:
    """Run every schedule in which nobody is interrupted but so many times; count them."""
    todo: list[Choices] = [()]
    count = 0
    while todo:
        schedule = Schedule(todo.pop())
        run(schedule)
        count += 1
        todo.extend(_others(schedule, interruptions))
    return count


def _others(schedule: Schedule, interruptions: int) -> Iterator[Choices]:
    """The schedules that differ from this one first at a turn that it chose itself."""
    chosen = tuple(turn.chosen for turn in schedule.turns)
    for n in range(len(schedule.choices), len(chosen)):
        for other in schedule.turns[n].ready:
            choices = (*chosen[:n], other)
            if other != chosen[n] and _interruptions(schedule.turns, choices) <= interruptions:
                yield choices


def _interruptions(turns: Sequence[Turn], choices: Choices) -> int:
    """How often somebody lost the turn who could have gone on."""
    return sum(
        before != after and before in turns[n + 1].ready
        for n, (before, after) in enumerate(pairwise(choices))
    )
