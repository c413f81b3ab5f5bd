"""The blob protocol, and the one loop that changes a blob safely.

Answers can be lost. A write that storage did, but whose answer never came, is
sent once more and then meets itself: `create` raises `BlobExists` and `replace`
raises `BlobChanged`, although it was this caller who wrote. Who must know reads
the blob and looks for what it wrote.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, Protocol

from feed.errors import Contended


class BlobExists(Exception):
    """`create` met a blob that was there already."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} exists")


class BlobChanged(Exception):
    """Another ETag was met than had been read, or no blob at all."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not what it was")


@dataclass(frozen=True, slots=True)
class Blob:
    """A small blob, whole."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class BlobStream:
    """A large blob in pieces: `size` is the whole blob's, `chunks` is what was asked for."""

    size: int
    etag: str
    chunks: AsyncIterator[bytes]


class Blobs(Protocol):
    """Bytes under paths like `a/b/c.json`; `feed.storage.limits` says which paths can be."""

    async def find(self, path: str, *, known: Blob | None = None) -> Blob | None:
        """Return what is there, or `known` itself while that is still what is there."""

    async def open(
        self, path: str, *, offset: int = 0, length: int | None = None
    ) -> BlobStream | None:
        """Start reading; nothing is held in memory but the piece under way.

        What lies beyond the end is left out; a length of 0 only asks for size and
        ETag. The chunks are of one state of the blob: where storage cannot go on with
        that state, since the blob was replaced or deleted, they end in `BlobChanged`.
        """

    async def create(self, path: str, body: bytes | BinaryIO) -> str:
        """Store a new blob and return its ETag; a file is sent in blocks, from its start."""

    async def replace(self, path: str, body: bytes, *, etag: str) -> str:
        """Store over what has this ETag, and return the new one."""

    async def delete(self, path: str) -> None:
        """Remove a blob; one that is not there is no matter."""

    def names(self, prefix: str) -> AsyncIterator[str]:
        """Every path that starts with `prefix`, in ordinal order."""

    async def signed_url(
        self, path: str, *, lifetime: timedelta, filename: str, content_type: str
    ) -> str | None:
        """An address that anyone may read for a while, or None where storage has no address."""

    async def close(self) -> None: ...


Change = Callable[[bytes | None], bytes]


async def update(blobs: Blobs, path: str, change: Change, *, attempts: int = 8) -> Blob:
    """Apply `change`, again from what is newly there whenever another writer came first.

    `change` must be pure, since it may run more than once, and idempotent, since
    it may meet its own work when an answer was lost. A change that leaves the
    bytes as they are writes nothing.
    """
    for attempt in range(attempts):
        current = await blobs.find(path)
        body = change(current.body if current else None)
        try:
            if current is None:
                return Blob(body, await blobs.create(path, body))
            if body == current.body:
                return current
            return Blob(body, await blobs.replace(path, body, etag=current.etag))
        except (BlobExists, BlobChanged):
            await asyncio.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311  (jitter, not a secret)
    raise Contended(path)
