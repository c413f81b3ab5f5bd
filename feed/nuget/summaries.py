"""The versions of an id as people are shown them: newest first, each in a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import orjson

from feed.nuget.registration_document import Stored, read, resolve
from feed.nuget.urls import Hive, Urls
from feed.nuget.version import Version


@dataclass(frozen=True, slots=True)
class Summary:
    version: Version
    published: str
    """The day; empty while it is unlisted, since registration hides it then."""

    listed: bool
    deprecated: bool


@dataclass(frozen=True, slots=True)
class History:
    """All versions of an id, newest first."""

    versions: Sequence[Stored]
    deleted: frozenset[Version]

    @classmethod
    def of(cls, document: bytes) -> Self:
        versions = read(document).versions[::-1]
        gone = (Version.parse(line["version"]) for line, _ in versions if line["deleted"])
        return cls([each for each in versions if not each[0]["deleted"]], frozenset(gone))

    def find_best(self) -> Version | None:
        """Return the newest that is listed, a release if there is one; else the newest."""
        newest_listed = None
        for stored in self.versions:
            if newest_listed and "-" in stored[0]["version"]:
                continue  # thousands of prereleases need not be read to find the last release
            each = summary(stored)
            if each.listed and not each.version.is_prerelease:
                return each.version
            newest_listed = newest_listed or (each.version if each.listed else None)
        if newest_listed or not self.versions:
            return newest_listed
        return summary(self.versions[0]).version

    def page(self, number: int, size: int) -> list[Summary]:
        """Summarise one page of the versions; pages count from 1."""
        return [summary(each) for each in self.versions[(number - 1) * size : number * size]]


def summary(stored: Stored) -> Summary:
    line, fragment = stored
    entry = orjson.loads(resolve(fragment, Hive.GZIP_SEMVER2, Urls("")))["catalogEntry"]
    listed = bool(entry["listed"])
    return Summary(
        version=Version.parse(line["version"]),
        published=str(entry["published"])[:10] if listed else "",
        listed=listed,
        deprecated="deprecation" in entry,
    )
