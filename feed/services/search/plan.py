"""How a query becomes the engine's: what must match, and what a match is worth.

Each term has a ladder: on each rung stands what is at least so good a match, the
best on top. A package is worth what its worst term is worth, so a rung of the
whole query is all of its terms' rungs of that height; and its score is the
highest rung it stands on. Times log2(2 + downloads), which the engine does.

Fields that are asked for by name are filters: they are met or not, and say
nothing of how well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tantivy import Occur, Query

from feed.errors import InvalidVersion
from feed.nuget import search_query
from feed.nuget.search_package import View
from feed.nuget.search_query import Clause, Field
from feed.nuget.search_words import Word, words
from feed.nuget.version import Version
from feed.services.search import fields

SHORTEST_PIECE: Final = 3
"""Letters that a term needs to be looked for in the middle of ids."""

LEAST_FOR_TWO: Final = 6
"""Letters that an id needs for two of them to be wrong: a shorter one would be like any other."""


class Match(StrEnum):
    """In which way a term can match, the best first."""

    ID = "is the id"
    START = "the id starts with it"
    WORD = "it is a word of the id"
    EDGE = "a word of the id starts with it"
    TITLE = "it is a word of the title"
    LABEL = "it is a word of a tag or an author"
    PIECE = "it is somewhere in the id"
    TEXT = "it is a word of the description"


Worth = Mapping[Match, float]

SEARCHED: Final[Worth] = {
    Match.ID: 1000,
    Match.START: 12,
    Match.WORD: 8,
    Match.EDGE: 6,
    Match.TITLE: 4,
    Match.LABEL: 3,
    Match.PIECE: 2,
    Match.TEXT: 1,
}
COMPLETED: Final[Worth] = {
    # log2(2 + downloads) is less than 64: no number of downloads outweighs a better match.
    Match.ID: 64**3,
    Match.START: 64**2,
    Match.EDGE: 64,
    Match.PIECE: 1,
}
_PARTS: Final = (Match.START, Match.EDGE, Match.PIECE)
_OF_THE_ID: Final = (Match.ID, Match.START, Match.WORD, Match.EDGE, Match.PIECE)

# What matches in the better way matches in this one, too, and need not be asked for again.
_COVERS: Final[Mapping[Match, frozenset[Match]]] = {
    Match.START: frozenset({Match.ID}),
    Match.EDGE: frozenset({Match.START, Match.WORD}),
    Match.LABEL: frozenset({Match.TITLE}),
}

Ladder = Sequence[tuple[float, Query]]
"""What is at least of a worth, the best first."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What must match, and the ladder of what that is worth."""

    filter: Query
    ladder: Ladder

    @property
    def query(self) -> Query:
        rungs = [Query.const_score_query(query, worth) for worth, query in self.ladder]
        worth = Query.disjunction_max_query(rungs)
        return all_of([Query.const_score_query(self.filter, 0.0), worth])


def search(query: search_query.Query, view: View, package_type: str) -> Plan:
    filters, ladders = _filters(view, package_type), list[Ladder]()
    for clause in query.clauses:
        if clause.field is Field.ANY:
            ladders += _ladders(clause, SEARCHED)
        elif clause.field is Field.ID:
            worth = {match: SEARCHED[match] for match in _OF_THE_ID}
            ladders += _side_by_side(_ladders(clause, worth))
        else:
            filters += _filter(clause)
    return Plan(all_of(filters), _one_behind_another(ladders))


def complete(text: str, view: View, package_type: str) -> Plan:
    """Plan what ids somebody may mean who has typed so far."""
    ladders = _ladders(Clause(Field.ID, (text,)), COMPLETED)
    return Plan(all_of(_filters(view, package_type)), _one_behind_another(ladders))


def near(text: str, view: View) -> Plan:
    """Plan what ids somebody may mean who named one that is not there: misspelled, or half."""
    once = _misspelled(text, 1)
    twice = _misspelled(text, 2) if len(text) >= LEAST_FOR_TWO else once
    parts = _ladder(text, {match: COMPLETED[match] for match in _PARTS})
    ladder = [
        (COMPLETED[Match.ID] * 64, once),
        (COMPLETED[Match.ID], twice),
        *((worth, any_of([twice, query])) for worth, query in parts),
    ]
    return Plan(all_of(_filters(view, "")), ladder)


def dependents(lower_id: str, view: View) -> Plan:
    """Plan whose shown version depends on an id."""
    filters = [*_filters(view, ""), term(fields.DEPENDENCY, lower_id)]
    return Plan(all_of(filters), _one_behind_another([]))


def _filters(view: View, package_type: str) -> list[Query]:
    filters = [term(fields.VIEW, view.name)]
    return [*filters, term(fields.TYPE, package_type)] if package_type else filters


