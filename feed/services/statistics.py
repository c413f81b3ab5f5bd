"""What a feed amounts to, in a few figures that are a few minutes old.

What is there is counted by the search index, which every instance has at hand; what
was downloaded by one partition of a table, which has a row for each day. So no figure
costs more on a larger feed, and none more than once in five minutes.
"""

from dataclasses import dataclass
from typing import Final

from feed.services.clock import MINUTE, Clock
from feed.services.downloads import Downloads
from feed.services.search.searching import Search

DAYS: Final = 30
AGE: Final = 5 * MINUTE


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that can be restored, unlisted versions too."""

    packages: int
    versions: int
    size: int
    """Of all nupkgs, in bytes."""

    downloads: tuple[tuple[str, int], ...]
    """How many there were on each of the last days, today last."""


class Statistics:
    def __init__(self, search: Search, downloads: Downloads, clock: Clock) -> None:
        self._search = search
        self._downloads = downloads
        self._clock = clock
        self._figures: Figures | None = None
        self._ends = 0

    async def get(self) -> Figures:
        """Return figures of the last minutes; two who come first count twice, and nobody waits."""
        if self._figures is None or self._clock() >= self._ends:
            self._figures = await self._count()
            self._ends = self._clock() + AGE
        return self._figures

    async def _count(self) -> Figures:
        sums = await self._search.sums()
        days = await self._downloads.per_day(DAYS)
        return Figures(sums.packages, sums.versions, sums.size, tuple(days))
