"""Words: what texts are indexed by, and what queries ask for.

A word is a run of letters and digits, in lower case. Most names in .NET are made
of several, so a word is also known by its parts: `NewtonsoftJson` is found as
`newtonsoftjson`, `newtonsoft` and `json`.
"""

import re
from dataclasses import dataclass

LONGEST = 100
"""Characters of a word that count: as many as an id can have."""

_WORD = re.compile(r"[^\W_]+")
# A part ends where the case rises, before the last capital of several, and between
# letters and digits: EF·Core, XML·Http·Request, net·8.
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    parts: tuple[str, ...] = ()
    """What it is made of, in its order; empty when it is of one piece."""


def words(text: str) -> list[Word]:
    """Take a text apart, in its order."""
    found = (word[:LONGEST] for word in _WORD.findall(text))
    return [Word(word.lower(), _parts(word)) for word in found]


def index_words(text: str) -> list[str]:
    """List everything that a text is to be found by, once each."""
    found: dict[str, None] = {}
    for word in _WORD.findall(text):
        found[word[:LONGEST].lower()] = None
        found.update(dict.fromkeys(_parts(word[:LONGEST])))
    return list(found)


def beginnings(texts: list[str]) -> list[str]:
    """List every beginning of every text, once each, the whole text too."""
    return list({text[:end] for text in texts for end in range(1, len(text) + 1)})


def _parts(word: str) -> tuple[str, ...]:
    """Take a word apart; most words of texts are of one piece, and that is seen at once."""
    if not word.isascii() or (word.islower() and word.isalpha()):
        return ()
    parts = _PART.findall(word)
    return tuple(map(str.lower, parts)) if len(parts) > 1 else ()