def _filter(clause: Clause) -> list[Query]:
    """Plan a field, or nothing when none of its values holds a word."""
    queries = [query for value in clause.values for query in _value(clause.field, value)]
    return [any_of(queries)] if queries else []


def _value(field: Field, value: str) -> list[Query]:
    match field:
        case Field.PACKAGE_ID:
            return [term(fields.ID, value.lower())]
        case Field.VERSION:
            return [term(fields.VERSION, _normalised(value))]
        case Field.TAG | Field.OWNER:
            return [term(field.value, value.lower())]
    name = fields.TEXT if field is Field.DESCRIPTION else field.value
    tokens = words(value)
    return [_words(name, tokens)] if tokens else []


def _ladders(clause: Clause, worth: Worth) -> list[Ladder]:
    """Plan a ladder for each value that holds a word."""
    ladders = [_ladder(value, worth) for value in clause.values]
    return [ladder for ladder in ladders if ladder]


def _ladder(text: str, worth: Worth) -> Ladder:
    ladder, reached = [], dict[Match, Query]()
    for match, value in worth.items():
        for query in _match(match, text.lower(), words(text)):
            kept = reached.keys() - _COVERS.get(match, frozenset())
            reached = {each: reached[each] for each in kept} | {match: query}
            ladder.append((value, any_of(reached.values())))
    return ladder


def _match(match: Match, text: str, tokens: list[Word]) -> list[Query]:
    """Plan one way to match, if a text can match in this way at all."""
    if not tokens:
        return []
    match match:
        case Match.ID:
            return [term(fields.ID, text)]
        case Match.START:
            return [_piece(fields.START + text)]
        case Match.PIECE:
            return [_piece(text)] if len(text) >= SHORTEST_PIECE else []
    return [_words(_FIELDS[match], tokens)]


def _misspelled(text: str, letters: int) -> Query:
    return Query.fuzzy_term_query(fields.SCHEMA, fields.ID, text.lower(), distance=letters)


def _piece(text: str) -> Query:
    """Plan what is in the middle of ids: its grams, one right after another."""
    if len(text) < fields.GRAM:
        # tantivy: without a distance to allow for, this is all terms with the prefix;
        # its phrase prefix query would silently stop at the first 50.
        return Query.fuzzy_term_query(fields.SCHEMA, fields.GRAMS, text, distance=0, prefix=True)
    pieces = fields.grams(text)[: len(text) - fields.GRAM + 1]
    if len(pieces) == 1:
        return term(fields.GRAMS, text)
    return Query.phrase_query(fields.SCHEMA, fields.GRAMS, list(pieces))


def _words(name: str, tokens: Iterable[Word]) -> Query:
    return all_of([_word(name, token) for token in tokens])


def _word(name: str, word: Word) -> Query:
    whole = term(name, word.text)
    if not word.parts:
        return whole
    return any_of([whole, all_of([term(name, part) for part in word.parts])])


def term(name: str, value: str) -> Query:
    return Query.term_query(fields.SCHEMA, name, value, index_option="basic")


_FIELDS: Final[Mapping[Match, str]] = {
    Match.WORD: fields.WORDS,
    Match.EDGE: fields.EDGES,
    Match.TITLE: fields.TITLE,
    Match.LABEL: fields.LABELS,
    Match.TEXT: fields.TEXT,
}


def all_of(queries: Iterable[Query]) -> Query:
    return _combined(Occur.Must, queries)


def any_of(queries: Iterable[Query]) -> Query:
    return _combined(Occur.Should, queries)


def _combined(occur: Occur, queries: Iterable[Query]) -> Query:
    found = list(queries)
    return found[0] if len(found) == 1 else Query.boolean_query([(occur, each) for each in found])


def _side_by_side(ladders: Sequence[Ladder]) -> list[Ladder]:
    """Make one ladder of several, any of which will do."""
    heights = _heights(ladders)
    return [[(height, any_of(_rungs(ladders, height))) for height in heights]] if ladders else []


def _one_behind_another(ladders: Sequence[Ladder]) -> Ladder:
    """Make one ladder of several, all of which must be climbed as high."""
    if not ladders:
        return [(1.0, Query.all_query())]
    rungs = [(height, _rungs(ladders, height)) for height in _heights(ladders)]
    return [(height, all_of(each)) for height, each in rungs if len(each) == len(ladders)]


def _heights(ladders: Iterable[Ladder]) -> list[float]:
    return sorted({height for ladder in ladders for height, _ in ladder}, reverse=True)


def _rungs(ladders: Iterable[Ladder], height: float) -> list[Query]:
    """Find what is at least so high on each ladder, where there is anything."""
    at_least = ([query for worth, query in ladder if worth >= height] for ladder in ladders)
    return [queries[-1] for queries in at_least if queries]


def _normalised(text: str) -> str:
    try:
        return Version.parse(text).lower
    except InvalidVersion:
        return text.lower()
