"""The row protocol: small entities under (table, partition, row), with transactions."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

Value = str | int | bool
"""What a property holds. An int is 64 bits wide; a property that is None is left out."""


class Key(NamedTuple):
    """Where one row lies."""

    table: str
    partition: str
    row: str


class Span(NamedTuple):
    """The rows of one partition with `low <= row < high`, in ordinal order; None is no bound."""

    table: str
    partition: str
    low: str = ""
    high: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    key: Key
    values: Mapping[str, Value]
    etag: str


class RowExists(Exception):
    """`create` met a row that was there already."""


class RowChanged(Exception):
    """A replace or a delete met another ETag than the caller had read, or no row at all."""


@dataclass(frozen=True, slots=True)
class Create:
    key: Key
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Replace:
    key: Key
    values: Mapping[str, Value]
    etag: str


@dataclass(frozen=True, slots=True)
class Delete:
    """In a transaction the row must be there; `etag` None means whatever its state."""

    key: Key
    etag: str | None = None


Write = Create | Replace | Delete


class Rows(Protocol):
    async def find(self, key: Key) -> Row | None: ...

    async def create(self, key: Key, values: Mapping[str, Value]) -> str:
        """Insert a row and return its ETag."""

    async def replace(self, key: Key, values: Mapping[str, Value], *, etag: str) -> str: ...

    async def put(self, key: Key, values: Mapping[str, Value]) -> None:
        """Insert or overwrite, whatever is there."""

    async def delete(self, key: Key, *, etag: str | None = None) -> None:
        """Remove a row. Without an ETag, one that is not there is no matter."""

    def query(self, span: Span, *, select: Sequence[str] | None = None) -> AsyncIterator[Row]:
        """Read a span in order, page by page as it is consumed."""

    def scan(self, table: str) -> AsyncIterator[Row]:
        """Read a whole table, partition by partition: for tools, never for a request."""

    async def transaction(self, writes: Sequence[Write]) -> None:
        """Do all of it or nothing; every key lies in one partition and stands once."""

    async def close(self) -> None: ...
