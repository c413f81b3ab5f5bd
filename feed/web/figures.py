"""The page of what a feed amounts to, with a chart that the server draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.gate import Gate
from feed.services.statistics import Figures, Statistics
from feed.web.answers import Html
from feed.web.texts import size

HEIGHT: Final = 100
_PITCH: Final = 10
_WIDTH: Final = 8
_LEAST: Final = 1
"""So much of the height a day takes on which there was anything at all."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day, in units of the chart; its foot is at `HEIGHT`."""

    day: str
    count: int
    x: int
    height: float
    width: int = _WIDTH

    @property
    def y(self) -> float:
        return round(HEIGHT - self.height, 2)


@dataclass(frozen=True, slots=True)
class Page:
    packages: int
    versions: int
    size: str
    bars: list[Bar]

    @property
    def width(self) -> int:
        return _PITCH * len(self.bars)

    @property
    def total(self) -> int:
        return sum(bar.count for bar in self.bars)

    @property
    def best(self) -> Bar:
        """The day with the most downloads, the last of several."""
        return max(reversed(self.bars), key=lambda bar: bar.count)


def blueprint(gate: Gate, html: Html, statistics: Statistics) -> func.Blueprint:
    bp = func.Blueprint()

    @bp.route("statistics", methods=["GET", "HEAD"])
    @gate.page(html.fail)
    async def page_statistics(req: Request) -> Response:
        return html.answer(
            req, "statistics.html", page=page_of(await statistics.get()), height=HEIGHT
        )

    return bp


def page_of(figures: Figures) -> Page:
    return Page(figures.packages, figures.versions, size(figures.size), bars(figures.downloads))


def bars(days: Sequence[tuple[str, int]]) -> list[Bar]:
    """Draw days side by side, the highest as high as the chart."""
    most = max(count for _, count in days) or 1
    return [
        Bar(day, count, number * _PITCH + (_PITCH - _WIDTH) // 2, _height(count, most))
        for number, (day, count) in enumerate(days)
    ]


def _height(count: int, most: int) -> float:
    return round(max(_LEAST, HEIGHT * count / most), 2) if count else 0.0
