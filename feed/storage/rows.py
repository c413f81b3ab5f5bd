"""The row protocol: small entities under (table, partition, row), with transactions.

Answers can be lost. A write that storage did, but whose answer never came, is
sent once more and then meets itself: `create` raises `RowExists`, and `replace`,
`delete` with an ETag and `transaction` raise `RowExists` or `RowChanged`, although
it was this caller who wrote. Who must know reads the row and looks for what it
wrote.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

Value = str | int | bool
"""What a property holds; it comes back as it was given. An int is 64 bits wide."""


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
    """A create met the row that is there already: `key`, where storage said which."""

    def __init__(self, key: Key | None) -> None:
        super().__init__(f"{_named(key)} exists")
        self.key = key


class RowChanged(Exception):
    """A replace or a delete met another ETag than had been read, or no row at all."""

    def __init__(self, key: Key | None) -> None:
        super().__init__(f"{_named(key)} is not what it was")
        self.key = key


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
    """Rows of values; `feed.storage.limits` says how many and how large they can be."""

    async def find(self, key: Key) -> Row | None: ...

    async def create(self, key: Key, values: Mapping[str, Value]) -> str:
        """Insert a row and return its ETag."""

    async def replace(self, key: Key, values: Mapping[str, Value], *, etag: str) -> str:
        """Put these values, and no others, in place of a row that has this ETag."""

    async def put(self, key: Key, values: Mapping[str, Value]) -> None:
        """Insert or overwrite, whatever is there."""

    async def delete(self, key: Key, *, etag: str | None = None) -> None:
        """Remove a row. Without an ETag, one that is not there is no matter."""

    def query(self, span: Span, *, select: Sequence[str] | None = None) -> AsyncIterator[Row]:
        """Read a span in order, page by page as it is consumed.

        With `select`, rows hold only those of their properties.
        """

    def scan(self, table: str) -> AsyncIterator[Row]:
        """Read a whole table, partition by partition: for tools, never for a request."""

    async def transaction(self, writes: Sequence[Write]) -> None:
        """Do all of it or nothing; every key lies in one partition and stands once."""

    async def close(self) -> None: ...


def _named(key: Key | None) -> str:
    return "a row" if key is None else "/".join(key)
