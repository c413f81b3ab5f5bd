"""Pushing over HTTP, and looking at what came of it."""

from collections.abc import AsyncIterator, Mapping

import httpx

from feed.app import Feed
from feed.services import paths
from tests.feeds import ADMIN_KEY
from tests.services.pushes import identity
from tests.uploads import Upload

PACKAGES = "/api/v2/package"
SYMBOLS = "/api/v2/symbolpackage"
KEY = {"X-NuGet-ApiKey": ADMIN_KEY}


async def push(
    http: httpx.AsyncClient,
    upload: Upload,
    *,
    headers: Mapping[str, str] = KEY,
    with_length: bool = False,
    to: str = PACKAGES,
) -> httpx.Response:
    """Push as clients do: current ones send no length."""

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(upload.body), 50_000):
            yield upload.body[start : start + 50_000]

    content = upload.body if with_length else chunks()
    given = {"Content-Type": upload.content_type, **headers}
    return await http.put(f"{to}/", content=content, headers=given)


async def stored(feed: Feed, package_id: str, version: str) -> bytes:
    """The nupkg as it lies in storage."""
    place = identity(package_id, version)
    row = await feed.truth.get_row(*place)
    blob = await feed.storage.blobs.find(
        paths.file(*place, str(row.values["attempt"]), paths.NUPKG)
    )
    assert blob
    return blob.body


async def is_empty(feed: Feed) -> bool:
    return [name async for name in feed.storage.blobs.names("")] == []
