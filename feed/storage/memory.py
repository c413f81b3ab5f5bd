"""Blobs and rows in dicts: what the tests and a feed without a disk run on.

Every operation lets other tasks run before it does its work, as any real storage
would: what goes wrong between two calls on Azure goes wrong here, too. The work
itself is done without a pause, so it is atomic.
"""

import asyncio
import secrets
from bisect import bisect_left, insort
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, BinaryIO, Generic, TypeVar

from feed.storage.blobs import Blob, BlobChanged, BlobExists, Blobs, BlobStream
from feed.storage.limits import (
    BLOCK_SIZE,
    PAGE_NAMES,
    PAGE_ROWS,
    check_key,
    check_path,
    check_row,
    check_transaction,
)
from feed.storage.rows import (
    Create,
    Delete,
    Key,
    Row,
    RowChanged,
    RowExists,
    Rows,
    Span,
    Value,
    Write,
)

K = TypeVar("K", bound=Any)  # whatever compares with its like, which has no type
V = TypeVar("V")


class MemoryBlobs:
    def __init__(self) -> None:
        self._blobs: _Ordered[str, Blob] = _Ordered()
        self._etags = _etags()

    async def find(self, path: str, *, known: Blob | None = None) -> Blob | None:
        await asyncio.sleep(0)
        found = self._blobs.get(path)
        return known if known and found and known.etag == found.etag else found

    async def open(
        self, path: str, *, offset: int = 0, length: int | None = None
    ) -> BlobStream | None:
        await asyncio.sleep(0)
        found = self._blobs.get(path)
        if found is None:
            return None
        end = None if length is None else offset + length
        return BlobStream(len(found.body), found.etag, _pieces(memoryview(found.body)[offset:end]))

    async def create(self, path: str, body: bytes | BinaryIO) -> str:
        check_path(path)
        await asyncio.sleep(0)
        if path in self._blobs:
            raise BlobExists(path)
        return self._put(path, body if isinstance(body, bytes) else _whole(body))

    async def replace(self, path: str, body: bytes, *, etag: str) -> str:
        check_path(path)
        await asyncio.sleep(0)
        found = self._blobs.get(path)
        if found is None or found.etag != etag:
            raise BlobChanged(path)
        return self._put(path, body)

    async def delete(self, path: str) -> None:
        check_path(path)
        await asyncio.sleep(0)
        self._blobs.remove(path)

    async def names(self, prefix: str) -> AsyncIterator[str]:
        low = prefix
        while True:
            await asyncio.sleep(0)
            page = self._blobs.keys(low, None, PAGE_NAMES)
            for name in page:
                if not name.startswith(prefix):
                    return
                yield name
            if len(page) < PAGE_NAMES:
                return
            low = _after(page[-1])

    async def signed_url(
        self,
        path: str,
        *,
        lifetime: timedelta,
        filename: str,
        content_type: str,
    ) -> str | None:
        return None

    async def close(self) -> None:
        pass

    def _put(self, path: str, body: bytes) -> str:
        etag = f'"{next(self._etags)}"'
        self._blobs.put(path, Blob(body, etag))
        return etag


