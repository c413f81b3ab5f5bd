"""Licence expressions: which licences hold for a package, and how they combine.

https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
"""

import re
from dataclasses import dataclass
from typing import Self

from feed.errors import InvalidLicense, shown

_LICENSE = re.compile(r"(?:DocumentRef-[0-9A-Za-z.-]+:)?[0-9A-Za-z.-]+\+?")
_EXCEPTION = re.compile(r"[0-9A-Za-z.-]+")

_SYMBOLS = {"AND", "OR", "WITH", "(", ")"}

# The grammar has no rule that counts anything but parentheses, so a table of what may come
# after what is all of it. Nothing recurses, however deep the parentheses are.
_AFTER = {
    "start": {"license", "("},
    "(": {"license", "("},
    "AND": {"license", "("},
    "OR": {"license", "("},
    "WITH": {"exception"},
    "license": {"AND", "OR", "WITH", ")", "end"},
    "exception": {"AND", "OR", ")", "end"},
    ")": {"AND", "OR", ")", "end"},
}


@dataclass(frozen=True, slots=True)
class LicenseExpression:
    """A well-formed expression; whether its identifiers are anyone's licences is not asked.

    A private feed holds packages under private licences.
    """

    words: tuple[str, ...]
    """Identifiers, operators and parentheses, in their order."""

    @classmethod
    def parse(cls, text: str) -> Self:
        words = tuple(text.replace("(", " ( ").replace(")", " ) ").split())
        fault = _find_fault(words)
        if fault is not None:
            raise InvalidLicense(text, fault)
        return cls(words)

    def __str__(self) -> str:
        """With single blanks, and none inside parentheses."""
        return " ".join(self.words).replace("( ", "(").replace(" )", ")")


def _find_fault(words: tuple[str, ...]) -> str | None:
    previous, depth = "start", 0
    for word in words:
        kind = _kind(word, previous)
        if kind is None:
            return f"{shown(word)} is not an SPDX identifier"
        if kind not in _AFTER[previous]:
            return f"{shown(word)} cannot stand there"
        depth += (word == "(") - (word == ")")
        if depth < 0:
            return "a parenthesis is closed that was not opened"
        previous = kind
    if "end" not in _AFTER[previous]:
        return "it ends too early"
    return "a parenthesis is not closed" if depth else None


def _kind(word: str, previous: str) -> str | None:
    """Say what a word is, where the word before it decides between licence and exception."""
    if word in _SYMBOLS:
        return word
    kind, grammar = ("exception", _EXCEPTION) if previous == "WITH" else ("license", _LICENSE)
    return kind if grammar.fullmatch(word) else None
