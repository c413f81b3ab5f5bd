"""Blobs in a container of an Azure Storage account."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from io import SEEK_END, BytesIO
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from azure.core import MatchConditions
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobBlock, ContentSettings
from azure.storage.blob.aio import BlobClient, BlobServiceClient

from feed.storage.azure_accounts import Account, ConnectionString, Patience, client_options
from feed.storage.azure_links import Links
from feed.storage.azure_requests import Requests, error_code, meaning
from feed.storage.blobs import Blob, BlobChanged, BlobExists, BlobStream
from feed.storage.limits import BLOCK_SIZE, check_path, path_fault

ROLE = "Storage Blob Data Contributor"

SINGLE_PUT_SIZE = 2**20
"""Up to here one request stores a blob; aiohttp sends larger bodies well only from a file."""

_BINARY = ContentSettings(content_type="application/octet-stream")


def blob_service(
    account: Account, credential: AsyncTokenCredential | None, patience: Patience
) -> BlobServiceClient:
    """Make the SDK's client, which connects when it is first used."""
    # A document comes in one answer, however long it is, so that it is of one state.
    options = {**client_options(account, patience), "max_single_get_size": 2**30}
    if isinstance(account, ConnectionString):
        return BlobServiceClient.from_connection_string(account.text, **options)
    return BlobServiceClient(account.blob_url, credential, **options)


