"""A card: what search has to know of one version, to find it and to show it.

The event that announces a version carries its card, so that whoever follows the
log knows without another read what to index.
"""

import re

import orjson
from pydantic import BaseModel, ConfigDict

from feed.nuget.identity import PackageId
from feed.nuget.leaf import Leaf
from feed.nuget.manifest import DEFAULT_PACKAGE_TYPE, Manifest
from feed.nuget.version import Version

# Azure Tables: a property holds 64 KiB of UTF-16, which are 32,768 units.
LARGEST = 32_000
_DESCRIPTION = 8_000
_LIST = 6_000
_TEXT = 2_000
"""What each kind of text may take of it, in units, as JSON."""

_AUTHOR_DELIMITER = re.compile(r"\s*[,;]\s*")


class Card(BaseModel):
    """The manifest's texts, the longest of them cut, and what a hit shows beside them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    version: str
    """Full: normalised, with build metadata."""

    semver2: bool = False
    title: str | None = None
    authors: str
    description: str
    summary: str | None = None
    tags: tuple[str, ...] = ()
    types: tuple[str, ...] = (DEFAULT_PACKAGE_TYPE,)
    project_url: str | None = None
    icon_url: str | None = None
    license_expression: str | None = None
    license_url: str | None = None
    files: tuple[str, ...] = ()
    """What is stored beside the nupkg, as `icon.png`."""

    dependencies: tuple[str, ...] = ()
    """The ids that any of its groups names."""

    size: int = 0
    """Of the nupkg, in bytes."""

    @property
    def package_id(self) -> PackageId:
        return PackageId.parse(self.id)

    @property
    def owners(self) -> list[str]:
        """Whose it is: its authors one by one, since a feed of one house knows no accounts."""
        return split_authors(self.authors)

    @classmethod
    def of(cls, leaf: Leaf) -> "Card":
        manifest = leaf.manifest
        return cls(
            id=manifest.id,
            version=Version.parse(manifest.version).full,
            semver2=manifest.is_semver2,
            title=manifest.title and _cut(manifest.title, _TEXT),
            authors=_cut(manifest.authors, _TEXT),
            description=_cut(manifest.description, _DESCRIPTION),
            summary=manifest.summary and _cut(manifest.summary, _TEXT),
            tags=_take(manifest.tags, _LIST),
            types=_types(manifest),
            project_url=_whole(manifest.project_url),
            icon_url=_whole(manifest.icon_url),
            license_expression=_whole(manifest.license_expression),
            license_url=_whole(manifest.license_url),
            files=leaf.files,
            dependencies=_take(_dependencies(manifest), _LIST),
            size=leaf.size,
        )


def split_authors(authors: str) -> list[str]:
    return [each for each in _AUTHOR_DELIMITER.split(authors) if each]


def _types(manifest: Manifest) -> tuple[str, ...]:
    names = [each.name for each in manifest.package_types]
    return _take(names, _TEXT) or (DEFAULT_PACKAGE_TYPE,)


def _dependencies(manifest: Manifest) -> list[str]:
    """List each id once, in the spelling that comes first."""
    ids: dict[str, str] = {}
    for group in manifest.dependency_groups:
        for dependency in group.dependencies:
            ids.setdefault(dependency.id.lower(), dependency.id)
    return list(ids.values())


def _units(text: str) -> int:
    return len(orjson.dumps(text).decode().encode("utf-16-le")) // 2


def _cut(text: str, room: int) -> str:
    """Keep what surely fits: no character of a valid text takes more than two units as JSON."""
    return text if _units(text) <= room else text[: room // 2]


def _whole(text: str | None) -> str | None:
    """Keep a text that is of no use when it is cut."""
    return text if text and _units(text) <= _TEXT else None


def _take(texts: list[str] | tuple[str, ...], room: int) -> tuple[str, ...]:
    """Keep as many as fit, in their order."""
    taken = []
    for text in texts:
        room -= _units(text) + 1
        if room < 0:
            break
        taken.append(text)
    return tuple(taken)
