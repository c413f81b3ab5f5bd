"""The order of hits: by score, then downloads, then id.

The engine does only the first, and rounds: hits whose scores are the same, or
nearly so, come in whatever order they lie. So its scores choose the hits, and
their order is computed again, exactly. Where the last hit that is asked for ties
with the next one, the engine's choice between them means nothing. Then the tie
is asked for once more, rung by rung of the plan's ladder: what scores so on one
rung has the same downloads, nearly, and the engine can order that rightly.

Hits of the pages before are only counted off. To read their ids, which are stored
with all that is shown of a package, would cost more than everything else; so ids
are read only where nothing else tells two hits of the page apart.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from tantivy import DocAddress, Order, Searcher

from feed.services.search import fields
from feed.services.search.plan import Plan, all_of

_ROUNDING: Final = 1e-6
"""By which part of itself a score may be off: the engine's are 32 bits wide."""


class Merit(NamedTuple):
    """What hits are ordered by before their ids."""

    minus_score: float
    minus_downloads: int


class Ranked(NamedTuple):
    merit: Merit
    address: DocAddress
    lower_id: str | None = None
    """None where it was not read."""

    @property
    def place(self) -> tuple[int, int]:
        """The address as a value: the engine's own cannot be looked up."""
        return self.address.segment_ord, self.address.doc


class Ranking(NamedTuple):
    total: int
    """Of all pages."""

    page: list[DocAddress]


def rank(searcher: Searcher, plan: Plan, skip: int, end: int) -> Ranking:
    """Count all hits, and put those from `skip` to `end` in order."""
    # tantivy: a limit of 0 is a panic.
    found = searcher.search(plan.query, limit=end + 1, weight_by_field=fields.DOWNLOADS)
    total: int = found.count  # type: ignore[attr-defined]  # missing in tantivy's stubs
    scores = [score for score, _ in found.hits]
    if skip >= min(end, len(scores)):
        return Ranking(total, [])
    first = _exactly(searcher, plan, found.hits[:end])
    if len(scores) > end and _is_tied(scores[end], scores[end - 1]):
        above = {
            each.place: each for each in first if not _is_tied(scores[end], -each.merit.minus_score)
        }
        tied = {each.place: each for each in _tied(searcher, plan, scores[end], end)}
        first = list((tied | above).values())
    return Ranking(total, [each.address for each in _page(searcher, first, skip, end)])


def _page(searcher: Searcher, ranked: Iterable[Ranked], skip: int, end: int) -> list[Ranked]:
    by_merit = sorted(ranked, key=_merit)
    begin = bisect_left(by_merit, by_merit[skip].merit, key=_merit)
    page: list[Ranked] = []
    for _, group in groupby(by_merit[begin:], key=_merit):
        alike = list(group)
        if len(alike) > 1:
            alike.sort(key=lambda each: _lower_id(searcher, each))
        page += alike
        if begin + len(page) >= end:
            break
    return page[skip - begin : end - begin]


def _merit(ranked: Ranked) -> Merit:
    return ranked.merit


def _lower_id(searcher: Searcher, ranked: Ranked) -> str:
    return ranked.lower_id or fields.lower_id(searcher.doc(ranked.address))


def _is_tied(score: float, better: float) -> bool:
    return score > better * (1 - _ROUNDING)


def _exactly(
    searcher: Searcher, plan: Plan, hits: Sequence[tuple[float, DocAddress]]
) -> list[Ranked]:
    """Compute the scores again: on which rung a hit stands follows from the engine's."""
    downloads = searcher.fast_field_values(fields.DOWNLOADS, [address for _, address in hits])
    worths = [worth for worth, _ in plan.ladder]
    ranked = []
    for (score, address), count in zip(hits, downloads, strict=True):
        weight = math.log2(2 + int(count or 0))
        _, worth = min((abs(each * weight - score), each) for each in worths)
        ranked.append(Ranked(_worthy(worth, int(count or 0)), address))
    return ranked


def _tied(searcher: Searcher, plan: Plan, score: float, limit: int) -> Iterator[Ranked]:
    """Find the first of those that score so, rung by rung."""
    for worth, query in plan.ladder:
        least, most = _downloads(score / worth)
        if least > most:
            continue
        narrowed = all_of([plan.filter, query, fields.downloaded(least, most)])
        found = searcher.search(
            narrowed, limit=limit, count=False, order_by_field=fields.ORDER, order=Order.Asc
        )
        for text, address in found.hits:
            downloads, lower_id = fields.ordered(text)
            yield Ranked(_worthy(worth, downloads), address, lower_id)


def _worthy(worth: float, downloads: int) -> Merit:
    return Merit(-worth * math.log2(2 + downloads), -downloads)


def _downloads(weight: float) -> tuple[int, int]:
    """Say from how many to how many downloads have a logarithm of about this."""
    if weight > math.log2(2 + fields.MOST_DOWNLOADS) + 1:
        return 1, 0
    around = (2 ** (weight * (1 + sign * 2 * _ROUNDING)) - 2 for sign in (-1, 1))
    least, most = around
    return max(0, math.ceil(least)), math.floor(most)
