"""Feeds to measure: what they are told, on which storage, and how they are asked."""

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Final

from starlette.types import Message, Scope

from feed.app import Feed, function_app
from feed.cli.bench.packages import push
from feed.localhost import Localhost
from feed.nuget.identity import PackageId
from feed.nuget.version import Version
from feed.services import paths, records
from feed.services.truth import Told
from feed.settings import Settings
from feed.storage.memory import MemoryBlobs

ADDRESS: Final = "http://feed.example"
ADMIN_KEY: Final = "an admin key for benchmarks only"


class AddressedBlobs(MemoryBlobs):
    """Memory that clients can reach by themselves, as they can reach storage in Azure."""

    async def signed_url(
        self, path: str, *, lifetime: timedelta, filename: str, content_type: str
    ) -> str | None:
        return f"http://storage.example/{path}"


def settings(**changed: str) -> Settings:
    """Read what a measured feed is told, with some of it changed."""
    usual = {"public_url": ADDRESS, "read": "public", "admin_key": ADMIN_KEY, "storage": "memory:"}
    given = {**usual, **changed}
    return Settings.from_environment({f"FEED_{name.upper()}": text for name, text in given.items()})


class Client:
    """Asks the functions of a feed as the local server would, without a socket."""

    def __init__(self, feed: Feed) -> None:
        self._app = Localhost(function_app(feed), nullcontext)

    async def get(self, path: str, **headers: str) -> int:
        """Ask for a path, and return the status of the answer."""
        status, is_asked = 0, False

        async def receive() -> Message:
            nonlocal is_asked
            if is_asked:  # the client waits for the answer, and so do we
                await asyncio.Event().wait()
            is_asked = True
            return {"type": "http.request"}

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)

        await self._app(_scope(path, headers), receive, send)
        return status


def _scope(path: str, headers: dict[str, str]) -> Scope:
    path, _, query = path.partition("?")
    lines = [
        (name.replace("_", "-").lower().encode(), text.encode()) for name, text in headers.items()
    ]
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"feed.example"), *lines],
    }


async def grow(feed: Feed, package_id: str, count: int) -> None:
    """Give an id so many versions, as if each had been pushed."""
    parsed = PackageId.parse(package_id)
    await push(feed, package_id, "1.0.0")
    row = await feed.truth.get_row(parsed, Version.parse("1.0.0"))
    first = records.state(row)
    leaf = await feed.truth.get_leaf(parsed, Version.parse("1.0.0"), first.attempt)
    told = []
    for n in range(1, count):
        version = Version.parse(f"1.0.{n}")
        state = replace(first, version=str(version))
        await feed.truth.insert(parsed, version, state)
        path = paths.leaf(parsed, version, state.attempt)
        await feed.storage.blobs.create(path, leaf.model_dump_json().encode())
        told.append(Told(state, leaf))
    await feed.documents.update(parsed, told)
