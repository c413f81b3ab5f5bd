"""What people are shown of packages, gathered from where it is kept."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from feed.errors import (
    FileGone,
    FileNotFound,
    PackageNotFound,
    SearchNotReady,
    VersionNotFound,
    shown,
)
from feed.nuget import content
from feed.nuget.catalog import Event
from feed.nuget.identity import PackageId
from feed.nuget.leaf import Leaf, SymbolsLeaf, VersionState, find_file
from feed.nuget.manifest import Manifest
from feed.nuget.pictures import Picture, unpack
from feed.nuget.search_card import Card
from feed.nuget.search_package import View
from feed.nuget.search_request import Request
from feed.nuget.summaries import History
from feed.nuget.symbols import Pdb
from feed.nuget.version import Version
from feed.services import paths, records
from feed.services.cache import Cache
from feed.services.downloads import Downloads, Totals
from feed.services.log import Log
from feed.services.packages import StoredFile
from feed.services.search.searching import Search
from feed.services.truth import Truth

if TYPE_CHECKING:
    from feed.services.search.index import Found

T = TypeVar("T")

EVERYTHING: Final = View(prerelease=True, semver2=True)

_LOOKED_BACK: Final = 100
"""Events that are looked at for what was published last."""

_LOOKED_UP: Final = 50
"""Dependencies of which it is found out whether they are on this feed."""

_USERS: Final = 10
_NEAR: Final = 5

_PATIENCE: Final = 1.0
"""Seconds that a page waits for what it can do without."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One version of a package, and what there is beside it."""

    state: VersionState
    leaf: Leaf
    history: History
    pdbs: tuple[Pdb, ...]
    """What there is of its symbols, from wherever they came."""

    downloads: Totals
    readme: bytes | None
    on_this_feed: frozenset[str]
    """Which of the dependencies are, by their lower-case ids."""

    users: "Found | None"
    """The packages that depend on it; None while search cannot tell."""


@dataclass(frozen=True, slots=True)
class ShownLicense:
    manifest: Manifest
    version: str
    body: bytes | None
    """Of the file, if the package brings one."""

    is_markdown: bool


@dataclass(frozen=True, slots=True)
class Absent:
    """What there is in place of a version or a package that is not there."""

    history: History | None
    """The versions that there are and were of the id; None if there was never any."""

    near: list[str]
    """Ids that may have been meant."""


@dataclass(frozen=True, slots=True)
class Showcase:
    cache: Cache
    truth: Truth
    log: Log
    downloads: Downloads
    search: Search

    async def get(self, package_id: PackageId, version: Version | None) -> Shown:
        """Gather all about a version; of the best one if none is named."""
        document = await self.cache.find(paths.registration(package_id))
        if document is None:
            raise PackageNotFound(package_id)
        history = History.of(document.body)
        version = version or history.find_best()
        if version is None:
            raise PackageNotFound(package_id)
        state = await self._get_state(package_id, version)
        return await self._gather(package_id, version, state, history)

    async def get_license(self, package_id: PackageId, version: Version) -> ShownLicense:
        """Gather what a version says of its licence."""
        state = await self._get_state(package_id, version)
        leaf, body = await asyncio.gather(
            self.truth.get_leaf(package_id, version, state.attempt),
            self._find_file(package_id, version, state, "license"),
        )
        name = find_file(state.files, "license") or ""
        return ShownLicense(leaf.manifest, str(version), body, is_markdown=name.endswith(".md"))

    async def get_picture(
        self, package_id: PackageId, version: Version, number: str
    ) -> tuple[StoredFile, Picture]:
        """Find one of the pictures of a readme, for `read_picture`; they count from 0."""
        state = await self._get_state(package_id, version)
        leaf = await self.truth.get_leaf(package_id, version, state.attempt)
        picture = {str(at): each for at, each in enumerate(leaf.pictures)}.get(number)
        if picture is None:
            raise FileNotFound(package_id, version, f"picture {shown(number)}")
        nupkg = paths.file(package_id, version, state.attempt, paths.NUPKG)
        return StoredFile(nupkg, picture.media_type, f'"{state.attempt}"'), picture

    async def read_picture(self, nupkg: str, picture: Picture) -> bytes:
        packing = picture.packing
        stream = await self.truth.blobs.open(nupkg, offset=packing.offset, length=packing.length)
        if stream is None:
            raise FileGone
        body = unpack(picture, b"".join([chunk async for chunk in stream.chunks]))
        if body is None:
            raise FileGone
        return body

    async def find_instead(self, package_id: PackageId) -> Absent:
        """Find what to show to somebody who asked for what is not there."""
        document = await self.cache.find(paths.registration(package_id))
        if document:
            return Absent(History.of(document.body), [])
        request = Request(view=EVERYTHING, take=_NEAR)
        found = await _if_soon(self.search.find_near(package_id, request))
        return Absent(None, [hit.card.id for hit in found.hits] if found else [])

    async def find_total(self) -> int | None:
        """Say how many packages there are to be found; None while search cannot tell."""
        found = await _if_soon(self.search.find(Request(view=EVERYTHING, take=0)))
        return found.total if found else None

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

    async def _get_state(self, package_id: PackageId, version: Version) -> VersionState:
        state = records.state(await self.truth.get_row(package_id, version))
        if state.deleted:
            raise VersionNotFound(package_id, version)
        return state

    async def _gather(
        self, package_id: PackageId, version: Version, state: VersionState, history: History
    ) -> Shown:
        request = Request(view=EVERYTHING, take=_USERS)
        leaf, pushed, readme, downloads, users = await asyncio.gather(
            self.truth.get_leaf(package_id, version, state.attempt),
            self._find_pdbs(package_id, version, state),
            self._find_file(package_id, version, state, "readme"),
            self.downloads.totals(package_id),
            _if_soon(self.search.find_dependents(package_id, request)),
        )
        here = await self._find_here(leaf)
        return Shown(state, leaf, history, leaf.pdbs + pushed, downloads, readme, here, users)

    async def _find_pdbs(
        self, package_id: PackageId, version: Version, state: VersionState
    ) -> tuple[Pdb, ...]:
        """Find what was pushed of the symbols of just this package."""
        if state.symbols is None:
            return ()
        blob = await self.cache.find(
            paths.file(package_id, version, state.symbols, paths.SYMBOLS_LEAF)
        )
        symbols = SymbolsLeaf.model_validate_json(blob.body) if blob else None
        return symbols.pdbs if symbols and symbols.package == state.attempt else ()

    async def _find_file(
        self, package_id: PackageId, version: Version, state: VersionState, kind: str
    ) -> bytes | None:
        name = find_file(state.files, kind)
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


async def _if_soon(found: Awaitable[T]) -> T | None:
    try:
        return await asyncio.wait_for(found, _PATIENCE)
    except (SearchNotReady, TimeoutError):
        return None


def _newest_of_each(changes: Iterable[tuple[Event, str | None]]) -> list[tuple[Event, str]]:
    """Keep of each id what was published last, newest first, as the last change of it says.

    Symbols, and all else that is done to a version later, make it no newer.
    """
    last = {(event.id.lower(), event.version.lower()): (event, card) for event, card in changes}
    newest: dict[str, tuple[Event, str]] = {}
    for event, card in sorted(last.values(), key=_published, reverse=True):
        if event.listed and not event.deleted and card is not None:
            newest.setdefault(event.id.lower(), (event, card))
    return list(newest.values())


def _published(change: tuple[Event, str | None]) -> tuple[int, int]:
    event, _ = change
    return event.published, event.sequence
