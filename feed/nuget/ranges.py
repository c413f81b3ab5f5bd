"""Ranges of versions, as dependencies state them.

https://learn.microsoft.com/nuget/concepts/package-versioning#version-ranges
"""

import re
from dataclasses import dataclass
from typing import Self

from feed.errors import InvalidRange, InvalidVersion
from feed.nuget.version import Version

_GRAMMAR_RULE = "a range is a minimum like 1.0, or an interval like [1.0], [1.0, 2.0) or (, 2.0]"
_INTERVAL = re.compile(r"([\[(])([^,]*)(?:(,)([^,]*))?([\])])")


@dataclass(frozen=True, slots=True)
class VersionRange:
    """All versions between two bounds; None stands for no bound at that end."""

    lower: Version | None = None
    upper: Version | None = None
    includes_lower: bool = False
    includes_upper: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        stripped = text.strip()
        if "*" in stripped:
            raise InvalidRange(text, "a floating version is for project files, not for packages")
        if stripped and stripped[0] not in "[(":
            return cls(lower=_parse_bound(stripped, text), includes_lower=True)
        return cls._parse_interval(stripped, text)

    @classmethod
    def _parse_interval(cls, stripped: str, text: str) -> Self:
        match = _INTERVAL.fullmatch(stripped)
        # Clients take `(, )` for any version, but nothing between the brackets for a mistake.
        if match is None or not (match[2] or match[4]):
            raise InvalidRange(text, _GRAMMAR_RULE)
        opening, first, comma, second, closing = match.groups("")
        if not comma and opening + closing != "[]":
            raise InvalidRange(text, "a single version needs square brackets, like [1.0]")
        lower = _parse_bound(first, text)
        upper = _parse_bound(second, text) if comma else lower
        found = cls(
            lower,
            upper,
            includes_lower=lower is not None and opening == "[",
            includes_upper=upper is not None and closing == "]",
        )
        found._check(text)
        return found

    def _check(self, text: str) -> None:
        if self.lower is None or self.upper is None:
            return
        if self.lower > self.upper:
            raise InvalidRange(text, "its lower bound is above its upper bound")
        # Clients take `(1.0, 1.0)` too, though it holds no version.
        if self.lower == self.upper and self.includes_lower != self.includes_upper:
            raise InvalidRange(text, "its bounds are the same version, both included and excluded")

    @property
    def bounds(self) -> tuple[Version, ...]:
        return tuple(bound for bound in (self.lower, self.upper) if bound is not None)

    @property
    def is_semver2(self) -> bool:
        """Whether a package that depends on it must be hidden from older clients."""
        return any(bound.is_semver2 for bound in self.bounds)

    def contains(self, version: Version) -> bool:
        above = self.lower is None or self.lower < version
        below = self.upper is None or version < self.upper
        at_lower = self.includes_lower and version == self.lower
        at_upper = self.includes_upper and version == self.upper
        return (above or at_lower) and (below or at_upper)

    def __str__(self) -> str:
        """Normalised, as registration shows it: `[1.0.0, 2.0.0)`."""
        opening, closing = "[" if self.includes_lower else "(", "]" if self.includes_upper else ")"
        return f"{opening}{self.lower or ''}, {self.upper or ''}{closing}"


def _parse_bound(part: str, text: str) -> Version | None:
    if not part or part.isspace():
        return None
    try:
        return Version.parse(part)
    except InvalidVersion as error:
        raise InvalidRange(text, str(error)) from error
