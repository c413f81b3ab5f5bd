"""What may come of operations that run at the same time: what comes of them one after the other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from feed.errors import Unavailable
from feed.nuget.leaf import VersionState
from tests.faults.checks import read_pdbs, states
from tests.faults.operations import Act, Answer, perform
from tests.faults.process import Stopped
from tests.faults.world import World

Program = tuple[Act, ...]
"""Operations of one client, one after the other."""

Answers = tuple[tuple[Answer, ...], ...]
"""What was said to each operation of each program."""

Place = tuple[int, int]
"""Which program, and which of its operations."""

Versions = frozenset[VersionState]


@dataclass(frozen=True, slots=True)
class Orders:
    """Operations in every order, none beside another, as the measure of what may happen."""

    prepared: World
    programs: Sequence[Program]
    _endings: dict[tuple[Place, ...], tuple[Mapping[Place, Answer], Versions]] = field(
        default_factory=dict
    )

    async def allow(self, answers: Answers, versions: Versions) -> bool:
        """Tell whether some order explains these answers and what became of the versions.

        Where an answer says nothing, since storage failed or the process ended, the
        operation may have happened or not.
        """
        said = {
            (which, n): answer
            for which, each in enumerate(answers)
            for n, answer in enumerate(each)
        }
        unknown = [place for place, answer in said.items() if not _tells(answer)]
        for happened in product((True, False), repeat=len(unknown)):
            left_out = {place for place, was in zip(unknown, happened, strict=True) if not was}
            for order in _orders([len(each) for each in answers]):
                places = tuple(place for place in order if place not in left_out)
                found, became = await self._ending(places)
                known = {place: found[place] for place in places if place not in unknown}
                if became == versions and all(said[p] is known[p] for p in known):
                    return True
        return False

    async def _ending(self, order: tuple[Place, ...]) -> tuple[Mapping[Place, Answer], Versions]:
        if order not in self._endings:
            world = await self.prepared.copy()
            said = {(which, n): await perform(world, self.programs[which][n]) for which, n in order}
            self._endings[order] = said, await read_versions(world)
        return self._endings[order]


async def read_versions(world: World) -> Versions:
    """The versions without the names and times that differ from run to run."""
    return frozenset([await _without_names(world, each) for each in (await states(world)).values()])


async def _without_names(world: World, state: VersionState) -> VersionState:
    nameless = replace(state, attempt="", change="", revision=0, published=0, abandoned=())
    pdbs = await read_pdbs(world, state, state.symbols) if state.symbols else ()
    return replace(nameless, symbols=" ".join(each.path for each in pdbs))


def _tells(answer: Answer) -> bool:
    return answer is None or not issubclass(answer, Unavailable | Stopped)


def _orders(counts: Sequence[int]) -> Iterator[tuple[Place, ...]]:
    """Every order of the operations in which each program keeps its own."""
    last = [(which, count - 1) for which, count in enumerate(counts) if count]
    if not last:
        yield ()
    for which, n in last:
        rest = [*counts[:which], n, *counts[which + 1 :]]
        yield from ((*order, (which, n)) for order in _orders(rest))
