"""NuGet versions: SemVer 2.0.0 with an optional fourth number.

https://learn.microsoft.com/nuget/concepts/package-versioning
"""

import re
from dataclasses import dataclass, field
from typing import Self

from feed.errors import InvalidVersion

MAX_NUMBER = 2**31 - 1
MAX_PUSHED = 64
"""Characters of a version that may be pushed, with its build metadata."""

_GRAMMAR_RULE = (
    f"a version is 1 to 4 numbers up to {MAX_NUMBER}, then -label and +metadata if need be, "
    "both of letters, digits and hyphens between single dots"
)
_NUMBER = r"\s*0*([0-9]{1,10})\s*"
_IDENTIFIERS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_GRAMMAR = re.compile(
    rf"{_NUMBER}(?:\.{_NUMBER})?(?:\.{_NUMBER})?(?:\.{_NUMBER})?"
    rf"(?:-({_IDENTIFIERS}))?(?:\+({_IDENTIFIERS}))?",
    re.ASCII,
)
_LEADING_ZERO = re.compile(r"(?:^|\.)0[0-9]+(?:\.|$)", re.ASCII)
_SIGNED = re.compile(r"(-?)0*([0-9]{1,10})", re.ASCII)

_Identifier = tuple[int, int, str]
_SortKey = tuple[int, int, int, int, tuple[_Identifier, ...]]

# SemVer 11.3: "a pre-release version has lower precedence than a normal version".
_RELEASE: tuple[_Identifier, ...] = ((2, 0, ""),)


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """One version, equal and ordered as NuGet clients do: no case, no build metadata."""

    sort_key: _SortKey = field(repr=False)
    """Sorting by it gives the versions' own order, only faster."""

    text: str = field(compare=False)
    metadata: str = field(compare=False, default="")

    @classmethod
    def parse(cls, text: str) -> Self:
        match = _GRAMMAR.fullmatch(text.strip())
        if match is None:
            raise InvalidVersion(text, _GRAMMAR_RULE)
        first, second, third, fourth, label, metadata = match.groups("")
        numbers = int(first), int(second or 0), int(third or 0), int(fourth or 0)
        if max(numbers) > MAX_NUMBER:
            raise InvalidVersion(text, _GRAMMAR_RULE)
        if not label:
            return cls((*numbers, _RELEASE), _dotted(numbers), metadata)
        # SemVer 9: "Numeric identifiers MUST NOT include leading zeroes."
        if _LEADING_ZERO.search(label):
            raise InvalidVersion(text, "a number in its label has a leading zero")
        identifiers = tuple(map(_identifier_key, label.lower().split(".")))
        return cls((*numbers, identifiers), f"{_dotted(numbers)}-{label}", metadata)

    @property
    def full(self) -> str:
        """Normalised, with build metadata."""
        return f"{self.text}+{self.metadata}" if self.metadata else self.text

    @property
    def lower(self) -> str:
        """Normalised and in lower case: what URLs and keys are made of."""
        return self.text.lower()

    @property
    def is_prerelease(self) -> bool:
        return "-" in self.text

    @property
    def is_semver2(self) -> bool:
        """Whether clients from before SemVer 2.0.0 must not see it."""
        return bool(self.metadata) or "." in self.text.partition("-")[2]

    def __str__(self) -> str:
        """Normalised: no leading zeroes, no fourth zero, no build metadata."""
        return self.text


def check_pushable(version: Version) -> None:
    """Refuse a version that may be asked for, but is too long to be pushed."""
    if len(version.full) > MAX_PUSHED:
        rule = f"it has {len(version.full)} characters, at most {MAX_PUSHED} can be pushed"
        raise InvalidVersion(version.full, rule)


def _dotted(numbers: tuple[int, int, int, int]) -> str:
    major, minor, patch, revision = numbers
    return f"{major}.{minor}.{patch}.{revision}" if revision else f"{major}.{minor}.{patch}"


def _identifier_key(identifier: str) -> _Identifier:
    """SemVer 11.4.3: "Numeric identifiers always have lower precedence".

    NuGet calls numeric what .NET's `int.TryParse` accepts: a sign is part of the
    number, and what does not fit 32 bits is text, compared character by character.
    The text settles what would be a tie, as of `-1` and `-01`.
    """
    match = _SIGNED.fullmatch(identifier)
    if match is None:
        return (1, 0, identifier)
    number = int(match[1] + match[2])
    return (0, number, identifier) if -(2**31) <= number < 2**31 else (1, 0, identifier)
