"""All that search knows of one id, and how events change it.

What a query shows of an id depends on what it may see: prereleases or not,
packages of SemVer 2.0.0 or not. Each of these four views has its own newest
version, and a hit is that version with its own texts. The cards of the versions
that are shown are kept. Another version's card is asked for when its turn comes,
because what stood before it was unlisted or deleted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from pydantic import TypeAdapter

from feed.nuget.catalog import Event, Verb
from feed.nuget.leaf import Deprecation
from feed.nuget.search_card import Card
from feed.nuget.version import Version


class View(NamedTuple):
    """What a query may see."""

    prerelease: bool
    semver2: bool

    @property
    def name(self) -> str:
        return f"{self.prerelease:d}{self.semver2:d}"


VIEWS: Final = tuple(
    View(prerelease, semver2) for prerelease in (False, True) for semver2 in (False, True)
)

Change = tuple[Event, Card | None]
"""What happened to a version, and its card, which a deleted one does not have."""


@dataclass(frozen=True, slots=True)
class Known:
    """What search knows of every version, whether it is shown or not."""

    version: str
    """Full: normalised, with build metadata."""

    attempt: str
    """Names its leaf."""

    listed: bool = True
    semver2: bool = False
    downloads: int = 0
    size: int = 0
    """Of the nupkg, in bytes."""

    deprecation: Deprecation | None = None

    def is_in(self, view: View) -> bool:
        is_prerelease = "-" in self.version.partition("+")[0]
        return (
            self.listed
            and (view.prerelease or not is_prerelease)
            and (view.semver2 or not self.semver2)
        )


@dataclass(frozen=True, slots=True)
class Package:
    """The versions of one id, ascending, and the cards of those that are shown."""

    versions: tuple[Known, ...] = ()
    cards: Mapping[str, Card] = field(default_factory=dict)
    """By the attempt that they are of."""

    @property
    def shown(self) -> dict[Known, list[View]]:
        """The versions that are the newest of some views, and of which."""
        shown: dict[Known, list[View]] = {}
        for view in VIEWS:
            newest = next((each for each in reversed(self.versions) if each.is_in(view)), None)
            if newest:
                shown.setdefault(newest, []).append(view)
        return shown

    @property
    def missing(self) -> list[Known]:
        """The versions that are shown, and whose cards nobody has brought."""
        return [known for known in self.shown if known.attempt not in self.cards]

    def changed(self, changes: Iterable[Change]) -> "Package":
        """Take in what happened, in its order; whatever cards come with it are kept."""
        versions = {Version.parse(each.version): each for each in self.versions}
        cards = dict(self.cards)
        for event, card in changes:
            version = Version.parse(event.version)
            if event.deleted:
                versions.pop(version, None)
            elif card and event.verb is not Verb.SYMBOLS:
                versions[version] = _know(event, card, versions.get(version))
                cards[event.attempt] = card
        return Package(tuple(versions[each] for each in sorted(versions)), cards)

    @property
    def downloads(self) -> int:
        return sum(known.downloads for known in self.versions)

    @property
    def size(self) -> int:
        return sum(known.size for known in self.versions)

    def counted(self, downloads: Mapping[str, int]) -> "Package":
        """Say how often each version was downloaded, by its lower-case normalised text."""
        versions = (
            replace(known, downloads=downloads.get(Version.parse(known.version).lower, 0))
            for known in self.versions
        )
        return Package(tuple(versions), self.cards)

    def with_cards(self, more: Mapping[str, Card]) -> "Package":
        """Add cards, and drop those of versions that are not shown."""
        cards = {**self.cards, **more}
        return Package(self.versions, {known.attempt: cards[known.attempt] for known in self.shown})


def dump_versions(versions: Iterable[Known]) -> bytes:
    return _VERSIONS.dump_json(tuple(versions), exclude_defaults=True)


def load_versions(stored: bytes) -> tuple[Known, ...]:
    return _VERSIONS.validate_json(stored)


_VERSIONS = TypeAdapter(tuple[Known, ...])


def _know(event: Event, card: Card, former: Known | None) -> Known:
    is_same = former is not None and former.attempt == event.attempt
    return Known(
        version=event.version,
        attempt=event.attempt,
        listed=event.listed,
        semver2=card.semver2,
        downloads=former.downloads if former and is_same else 0,
        size=card.size,
        deprecation=event.deprecation,
    )
