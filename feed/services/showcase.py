"""What people are shown of packages, gathered from where it is kept."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from feed.errors import PackageNotFound, VersionNotFound
from feed.nuget import content
from feed.nuget.catalog import Event
from feed.nuget.identity import PackageId
from feed.nuget.leaf import Leaf, VersionState, find_file
from feed.nuget.search_card import Card
from feed.nuget.summaries import History
from feed.nuget.version import Version
from feed.services import paths, records
from feed.services.cache import Cache
from feed.services.downloads import Downloads, Totals
from feed.services.log import Log
from feed.services.truth import Truth

_LOOKED_BACK: Final = 100
"""Events that are looked at for what was published last."""

_LOOKED_UP: Final = 50
"""Dependencies of which it is found out whether they are on this feed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One version of a package, and what there is beside it."""

    state: VersionState
    leaf: Leaf
    history: History
    downloads: Totals
    readme: bytes | None
    on_this_feed: frozenset[str]
    """Which of the dependencies are, by their lower-case ids."""


@dataclass(frozen=True, slots=True)
class Showcase:
    cache: Cache
    truth: Truth
    log: Log
    downloads: Downloads

    async def get(self, package_id: PackageId, version: Version | None) -> Shown:
        """Gather all about a version; of the best one if none is named."""
        document = await self.cache.find(paths.registration(package_id))
        if document is None:
            raise PackageNotFound(package_id)
        history = History.of(document.body)
        version = version or history.find_best()
        if version is None:
            raise PackageNotFound(package_id)
        state = records.state(await self.truth.get_row(package_id, version))
        if state.deleted:
            raise VersionNotFound(package_id, version)
        return await self._gather(package_id, version, state, history)

    async def has(self, package_id: PackageId) -> bool:
        """Tell whether any version can be restored."""
        document = await self.cache.find(paths.versions(package_id))
        return document is not None and content.versions(document.body) is not None

    async def find_newest(self, count: int) -> list[tuple[Event, Card]]:
        """Find the packages that were published last, each id once."""
        length = (await self.log.find_head()).head.length
        first = max(0, length - _LOOKED_BACK)
        newest = _newest_of_each(await self.log.changes(first, limit=_LOOKED_BACK))
        return [(event, Card.model_validate_json(card)) for event, card in newest][:count]

    async def _gather(
        self, package_id: PackageId, version: Version, state: VersionState, history: History
    ) -> Shown:
        leaf, readme, downloads = await asyncio.gather(
            self.truth.get_leaf(package_id, version, state.attempt),
            self._find_readme(package_id, version, state),
            self.downloads.totals(package_id),
        )
        here = await self._find_here(leaf)
        return Shown(state, leaf, history, downloads, readme, here)

    async def _find_readme(
        self, package_id: PackageId, version: Version, state: VersionState
    ) -> bytes | None:
        name = find_file(state.files, "readme")
        if name is None:
            return None
        blob = await self.cache.find(paths.file(package_id, version, state.attempt, name))
        return blob.body if blob else None

    async def _find_here(self, leaf: Leaf) -> frozenset[str]:
        groups = leaf.manifest.dependency_groups
        named = dict.fromkeys(each.id.lower() for group in groups for each in group.dependencies)
        ids = [PackageId.parse(each) for each in list(named)[:_LOOKED_UP]]
        found = await asyncio.gather(*map(self.has, ids))
        return frozenset(each.lower for each, is_here in zip(ids, found, strict=True) if is_here)


def _newest_of_each(changes: Iterable[tuple[Event, str | None]]) -> list[tuple[Event, str]]:
    """Keep the last change of each id, newest first, unless its version is hidden by now."""
    newest: dict[str, tuple[Event, str]] = {}
    hidden = set()
    for event, card in sorted(changes, key=lambda each: -each[0].sequence):
        subject = event.id.lower(), event.version.lower()
        if event.deleted or not event.listed or card is None:
            hidden.add(subject)
        elif subject not in hidden:
            newest.setdefault(event.id.lower(), (event, card))
    return list(newest.values())
