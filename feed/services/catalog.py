"""The catalog, made from the log whenever it is asked for.

Events appear in the order of their numbers, so whoever sees one can see all that
came before it. The index reads the head first and the full pages second: a page
that fills in between is met as a full one, and no page is named before the one
in front of it.
"""

from dataclasses import dataclass

from feed.errors import NotFound, shown
from feed.nuget import catalog
from feed.nuget.catalog import PAGE, Event, Verb
from feed.nuget.identity import PackageId
from feed.nuget.urls import Urls
from feed.nuget.version import Version
from feed.services import records
from feed.services.log import Log
from feed.services.truth import Truth


@dataclass(frozen=True, slots=True)
class Page:
    body: bytes
    is_full: bool
    """A page that is full never changes again."""


@dataclass(frozen=True, slots=True)
class Catalog:
    log: Log
    truth: Truth
    urls: Urls

    async def get_index(self) -> bytes:
        newest = (await self.log.find_head()).head.page
        pages = {page.number: page for page in await self.log.full_pages()}
        if newest:
            pages.setdefault(newest.number, newest)
        return catalog.index(list(pages.values()), self.urls)

    async def get_page(self, number: int) -> Page:
        first = catalog.sequences(number).start
        events = await self.log.events(first, limit=PAGE)
        body = catalog.page(number, events, self.urls)
        if body is None:
            raise NotFound(f"the catalog has no page {number}")
        return Page(body, is_full=len(events) == PAGE)

    async def get_leaf(self, sequence: int, name: str) -> bytes:
        """Answer what an event left; `name` says once more of which id and version."""
        event = await self.log.find_event(sequence)
        if event is None or event.verb is Verb.SYMBOLS or not self._is_named(event, name):
            raise NotFound(f"the catalog has no {shown(name)} under {sequence}")
        leaf = None
        if not event.deleted:
            leaf = await self.truth.get_leaf(*event.identity, event.attempt)
        return catalog.leaf(event, leaf, self.urls)

    async def get_newest_leaf(self, package_id: PackageId, version: Version) -> bytes:
        """Answer what holds of a version now."""
        state = records.state(await self.truth.get_row(package_id, version))
        told = await self.truth.tell(state)
        return catalog.newest_leaf(told.state, told.leaf, self.urls)

    def _is_named(self, event: Event, name: str) -> bool:
        address = self.urls.catalog_leaf(*event.identity, event.sequence)
        return address.endswith(f"/{name}.json")
