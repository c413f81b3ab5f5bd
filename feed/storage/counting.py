"""Wrappers that write down every storage operation, so that tests can hold us to a number.

One operation is what storage charges for, seen from where it matters: a file that
goes up in blocks is one, a stream that comes in pieces is one, a transaction is one,
and a query or a listing is one for each full page begun. What fails counts, too;
a signed link costs nothing.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, TypeVar

from feed.storage.blobs import Blob, Blobs, BlobStream
from feed.storage.limits import PAGE_NAMES, PAGE_ROWS
from feed.storage.rows import Key, Row, Rows, Span, Value, Write

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Operation:
    kind: str
    """As `blob find` or `row create`."""

    name: str
    """The path, the key, or what was asked for."""

    def __str__(self) -> str:
        return f"{self.kind:16} {self.name}"


class Ledger:
    """What storage was asked to do, in order; print it to see why a count is not the expected."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []

    def __len__(self) -> int:
        return len(self.operations)

    def __str__(self) -> str:
        return "\n".join(str(operation) for operation in self.operations)

    def counts(self) -> Counter[str]:
        """How often each kind of operation ran: compares equal to a plain dict."""
        return Counter(operation.kind for operation in self.operations)

    def note(self, kind: str, name: str) -> None:
        self.operations.append(Operation(kind, name))

    def clear(self) -> None:
        self.operations.clear()


class CountingBlobs:
    def __init__(self, blobs: Blobs, ledger: Ledger) -> None:
        self._blobs = blobs
        self._ledger = ledger

    async def find(self, path: str, *, known: Blob | None = None) -> Blob | None:
        self._ledger.note("blob find", path)
        return await self._blobs.find(path, known=known)

    async def open(
        self, path: str, *, offset: int = 0, length: int | None = None
    ) -> BlobStream | None:
        self._ledger.note("blob open", path)
        return await self._blobs.open(path, offset=offset, length=length)

    async def create(self, path: str, body: bytes | BinaryIO) -> str:
        self._ledger.note("blob create", path)
        return await self._blobs.create(path, body)

    async def replace(self, path: str, body: bytes, *, etag: str) -> str:
        self._ledger.note("blob replace", path)
        return await self._blobs.replace(path, body, etag=etag)

    async def delete(self, path: str) -> None:
        self._ledger.note("blob delete", path)
        await self._blobs.delete(path)

    def names(self, prefix: str) -> AsyncIterator[str]:
        page = Operation("blob names", prefix)
        return _counted(self._blobs.names(prefix), page, PAGE_NAMES, self._ledger)

    async def signed_url(
        self, path: str, *, lifetime: timedelta, filename: str, content_type: str
    ) -> str | None:
        return await self._blobs.signed_url(
            path, lifetime=lifetime, filename=filename, content_type=content_type
        )

    async def close(self) -> None:
        await self._blobs.close()


class CountingRows:
    def __init__(self, rows: Rows, ledger: Ledger) -> None:
        self._rows = rows
        self._ledger = ledger

    async def find(self, key: Key) -> Row | None:
        self._ledger.note("row find", "/".join(key))
        return await self._rows.find(key)

    async def create(self, key: Key, values: Mapping[str, Value]) -> str:
        self._ledger.note("row create", "/".join(key))
        return await self._rows.create(key, values)

    async def replace(self, key: Key, values: Mapping[str, Value], *, etag: str) -> str:
        self._ledger.note("row replace", "/".join(key))
        return await self._rows.replace(key, values, etag=etag)

    async def put(self, key: Key, values: Mapping[str, Value]) -> None:
        self._ledger.note("row put", "/".join(key))
        await self._rows.put(key, values)

    async def delete(self, key: Key, *, etag: str | None = None) -> None:
        self._ledger.note("row delete", "/".join(key))
        await self._rows.delete(key, etag=etag)

    def query(self, span: Span, *, select: Sequence[str] | None = None) -> AsyncIterator[Row]:
        page = Operation(
            "row query", f"{span.table}/{span.partition}/{span.low}..{span.high or ''}"
        )
        return _counted(self._rows.query(span, select=select), page, PAGE_ROWS, self._ledger)

    def scan(self, table: str) -> AsyncIterator[Row]:
        page = Operation("row scan", table)
        return _counted(self._rows.scan(table), page, PAGE_ROWS, self._ledger)

    async def transaction(self, writes: Sequence[Write]) -> None:
        names = (f"{type(write).__name__.lower()} {write.key.row}" for write in writes)
        self._ledger.note("row transaction", ", ".join(names))
        await self._rows.transaction(writes)

    async def close(self) -> None:
        await self._rows.close()


async def _counted(
    items: AsyncIterator[T], page: Operation, size: int, ledger: Ledger
) -> AsyncIterator[T]:
    """Note a page whenever the next item can only have come with another one."""
    ledger.note(page.kind, page.name)
    read = 0
    async for item in items:
        if read and read % size == 0:
            ledger.note(page.kind, page.name)
        read += 1
        yield item
