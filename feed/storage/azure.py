"""Azure's Blob and Table storage, by a connection string or as an identity.

Making an `AzureStorage` neither connects nor loads an SDK: those of blobs and of identity
cost more than all the rest of a cold start, so each is loaded by whoever first needs it.
The clients are made once, on first use inside the running loop, and closed by `close`.

In Azure the deployment makes the container and the tables, and the feed's identity needs no
right to make any; where one is missing, the feed says so. Elsewhere `ensure` makes them, once,
at the start.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from feed.errors import StorageUnavailable
from feed.storage.azure_accounts import PATIENCE, Account, Identity, Patience
from feed.storage.blobs import Blobs
from feed.storage.rows import Rows

if TYPE_CHECKING:  # slow to import
    from azure.core.credentials_async import AsyncTokenCredential

    from feed.storage.azure_blobs import AzureBlobs
    from feed.storage.azure_rows import AzureRows


class AzureStorage:
    """The blobs of one container and the rows of the tables with one prefix."""

    def __init__(
        self,
        account: Account,
        *,
        clock: Callable[[], datetime],
        container: str = "feed",
        prefix: str = "",
        patience: Patience = PATIENCE,
    ) -> None:
        self._account = account
        self._clock = clock
        self._container = container
        self._prefix = prefix
        self._patience = patience
        self._opened: list[AzureBlobs | AzureRows | AsyncTokenCredential] = []
        # A cast, since a stand-in has what the object has for which it stands.
        self.blobs = cast("Blobs", _StandIn(lambda: self._azure_blobs))
        self.rows = cast("Rows", _StandIn(lambda: self._azure_rows))

    async def ensure(self, tables: Iterable[str]) -> None:
        """Make the container and these tables unless they are there."""
        await self._azure_blobs.ensure()
        await self._azure_rows.ensure(tables)

    async def close(self) -> None:
        """Close what was opened; nothing can be used afterwards."""
        while self._opened:
            await self._opened.pop().close()

    @cached_property
    def _azure_blobs(self) -> "AzureBlobs":
        from feed.storage.azure_blobs import AzureBlobs, blob_service  # noqa: PLC0415  (slow)

        with _usable_address():
            service = blob_service(self._account, self._credential, self._patience)
        blobs = AzureBlobs(service, self._container, clock=self._clock, patience=self._patience)
        self._opened.append(blobs)
        return blobs

    @cached_property
    def _azure_rows(self) -> "AzureRows":
        from feed.storage.azure_rows import AzureRows, table_service  # noqa: PLC0415  (slow)

        with _usable_address():
            service = table_service(self._account, self._credential, self._patience)
        rows = AzureRows(service, self._prefix, patience=self._patience)
        self._opened.append(rows)
        return rows

    @cached_property
    def _credential(self) -> "AsyncTokenCredential | None":
        if not isinstance(self._account, Identity):
            return None
        credential = self._account.credential()
        self._opened.append(credential)
        return credential


@contextmanager
def _usable_address() -> Iterator[None]:
    try:
        yield
    except ValueError:  # not chained: its text can hold what nobody should read
        raise StorageUnavailable("its address or connection string cannot be used") from None


class _StandIn:
    """Stands for an object that is made when something of it is first asked for."""

    def __init__(self, get: Callable[[], object]) -> None:
        self._get = get

    def __getattr__(self, name: str) -> Any:  # whatever the object has
        return getattr(self._get(), name)
