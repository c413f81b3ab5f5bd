"""Package ids, and what an id and a version may be together.

https://learn.microsoft.com/nuget/reference/nuspec#id
"""

import re
from dataclasses import dataclass, field
from typing import Self

from feed.errors import InvalidPackageId, InvalidVersion
from feed.nuget.version import Version

MAX_ID = 100
MAX_TOGETHER = 160
"""Characters of an id and a full version that may be pushed together."""

# Clients take Unicode letters too, but .NET and Python do not agree on their lower case.
_GRAMMAR = re.compile(r"\w+(?:[.-]\w+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class PackageId:
    """The id of a package: shown as it was given, compared without case."""

    lower: str
    """What URLs and keys are made of."""

    text: str = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        if len(text) > MAX_ID:
            raise InvalidPackageId(text, f"it has {len(text)} characters, {MAX_ID} are allowed")
        if not _GRAMMAR.fullmatch(text):
            rule = "an id is ASCII letters, digits and _ in groups joined by a single . or -"
            raise InvalidPackageId(text, rule)
        return cls(text.lower(), text)

    def __str__(self) -> str:
        return self.text


def check_together(package_id: PackageId, version: Version) -> None:
    """Refuse an id and a version that are each short enough, but not together."""
    length = len(package_id.text) + len(version.full)
    if length > MAX_TOGETHER:
        rule = f"with the id {package_id} it has {length} characters, {MAX_TOGETHER} are allowed"
        raise InvalidVersion(version.full, rule)