class MemoryRows:
    def __init__(self) -> None:
        self._rows: _Ordered[Key, Row] = _Ordered()
        self._etags = _etags()

    async def find(self, key: Key) -> Row | None:
        await asyncio.sleep(0)
        return self._rows.get(key)

    async def create(self, key: Key, values: Mapping[str, Value]) -> str:
        check_row(key, values)
        await asyncio.sleep(0)
        if key in self._rows:
            raise RowExists(key)
        return self._put(key, values)

    async def replace(self, key: Key, values: Mapping[str, Value], *, etag: str) -> str:
        check_row(key, values)
        await asyncio.sleep(0)
        self._expect(key, etag)
        return self._put(key, values)

    async def put(self, key: Key, values: Mapping[str, Value]) -> None:
        check_row(key, values)
        await asyncio.sleep(0)
        self._put(key, values)

    async def delete(self, key: Key, *, etag: str | None = None) -> None:
        check_key(key)
        await asyncio.sleep(0)
        if etag is not None:
            self._expect(key, etag)
        self._rows.remove(key)

    def query(self, span: Span, *, select: Sequence[str] | None = None) -> AsyncIterator[Row]:
        table, partition, low, high = span
        after = Key(table, _after(partition), "") if high is None else Key(table, partition, high)
        return self._between(Key(table, partition, low), after, select)

    def scan(self, table: str) -> AsyncIterator[Row]:
        return self._between(Key(table, "", ""), Key(_after(table), "", ""), None)

    async def transaction(self, writes: Sequence[Write]) -> None:
        check_transaction(writes)
        await asyncio.sleep(0)
        for write in writes:
            self._check(write)
        for write in writes:
            if isinstance(write, Delete):
                self._rows.remove(write.key)
            else:
                self._put(write.key, write.values)

    async def close(self) -> None:
        pass

    async def _between(
        self, low: Key, high: Key, select: Sequence[str] | None
    ) -> AsyncIterator[Row]:
        while True:
            await asyncio.sleep(0)
            page = [self._rows[key] for key in self._rows.keys(low, high, PAGE_ROWS)]
            for row in page:
                yield row if select is None else _projected(row, select)
            if len(page) < PAGE_ROWS:
                return
            low = page[-1].key._replace(row=_after(page[-1].key.row))

    def _check(self, write: Write) -> None:
        if isinstance(write, Create):
            if write.key in self._rows:
                raise RowExists(write.key)
        else:
            self._expect(write.key, write.etag)

    def _expect(self, key: Key, etag: str | None) -> None:
        found = self._rows.get(key)
        if found is None or (etag is not None and found.etag != etag):
            raise RowChanged(key)

    def _put(self, key: Key, values: Mapping[str, Value]) -> str:
        etag = f'W/"{next(self._etags)}"'
        self._rows.put(key, Row(key, dict(values), etag))
        return etag


class _Ordered(Generic[K, V]):
    """A dict whose keys can also be read in order, from any point on."""

    def __init__(self) -> None:
        self._values: dict[K, V] = {}
        self._keys: list[K] = []

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def __getitem__(self, key: K) -> V:
        return self._values[key]

    def get(self, key: K) -> V | None:
        return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        if key not in self._values:
            insort(self._keys, key)
        self._values[key] = value

    def remove(self, key: K) -> None:
        if self._values.pop(key, None) is not None:
            del self._keys[bisect_left(self._keys, key)]

    def keys(self, low: K, high: K | None, limit: int) -> list[K]:
        """The first keys with `low <= key < high`, `limit` of them at most."""
        start = bisect_left(self._keys, low)
        end = len(self._keys) if high is None else bisect_left(self._keys, high)
        return self._keys[start : min(end, start + limit)]


def _etags() -> Iterator[int]:
    # Not from 1: what a browser remembers of a feed that was started again must not match.
    return count(secrets.randbits(48))


def _after(text: str) -> str:
    """The text that comes next in ordinal order."""
    return text + "\0"


def _projected(row: Row, names: Sequence[str]) -> Row:
    values = {name: row.values[name] for name in names if name in row.values}
    return Row(row.key, values, row.etag)


def _whole(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


async def _pieces(view: memoryview) -> AsyncIterator[bytes]:
    for start in range(0, len(view), BLOCK_SIZE):
        yield bytes(view[start : start + BLOCK_SIZE])


@dataclass(frozen=True, slots=True)
class MemoryStorage:
    """Storage that forgets everything when the process ends."""

    blobs: Blobs = field(default_factory=MemoryBlobs)
    rows: Rows = field(default_factory=MemoryRows)

    async def ensure(self, _tables: Iterable[str]) -> None:
        """Every table is there as soon as it is named."""

    async def close(self) -> None:
        await self.rows.close()
        await self.blobs.close()
