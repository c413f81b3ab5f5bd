"""What search should find, said once more and without an engine: package by package."""

import math
from collections.abc import Iterable
from functools import cache

from feed.nuget.search_card import Card
from feed.nuget.search_package import Package, View
from feed.nuget.search_query import Clause, Field, parse_query
from feed.nuget.search_words import Word, beginnings, words
from feed.nuget.search_words import index_words as all_words
from feed.nuget.version import Version


def found(packages: Iterable[Package], text: str, view: View) -> list[str]:
    """Every id that a text finds in a view, in the order of hits."""
    ranked = []
    clauses = parse_query(text).clauses
    for package in packages:
        for known, views in package.shown.items():
            worth = _worth(package.cards[known.attempt], clauses) if view in views else 0
            downloads = sum(each.downloads for each in package.versions)
            if worth:
                card = package.cards[known.attempt]
                ranked.append((-worth * math.log2(2 + downloads), -downloads, card.id.lower()))
    return [lower_id for _, _, lower_id in sorted(ranked)]


@cache
def index_words(text: str) -> list[str]:
    return all_words(text)


def _worth(card: Card, clauses: Iterable[Clause]) -> int:
    """What the worst term is worth; 0 when one is not there."""
    return min((_clause(card, clause) for clause in clauses), default=1)


def _clause(card: Card, clause: Clause) -> int:
    values = [value for value in clause.values if words(value)]
    if not values:
        return 1000
    return max(_value(card, clause.field, value) for value in values)


def _value(card: Card, field: Field, value: str) -> int:
    asked = value.lower()
    tags = [tag.lower() for tag in card.tags]
    owners = [owner.lower() for owner in card.owners]
    exact = {
        Field.PACKAGE_ID: [card.id.lower()],
        Field.TAG: tags,
        Field.OWNER: owners,
    }
    texts = {
        Field.TITLE: card.title or card.id,
        Field.DESCRIPTION: f"{card.description} {card.summary}",
        Field.SUMMARY: card.summary or "",
        Field.AUTHOR: card.authors,
    }
    if field is Field.VERSION:
        return 1000 * (Version.parse(value) == Version.parse(card.version))
    if field in exact:
        return 1000 * (asked in exact[field])
    if field in texts:
        return 1000 * _has(index_words(texts[field]), words(value))
    return _term(card, value, is_id_only=field is Field.ID)


def _term(card: Card, value: str, *, is_id_only: bool) -> int:
    asked, lower_id, tokens = value.lower(), card.id.lower(), words(value)
    of_id = index_words(card.id)
    title = index_words(card.title or card.id)
    matches = {
        1000: asked == lower_id,
        12: lower_id.startswith(asked),
        8: _has(of_id, tokens),
        6: _has(beginnings(of_id), tokens),
        4: not is_id_only and _has(title, tokens),
        3: not is_id_only
        and _has([*title, *index_words(" ".join([*card.tags, card.authors]))], tokens),
        2: len(asked) > 2 and asked in lower_id,
        1: not is_id_only and _has(index_words(f"{card.description} {card.summary}"), tokens),
    }
    return max((worth for worth, matched in matches.items() if matched), default=0)


def _has(there: list[str], tokens: list[Word]) -> bool:
    return all(
        word.text in there or (word.parts and all(part in there for part in word.parts))
        for word in tokens
    )
