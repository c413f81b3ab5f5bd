"""Finds packages: for clients as JSON, for pages as hits.

The engine and what is made of its hits run in a thread: a query of common words
takes milliseconds, and a thousand hits with all their versions take tens of them.
"""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feed.errors import InvalidPackageId
from feed.nuget import search
from feed.nuget.identity import PackageId
from feed.nuget.search_package import View
from feed.nuget.search_request import Request
from feed.nuget.urls import Urls
from feed.services.search.following import Following

if TYPE_CHECKING:
    from feed.services.search.index import Found, Index, Sums


@dataclass(frozen=True, slots=True)
class Search:
    following: Following
    urls: Urls

    async def find(self, request: Request) -> "Found":
        index = await self.following.get_index()
        return await asyncio.to_thread(index.search, request)

    async def find_dependents(self, package_id: PackageId, request: Request) -> "Found":
        """Find the packages whose shown version depends on an id."""
        index = await self.following.get_index()
        return await asyncio.to_thread(index.dependents, package_id, request)

    async def find_near(self, package_id: PackageId, request: Request) -> "Found":
        """Find the ids that somebody may mean who named one that is not there."""
        index = await self.following.get_index()
        return await asyncio.to_thread(index.near, package_id, request)

    async def sums(self) -> "Sums":
        """Say how many packages and versions there are, and how large they are together."""
        index = await self.following.get_index()
        return await asyncio.to_thread(index.sums)

    async def answer(self, request: Request) -> bytes:
        index = await self.following.get_index()
        return await asyncio.to_thread(self._search, index, request)

    async def complete(self, request: Request) -> bytes:
        """Answer the ids that somebody may mean who has typed so far."""
        index = await self.following.get_index()
        return await asyncio.to_thread(_complete, index, request)

    async def complete_versions(self, text: str, view: View) -> bytes:
        """Answer the versions of an id, none if there is no such id."""
        index = await self.following.get_index()
        return await asyncio.to_thread(_complete_versions, index, text, view)

    def _search(self, index: "Index", request: Request) -> bytes:
        found = index.search(request)
        return search.search(found.hits, found.total, request.view, self.urls)


def _complete(index: "Index", request: Request) -> bytes:
    found = index.complete(request)
    return search.autocomplete([hit.card.id for hit in found.hits], found.total)


def _complete_versions(index: "Index", text: str, view: View) -> bytes:
    try:
        versions = index.versions(PackageId.parse(text.strip()))
    except InvalidPackageId:
        versions = ()
    return search.autocomplete_versions(versions, view)
