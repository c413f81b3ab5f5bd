"""Indexes for tests, filled with packages made from a few words."""

from collections.abc import Iterable
from pathlib import Path

from feed.nuget.search_card import Card
from feed.nuget.search_package import VIEWS, Known, Package, View
from feed.nuget.search_request import Request
from feed.services.search.index import Index

STABLE, STABLE2, PRE, EVERYTHING = VIEWS


def card(package_id: str, version: str = "1.0.0", **texts: object) -> Card:
    given = {"id": package_id, "version": version, "authors": "Contoso", "description": "Things"}
    return Card.model_validate({**given, **texts})


def package(*cards: Card, downloads: int = 0) -> Package:
    """A package whose versions have these cards; the first has been downloaded so often."""
    known = tuple(
        Known(
            version=each.version,
            attempt=f"{each.id} {each.version}",
            semver2=each.semver2,
            downloads=0 if number else downloads,
        )
        for number, each in enumerate(cards)
    )
    return Package(known).with_cards(
        {each.attempt: card for each, card in zip(known, cards, strict=True)}
    )


def filled(folder: Path, packages: Iterable[Package]) -> Index:
    index = Index(folder)
    put(index, packages)
    return index


def put(index: Index, packages: Iterable[Package]) -> None:
    by_id = {next(iter(each.cards.values())).id.lower(): each for each in packages}
    index.put(by_id, index.sequence + len(by_id))


def find(index: Index, text: str, view: View = STABLE, **request: int | str) -> list[str]:
    """The ids that a text finds, in their order."""
    asked = Request.parse({"q": text, **{name: str(value) for name, value in request.items()}})
    found = index.search(Request(text, view, asked.package_type, asked.skip, asked.take))
    return [hit.card.id for hit in found.hits]
