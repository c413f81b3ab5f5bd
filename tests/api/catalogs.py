"""Following the catalog as an independent reader does, and filling it with events."""

from dataclasses import dataclass

import httpx

from feed.app import Feed
from feed.nuget.catalog import Verb
from feed.nuget.timestamps import parse_ticks
from feed.services import records
from feed.services.callers import Actor
from tests.nuget.shapes import (
    CatalogDetails,
    CatalogIndex,
    CatalogItem,
    CatalogPage,
    CatalogPageLink,
)
from tests.services.pushes import identity

INDEX = "/v3/catalog/index.json"
ME = Actor("me")


async def read_index(http: httpx.AsyncClient) -> CatalogIndex:
    return CatalogIndex.model_validate_json((await http.get(INDEX)).content)


async def read_page(http: httpx.AsyncClient, url: str) -> CatalogPage:
    return CatalogPage.model_validate_json((await http.get(url)).content)


async def read_details(http: httpx.AsyncClient, url: str) -> CatalogDetails:
    return CatalogDetails.model_validate_json((await http.get(url)).content)


@dataclass(slots=True)
class Reader:
    """A reader with a cursor, which remembers nothing else.

    NuGet, catalog-resource: "Fetch the recorded cursor value … Determine which catalog pages have
    a commit timestamp greater than the cursor … Process … all catalog items … in order".
    """

    http: httpx.AsyncClient
    cursor: int = 0

    async def read(self) -> list[CatalogItem]:
        """Return what is new, oldest first, and move the cursor behind it."""
        items: list[CatalogItem] = []
        for link in (await read_index(self.http)).items:
            if self._is_new(link):
                page = await read_page(self.http, link.url)
                items += [item for item in page.items if self._is_new(item)]
        items.sort(key=_ticks)
        if items:
            self.cursor = _ticks(items[-1])
        return items

    def _is_new(self, thing: CatalogPageLink | CatalogItem) -> bool:
        return _ticks(thing) > self.cursor


def _ticks(thing: CatalogPageLink | CatalogItem) -> int:
    return parse_ticks(thing.commit_time_stamp)


async def append(feed: Feed, verb: Verb, times: int = 1) -> None:
    """Append events about Tiny 1.0.0, which has to be there, without changing it."""
    row = await feed.truth.get_row(*identity("Tiny", "1.0.0"))
    told = await feed.truth.tell(records.state(row))
    for _ in range(times):
        intent = await feed.log.intend(verb, *identity("Tiny", "1.0.0"), ME)
        await feed.log.announce(intent, told)
