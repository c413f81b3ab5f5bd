"""Lists of packages: what was published last, and what is found."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from feed.nuget.catalog import Event
from feed.nuget.leaf import find_file
from feed.nuget.search import Hit
from feed.nuget.search_card import Card
from feed.nuget.search_package import View
from feed.nuget.search_request import MOST_SKIPPED, Request
from feed.nuget.timestamps import format_ticks
from feed.nuget.version import Version
from feed.services.showcase import EVERYTHING
from feed.web.texts import counted, cut, special_types

if TYPE_CHECKING:
    from feed.services.search.index import Found

_HITS: Final = 20
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)

TYPES: Final = {
    "": "All packages",
    "dependency": "Libraries",
    "dotnettool": ".NET tools",
    "template": "Templates",
    "msbuildsdk": "Project SDKs",
}
"""The package types that people choose from, in lower case, as NuGet compares them."""


@dataclass(frozen=True, slots=True)
class Item:
    """A package in a list."""

    id: str
    version: str
    authors: list[str]
    about: str
    """When it was published, or how often it was downloaded."""

    icon: str | None
    description: str
    marks: list[str]
    tags: list[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for, and which page of it."""

    text: str
    prerelease: bool
    number: int
    package_type: str = ""
    is_search: bool = True
    """Whether anything was asked for, even if for everything."""

    owner: str = ""
    uses: str = ""
    """The id that all of them depend on."""

    @property
    def is_form(self) -> bool:
        """Whether this is what the form asks for."""
        return not self.owner and not self.uses

    @property
    def types(self) -> dict[str, str]:
        """What there is to choose from: what is chosen too, even if it is not among them."""
        return TYPES | {self.package_type: TYPES.get(self.package_type, self.package_type)}

    @property
    def request(self) -> Request:
        view = EVERYTHING if self.uses else View(self.prerelease, semver2=True)
        skip = (self.number - 1) * _HITS
        return Request(self.text, view, self.package_type, skip=skip, take=_HITS)

    @property
    def with_prereleases(self) -> str:
        """The query of the same, prereleases too."""
        return replace(self, prerelease=True).address(1)

    def address(self, number: int) -> str:
        """The query of another page of the same."""
        given = {
            "q": "" if self.owner else self.text,
            "uses": self.uses,
            "packageType": self.package_type,
            "prerelease": "true" if self.prerelease else "",
        }
        said = {name: value for name, value in given.items() if value}
        return "?" + urlencode(said | {"page": number})


@dataclass(frozen=True, slots=True)
class Results:
    packages: list[Item]
    total: int | None
    """Of all pages; None while nobody can tell."""

    has_more: bool = False


def page_number(parameters: Mapping[str, str]) -> int:
    """Read which page is asked for; what makes no sense is the first."""
    given = parameters.get("page", "")
    return int(given) if _NUMBER.fullmatch(given) else 1


def asked(parameters: Mapping[str, str]) -> Asked:
    parsed = Request.parse(parameters)
    return Asked(
        parsed.text.strip()[:500],
        parsed.view.prerelease,
        page_number(parameters),
        parsed.package_type[:100],
        is_search=bool(parameters),
        uses=parameters.get("uses", "")[:100],
    )


def asked_of(owner: str, parameters: Mapping[str, str]) -> Asked:
    """Ask for the packages of one author."""
    name = owner.replace('"', "")
    return Asked(f'owner:"{name}"', prerelease=True, number=page_number(parameters), owner=owner)


def results(found: "Found", asked: Asked) -> Results:
    hits = [_hit(each) for each in found.hits]
    end = asked.number * _HITS
    return Results(hits, found.total, has_more=found.total > end and end <= MOST_SKIPPED)


def item(event: Event, card: Card) -> Item:
    marks = ["deprecated"] if event.deprecation else []
    return _item(card, format_ticks(event.published)[:10], marks)


def _hit(hit: Hit) -> Item:
    card = hit.card
    shown = next(each for each in hit.versions if each.version == card.version)
    marks = ["deprecated"] if shown.deprecation else []
    downloads = sum(each.downloads for each in hit.versions)
    return _item(card, counted(downloads, "download"), marks)


def _item(card: Card, about: str, marks: list[str]) -> Item:
    version = Version.parse(card.version)
    icon = f"/v3/content/{card.id.lower()}/{version.lower}/icon"
    return Item(
        id=card.id,
        version=str(version),
        authors=[cut(each, 100) for each in card.owners[:5]],
        about=about,
        icon=icon if find_file(card.files, "icon") else None,
        description=cut(card.summary or card.description, 300),
        marks=[*special_types(card.types), *marks],
        tags=[cut(each, 40) for each in card.tags[:8]],
    )
