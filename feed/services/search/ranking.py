"""The order of hits: by score, then downloads, then id.

The engine does only the first, and rounds: hits whose scores are the same, or
nearly so, come in whatever order they lie. So its scores choose the hits, and
their order is computed again, exactly. Where the last hit that is asked for ties
with the next one, the engine's choice between them means nothing. Then the tie
is asked for once more, rung by rung of the plan's ladder: what scores so on one
rung has the same downloads, nearly, and the engine can order that rightly.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tantivy import DocAddress, Document, Order, Searcher

from feed.services.search import fields
from feed.services.search.plan import Plan, all_of

_ROUNDING: Final = 1e-6
"""By which part of itself a score may be off: the engine's are 32 bits wide."""


class Ranked(NamedTuple):
    """A hit that sorts as it is shown."""

    minus_score: float
    minus_downloads: int
    lower_id: str
    document: Document


class Ranking(NamedTuple):
    total: int
    """Of all pages."""

    first: list[Ranked]


def rank(searcher: Searcher, plan: Plan, end: int) -> Ranking:
    """Count all hits, and put the first of them in order."""
    # tantivy: a limit of 0 is a panic.
    found = searcher.search(plan.query, limit=end + 1, weight_by_field=fields.DOWNLOADS)
    total: int = found.count  # type: ignore[attr-defined]  # missing in tantivy's stubs
    scores = [score for score, _ in found.hits]
    if end == 0:
        return Ranking(total, [])
    first = _exactly(searcher, plan, found.hits[:end])
    if len(scores) > end and _is_tied(scores[end], scores[end - 1]):
        above = {
            each.lower_id: each for each in first if not _is_tied(scores[end], -each.minus_score)
        }
        tied = {each.lower_id: each for each in _tied(searcher, plan, scores[end], end)}
        first = list((tied | above).values())
    return Ranking(total, sorted(first)[:end])


def _is_tied(score: float, better: float) -> bool:
    return score > better * (1 - _ROUNDING)


def _exactly(
    searcher: Searcher, plan: Plan, hits: Sequence[tuple[float, DocAddress]]
) -> list[Ranked]:
    """Compute the scores again: on which rung a hit stands follows from the engine's."""
    downloads = searcher.fast_field_values(fields.DOWNLOADS, [address for _, address in hits])
    ranked = []
    for (score, address), count in zip(hits, downloads, strict=True):
        weight = math.log2(2 + int(count or 0))
        worth = min(
            (worth for worth, _ in plan.ladder), key=lambda each: abs(each * weight - score)
        )
        document = searcher.doc(address)
        ranked.append(_ranked(worth, int(count or 0), fields.lower_id(document), document))
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
            yield _ranked(worth, downloads, lower_id, searcher.doc(address))


def _ranked(worth: float, downloads: int, lower_id: str, document: Document) -> Ranked:
    return Ranked(-worth * math.log2(2 + downloads), -downloads, lower_id, document)


def _downloads(weight: float) -> tuple[int, int]:
    """Say from how many to how many downloads have a logarithm of about this."""
    if weight > math.log2(2 + fields.MOST_DOWNLOADS) + 1:
        return 1, 0
    around = (2 ** (weight * (1 + sign * 2 * _ROUNDING)) - 2 for sign in (-1, 1))
    least, most = around
    return max(0, math.ceil(least)), math.floor(most)