class AzureBlobs:
    """What `Blobs` promises, over a client whose own retries are off."""

    def __init__(
        self,
        service: BlobServiceClient,
        container: str,
        *,
        clock: Callable[[], datetime],
        patience: Patience,
    ) -> None:
        self._service = service
        self._container = service.get_container_client(container)
        self._requests = Requests(urlsplit(service.url).netloc, ROLE, patience)
        self._links = Links(service, container, self._requests, clock)

    async def ensure(self) -> None:
        """Make the container unless it is there."""
        try:
            await self._requests.send(self._container.create_container)
        except HttpResponseError as error:
            if error_code(error) != "ContainerAlreadyExists":
                raise

    async def find(self, path: str, *, known: Blob | None = None) -> Blob | None:
        if path_fault(path):
            return None
        try:
            return await self._requests.send(partial(self._read, path, known), moving=BLOCK_SIZE)
        except HttpResponseError as error:
            if error.status_code == HTTPStatus.NOT_FOUND:
                return None
            if error.status_code == HTTPStatus.NOT_MODIFIED:
                return known
            raise

    async def open(
        self, path: str, *, offset: int = 0, length: int | None = None
    ) -> BlobStream | None:
        if path_fault(path):
            return None
        blob = self._container.get_blob_client(path)
        first = await self._start(blob, offset, BLOCK_SIZE if length is None else length)
        if first is None:
            return None
        end = first.total if length is None else min(first.total, offset + length)
        return BlobStream(first.total, first.etag, self._chunks(blob, first, offset, end))

    async def create(self, path: str, body: bytes | BinaryIO) -> str:
        check_path(path)
        file = BytesIO(body) if isinstance(body, bytes) else body
        with _losing(BlobExists(path)):
            return await self._store(path, file, match_condition=MatchConditions.IfMissing)

    async def replace(self, path: str, body: bytes, *, etag: str) -> str:
        check_path(path)
        unchanged = MatchConditions.IfNotModified
        with _losing(BlobChanged(path)):
            return await self._store(path, BytesIO(body), etag=etag, match_condition=unchanged)

    async def delete(self, path: str) -> None:
        check_path(path)
        try:
            await self._requests.send(partial(self._container.delete_blob, path))
        except HttpResponseError as error:
            if error.status_code != HTTPStatus.NOT_FOUND:
                raise

    async def names(self, prefix: str) -> AsyncIterator[str]:
        pages = self._container.list_blob_names(name_starts_with=prefix or None).by_page()
        async for name in self._requests.read(pages):
            yield name

    async def signed_url(
        self, path: str, *, lifetime: timedelta, filename: str, content_type: str
    ) -> str | None:
        return await self._links.sign(
            path, lifetime=lifetime, filename=filename, content_type=content_type
        )

    async def close(self) -> None:
        await self._service.close()

    async def _read(self, path: str, known: Blob | None) -> Blob:
        download = await self._container.download_blob(path, **_unless(known))
        return Blob(await download.readall(), str(download.properties.etag))

    async def _start(self, blob: BlobClient, offset: int, size: int) -> "_Piece | None":
        """Fetch the first piece, which is empty where nothing is wanted or nothing is left."""
        try:
            if size:
                return await self._fetch(blob, offset, min(size, BLOCK_SIZE))
            return await self._measure(blob)
        except HttpResponseError as error:
            if error.status_code == HTTPStatus.NOT_FOUND:
                return None
            if error.status_code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise
        return await self._measure(blob)

    async def _fetch(self, blob: BlobClient, offset: int, size: int, **condition: Any) -> "_Piece":
        async def download() -> _Piece:
            piece = await blob.download_blob(offset, size, **condition)
            total = int(str(piece.properties.content_range).rpartition("/")[2])
            return _Piece(await piece.readall(), total, str(piece.properties.etag))

        return await self._requests.send(download, moving=size)

    async def _measure(self, blob: BlobClient) -> "_Piece":
        found = await self._requests.send(blob.get_blob_properties)
        return _Piece(b"", found.size, str(found.etag))

    async def _chunks(
        self, blob: BlobClient, first: "_Piece", offset: int, end: int
    ) -> AsyncIterator[bytes]:
        if first.body:
            yield first.body
        same = {"etag": first.etag, "match_condition": MatchConditions.IfNotModified}
        for start in range(offset + len(first.body), end, BLOCK_SIZE):
            with _losing(BlobChanged(blob.blob_name)):
                piece = await self._fetch(blob, start, min(BLOCK_SIZE, end - start), **same)
            yield piece.body

    async def _store(self, path: str, file: BinaryIO, **condition: Any) -> str:
        blob = self._container.get_blob_client(path)
        size = file.seek(0, SEEK_END)
        file.seek(0)
        if size <= SINGLE_PUT_SIZE:
            put = partial(blob.upload_blob, file.read(), overwrite=True)
            send = partial(put, content_settings=_BINARY, **condition)
        else:
            blocks = await self._stage(blob, file)
            send = partial(blob.commit_block_list, blocks, _BINARY, **condition)
        stored = await self._requests.send(send, moving=min(size, SINGLE_PUT_SIZE))
        return str(stored["etag"])

    async def _stage(self, blob: BlobClient, file: BinaryIO) -> list[BlobBlock]:
        """Send the blocks of a file. Those that are never committed vanish within a week."""
        # Ids of our own: whoever sends another file to this path now must not get in between.
        sender = secrets.token_hex(8)
        blocks: list[BlobBlock] = []
        while body := await asyncio.to_thread(file.read, BLOCK_SIZE):
            block = BlobBlock(f"{sender}{len(blocks):06}")
            await self._requests.send(partial(_stage_block, blob, block, body), moving=len(body))
            blocks.append(block)
        return blocks


@dataclass(frozen=True, slots=True)
class _Piece:
    body: bytes
    total: int
    """Bytes of the whole blob."""

    etag: str


def _unless(known: Blob | None) -> dict[str, Any]:
    if known is None:
        return {}
    return {"etag": known.etag, "match_condition": MatchConditions.IfModified}


async def _stage_block(blob: BlobClient, block: BlobBlock, body: bytes) -> None:
    await blob.stage_block(block.id, BytesIO(body), length=len(body))


def _losing(outcome: Exception) -> AbstractContextManager[None]:
    # Azure discards the uncommitted blocks of a blob when somebody else's list is committed.
    return meaning({404: outcome, 409: outcome, 412: outcome, "InvalidBlockList": outcome})
