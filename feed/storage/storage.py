"""Both kinds of storage together, as a feed is given them."""

from collections.abc import Iterable
from typing import Protocol

from feed.storage.blobs import Blobs
from feed.storage.rows import Rows


class Storage(Protocol):
    @property
    def blobs(self) -> Blobs: ...

    @property
    def rows(self) -> Rows: ...

    async def ensure(self, tables: Iterable[str]) -> None:
        """Make what is missing of the container and the tables."""

    async def close(self) -> None: ...
