"""The feed in a process of its own, behind a real socket."""

import logging
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from socket import socket
from typing import TYPE_CHECKING, Final

from feed.app import Feed, function_app, storage
from feed.cli.addresses import bound, public_url
from feed.cli.bench.feeds import settings
from feed.cli.bench.fetching import Connection
from feed.cli.bench.packages import push
from feed.localhost import Localhost, run
from feed.storage.blobs import Blob, Blobs
from feed.storage.counting import CountingBlobs, Ledger
from feed.storage.storage import Storage

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

_HOST: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    process: int
    _waited: "Synchronized[float]"

    @property
    def storage_seconds(self) -> float:
        """For how long its requests have waited for documents from storage, all together."""
        return self._waited.value


class _TimedBlobs(CountingBlobs):
    """Blobs that say how long their readers waited."""

    def __init__(self, blobs: Blobs, waited: "Synchronized[float]") -> None:
        super().__init__(blobs, Ledger())
        self._waited = waited

    async def find(self, path: str, *, known: Blob | None = None) -> Blob | None:
        began = time.perf_counter()
        try:
            return await super().find(path, known=known)
        finally:
            self._waited.value += time.perf_counter() - began


class _TimedStorage:
    def __init__(self, storage: Storage, waited: "Synchronized[float]") -> None:
        self.blobs: Blobs = _TimedBlobs(storage.blobs, waited)
        self.rows = storage.rows
        self.ensure = storage.ensure
        self.close = storage.close


def package_ids(count: int) -> list[str]:
    return [f"measured.{n}" for n in range(count)]


@contextmanager
def served(packages: int = 0, **changed: str) -> Iterator[Server]:
    """Serve a feed that has so many packages, told what `settings` says but for what is changed."""
    with bound(_HOST, 0) as listener:
        port = int(listener.getsockname()[1])
        told = {"public_url": public_url(_HOST, port), **changed}
        context = get_context("spawn")
        waited = context.Value("d", 0.0)
        process = context.Process(target=_serve, args=(listener, packages, told, waited))
        process.start()
        listener.listen()
    try:
        with Connection(port) as connection:
            connection.get("/health")
        yield Server(port, process.pid or 0, waited)
    finally:
        process.terminate()
        process.join()


def _serve(
    listener: socket, packages: int, told: Mapping[str, str], waited: "Synchronized[float]"
) -> None:
    logging.getLogger("feed.access").setLevel(logging.WARNING)  # nginx is told to log nothing, too
    given = settings(**told)
    feed = Feed.on(_TimedStorage(storage(given), waited), given)

    @asynccontextmanager
    async def living() -> AsyncIterator[None]:
        async with feed.running():
            for package_id in package_ids(packages):
                await push(feed, package_id)
            yield

    run(Localhost(function_app(feed), living), listener)
