"""What a request asks search for. Nothing in it is an error: what makes no sense is as if absent.

https://learn.microsoft.com/nuget/api/search-query-service-resource#request-parameters
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from feed.errors import InvalidVersion
from feed.nuget.search_package import VIEWS, View
from feed.nuget.version import Version

# nuget.org: "The `skip` parameter defaults to 0" and is at most 3,000; `take` at most 1,000.
MOST_SKIPPED = 3000
MOST_TAKEN = 1000
_USUALLY_TAKEN = 20

_SEMVER2 = Version.parse("2.0.0")
_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Request:
    """One page of what a text finds in a view."""

    text: str = ""
    view: View = VIEWS[0]
    package_type: str = ""
    """In lower case; empty for any."""

    skip: int = 0
    take: int = _USUALLY_TAKEN

    @property
    def end(self) -> int:
        """How many of the best hits there must be at hand; beyond the limit none are shown."""
        return self.skip + self.take if self.skip <= MOST_SKIPPED else 0

    @classmethod
    def parse(cls, parameters: Mapping[str, str]) -> Self:
        return cls(
            text=_readable(parameters.get("q", "")),
            view=parse_view(parameters),
            package_type=_readable(parameters.get("packageType", "")).strip().lower(),
            skip=max(0, _integer(parameters.get("skip", ""), 0)),
            take=min(max(0, _integer(parameters.get("take", ""), _USUALLY_TAKEN)), MOST_TAKEN),
        )


def parse_view(parameters: Mapping[str, str]) -> View:
    return View(
        prerelease=parameters.get("prerelease", "").strip().lower() == "true",
        semver2=_is_semver2(parameters.get("semVerLevel", "")),
    )


def _readable(text: str) -> str:
    """Put a question mark for each half of a surrogate pair, which is no character."""
    return text.encode("utf-8", "replace").decode()


def _is_semver2(text: str) -> bool:
    try:
        return Version.parse(text) >= _SEMVER2
    except InvalidVersion:
        return False


def _integer(text: str, otherwise: int) -> int:
    """Read a number of any size; Python refuses to convert one of thousands of digits."""
    text = text.strip()
    return int(text[:20]) if _INTEGER.fullmatch(text) else otherwise
