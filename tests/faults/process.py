"""One process of the feed, and storage as that process sees it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import BinaryIO, Protocol, TypeVar

from feed.errors import StorageUnavailable
from feed.storage.blobs import Blob, Blobs, BlobStream
from feed.storage.rows import Key, Row, Rows, Span, Value, Write

T = TypeVar("T")

Perform = Callable[[], Awaitable[T]]


class Stopped(BaseException):
    """The process has ended: nothing in it runs any more."""


class Process:
    """Everything that one instance of the feed asks of storage goes through here."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.is_dead = False
        self.down_until = 0.0

    async def call(self, name: str, perform: Perform[T]) -> T:
        if self.is_dead:
            raise Stopped
        self.calls.append(name)
        if asyncio.get_running_loop().time() < self.down_until:
            raise StorageUnavailable("it is down")
        fate = self.find_fate(name)
        return await (fate(self, perform) if fate else perform())

    def find_fate(self, name: str) -> "Fate | None":
        """Say what is to become of a call, unless it is just done."""
        return None

    def die(self) -> Stopped:
        self.is_dead = True
        return Stopped()


class Fate(Protocol):
    """What becomes of one call."""

    async def __call__(self, process: Process, perform: Perform[T]) -> T: ...


class Fated(Process):
    """One that meets its fate at one call: the n-th, or the one that is called so."""

    def __init__(self, at: int | str, fate: Fate) -> None:
        super().__init__()
        self._at = at
        self._fate = fate

    def find_fate(self, name: str) -> Fate | None:
        return self._fate if self._at in (len(self.calls), name) else None


class ProcessBlobs:
    def __init__(self, blobs: Blobs, process: Process) -> None:
        self._blobs = blobs
        self._call = process.call

    async def find(self, path: str, *, known: Blob | None = None) -> Blob | None:
        return await self._call(f"find {path}", lambda: self._blobs.find(path, known=known))

    async def open(
        self, path: str, *, offset: int = 0, length: int | None = None
    ) -> BlobStream | None:
        return await self._call(
            f"open {path}", lambda: self._blobs.open(path, offset=offset, length=length)
        )

    async def create(self, path: str, body: bytes | BinaryIO) -> str:
        return await self._call(f"create {path}", lambda: self._blobs.create(path, body))

    async def replace(self, path: str, body: bytes, *, etag: str) -> str:
        return await self._call(
            f"replace {path}", lambda: self._blobs.replace(path, body, etag=etag)
        )

    async def delete(self, path: str) -> None:
        await self._call(f"delete {path}", lambda: self._blobs.delete(path))

    async def names(self, prefix: str) -> AsyncIterator[str]:
        for name in await self._call(f"list {prefix}", lambda: _all(self._blobs.names(prefix))):
            yield name

    async def signed_url(
        self, path: str, *, lifetime: timedelta, filename: str, content_type: str
    ) -> str | None:
        return None

    async def close(self) -> None:
        pass


class ProcessRows:
    def __init__(self, rows: Rows, process: Process) -> None:
        self._rows = rows
        self._call = process.call

    async def find(self, key: Key) -> Row | None:
        return await self._call(f"find {_named(key)}", lambda: self._rows.find(key))

    async def create(self, key: Key, values: Mapping[str, Value]) -> str:
        return await self._call(f"create {_named(key)}", lambda: self._rows.create(key, values))

    async def replace(self, key: Key, values: Mapping[str, Value], *, etag: str) -> str:
        return await self._call(
            f"replace {_named(key)}", lambda: self._rows.replace(key, values, etag=etag)
        )

    async def put(self, key: Key, values: Mapping[str, Value]) -> None:
        await self._call(f"put {_named(key)}", lambda: self._rows.put(key, values))

    async def delete(self, key: Key, *, etag: str | None = None) -> None:
        await self._call(f"delete {_named(key)}", lambda: self._rows.delete(key, etag=etag))

    async def query(self, span: Span, *, select: Sequence[str] | None = None) -> AsyncIterator[Row]:
        for row in await self._call(
            f"query {span.table}", lambda: _all(self._rows.query(span, select=select))
        ):
            yield row

    async def scan(self, table: str) -> AsyncIterator[Row]:
        for row in await self._call(f"scan {table}", lambda: _all(self._rows.scan(table))):
            yield row

    async def transaction(self, writes: Sequence[Write]) -> None:
        await self._call("announce", lambda: self._rows.transaction(writes))

    async def close(self) -> None:
        pass


async def _all(items: AsyncIterator[T]) -> list[T]:
    return [item async for item in items]


def _named(key: Key) -> str:
    return "/".join(key[1:])
