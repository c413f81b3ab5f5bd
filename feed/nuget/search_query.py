"""What people type into a search box, as nuget.org reads it.

Terms stand between blanks or in quotes. A name and a colon before a term say
where to look: `tags:json owner:"Contoso Ltd" client`. Nothing that is typed is
an error: what makes no sense is left out.

https://learn.microsoft.com/nuget/consume-packages/finding-and-choosing-packages#search-syntax
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 500
"""Characters of a query that are read."""

MOST_TERMS = 16
"""Terms of a query that are read: each costs time, and nobody types so many."""


class Field(StrEnum):
    """Where a term is to be looked for; the value is what people write before the colon."""

    ID = "id"
    PACKAGE_ID = "packageid"
    VERSION = "version"
    TITLE = "title"
    DESCRIPTION = "description"
    SUMMARY = "summary"
    AUTHOR = "author"
    TAG = "tag"
    OWNER = "owner"
    ANY = "*"


_FIELDS = {field.value: field for field in Field} | {
    "authors": Field.AUTHOR,
    "tags": Field.TAG,
    "owners": Field.OWNER,
}
_TAG_DELIMITERS = re.compile(r"[\s,;|]+")
# nuget.org: these are dropped where they stand alone and in capitals. They are not operators.
_DROPPED = {"AND", "OR", "NOT"}


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that a package must have."""

    field: Field
    values: tuple[str, ...]
    """Any of these will do."""


@dataclass(frozen=True, slots=True)
class Query:
    """A package is found when it has all of these; without any, every package is."""

    clauses: tuple[Clause, ...] = ()


def parse_query(text: str) -> Query:
    """Read a query: never an error, and in bounded time."""
    fields: dict[Field, dict[str, None]] = {}
    for field, value in list(_terms(text[:LONGEST]))[:MOST_TERMS]:
        values = _TAG_DELIMITERS.split(value) if field is Field.TAG else [value]
        fields.setdefault(field, {}).update(dict.fromkeys(filter(None, values)))
    return Query(tuple(_clauses(fields)))


def _clauses(fields: dict[Field, dict[str, None]]) -> Iterator[Clause]:
    """Several values of one field: any will do. Several plain terms: each must be there."""
    for field, values in fields.items():
        if field is Field.ANY:
            yield from (Clause(field, (value,)) for value in values)
        elif values:
            yield Clause(field, tuple(values))


def _terms(text: str) -> Iterator[tuple[Field, str]]:
    """Pair each term with its field; one whose field nobody knows is left out."""
    field: Field | None = Field.ANY
    for is_field, value in _tokens(text):
        if is_field:
            field = _FIELDS.get(value.lower())
            continue
        if field:
            yield field, value
        field = Field.ANY


_TOKEN = re.compile(r'"(?P<quoted>[^"]*)"?|(?P<bare>[^\s":]+)(?P<colon>:?)')


def _tokens(text: str) -> Iterator[tuple[bool, str]]:
    """Cut a text into values and names of fields; an unclosed quote runs to the end."""
    for match in _TOKEN.finditer(text):
        value = match["bare"] or match["quoted"]
        if value and not (match["bare"] in _DROPPED and not match["colon"]):
            yield bool(match["colon"]), value
