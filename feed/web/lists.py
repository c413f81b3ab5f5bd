"""Lists of packages: what was published last, and what is found."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
from feed.web.views import cut

if TYPE_CHECKING:
    from feed.services.search.index import Found

_HITS: Final = 20
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)


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
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for, and which page of it."""

    text: str
    prerelease: bool
    number: int
    owner: str = ""

    @property
    def request(self) -> Request:
        view = View(prerelease=self.prerelease, semver2=True)
        skip = (self.number - 1) * _HITS
        return Request(self.text, view, skip=skip, take=_HITS)

    def address(self, number: int) -> str:
        """The query of another page of the same."""
        given = {} if self.owner else {"q": self.text}
        more = {"prerelease": "true"} if self.prerelease else {}
        return "?" + urlencode({**given, **more, "page": number})


@dataclass(frozen=True, slots=True)
class Results:
    packages: list[Item]
    total: int
    has_more: bool = False


def page_number(parameters: Mapping[str, str]) -> int:
    """Read which page is asked for; what makes no sense is the first."""
    given = parameters.get("page", "")
    return int(given) if _NUMBER.fullmatch(given) else 1


def asked(parameters: Mapping[str, str], owner: str = "") -> Asked:
    parsed = Request.parse(parameters)
    text = parsed.text.strip()[:500]
    return Asked(text, parsed.view.prerelease, page_number(parameters), owner)


def results(found: "Found", asked: Asked) -> Results:
    hits = [_hit(each) for each in found.hits]
    end = asked.number * _HITS
    return Results(hits, found.total, has_more=found.total > end and end <= MOST_SKIPPED)


def _hit(hit: Hit) -> Item:
    card = hit.card
    downloads = sum(each.downloads for each in hit.versions)
    return _item(card, f"{downloads:,} downloads")


def item(event: Event, card: Card) -> Item:
    return _item(card, format_ticks(event.published)[:10])


def _item(card: Card, about: str) -> Item:
    version = Version.parse(card.version)
    icon = f"/v3/content/{card.id.lower()}/{version.lower}/icon"
    return Item(
        id=card.id,
        version=str(version),
        authors=[cut(each, 100) for each in card.owners[:5]],
        about=about,
        icon=icon if find_file(card.files, "icon") else None,
        description=cut(card.summary or card.description, 300),
        tags=tuple(cut(each, 40) for each in card.tags[:8]),
    )
