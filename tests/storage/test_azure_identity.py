import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from azure.data.tables.aio import TableServiceClient
from azure.identity.aio import ManagedIdentityCredential
from azure.storage.blob.aio import BlobServiceClient

from feed.errors import StorageUnavailable
from feed.storage.azure import AzureStorage
from feed.storage.azure_accounts import Identity, managed_identity, named_account
from feed.storage.azure_blobs import AzureBlobs
from feed.storage.azure_rows import AzureRows
from feed.storage.blobs import Blob
from feed.storage.rows import Row
from tests.azurite import NO_RETRIES, Azurite, fresh_name
from tests.storage.contract.samples import TABLES, key
from tests.storage.identities import AnyToken, azurite_with_tokens

pytestmark = pytest.mark.azurite


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Entered:
    """A storage that was entered with a token; its clock, and the certificate to trust."""

    blobs: AzureBlobs
    rows: AzureRows
    clock: Clock
    certificate: Path


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Azurite, Path]]:
    with azurite_with_tokens(tmp_path_factory.mktemp("tokens")) as emulator:
        yield emulator


@pytest.fixture
async def entered(emulator: tuple[Azurite, Path]) -> AsyncIterator[Entered]:
    azurite, certificate = emulator
    trust: dict[str, Any] = {"connection_verify": str(certificate), "retry_total": 0}
    clock, name = Clock(), fresh_name()
    blob_service = BlobServiceClient(azurite.blob_url, AnyToken(), **trust)
    table_service = TableServiceClient(azurite.table_url, credential=AnyToken(), **trust)
    blobs = AzureBlobs(blob_service, name, clock=clock, patience=NO_RETRIES)
    rows = AzureRows(table_service, name, patience=NO_RETRIES)
    await blobs.ensure()
    await rows.ensure(TABLES)
    yield Entered(blobs, rows, clock, certificate)
    await blobs.close()
    await rows.close()


async def sign(entered: Entered, lifetime: timedelta = timedelta(minutes=5)) -> str:
    link = await entered.blobs.signed_url(
        "a", lifetime=lifetime, filename="a.nupkg", content_type="application/x-tiny"
    )
    assert link is not None
    return link


def delegation(link: str) -> tuple[str, str]:
    """From when to when the key lasts that signed a link."""
    query = parse_qs(urlsplit(link).query)
    return query["skt"][0], query["ske"][0]


async def test_a_token_opens_blobs_and_rows(entered: Entered) -> None:
    etag = await entered.blobs.create("a", b"body")
    assert await entered.blobs.find("a") == Blob(b"body", etag)
    etag = await entered.rows.create(key("a"), {"v": 1})
    assert await entered.rows.find(key("a")) == Row(key("a"), {"v": 1}, etag)


async def test_a_link_is_signed_without_a_key(entered: Entered) -> None:
    await entered.blobs.create("a", b"body")
    trust = ssl.create_default_context(cafile=entered.certificate)
    async with httpx.AsyncClient(verify=trust) as client:
        got = await client.get(await sign(entered))
    assert (got.status_code, got.content, got.headers["content-type"]) == (
        200,
        b"body",
        "application/x-tiny",
    )


async def test_one_delegation_signs_many_links(entered: Entered) -> None:
    links = await asyncio.gather(*(sign(entered) for _ in range(8)))
    first = delegation(links[0])
    entered.clock.now += timedelta(hours=5, minutes=54)
    assert {delegation(link) for link in [*links, await sign(entered)]} == {first}


async def test_a_delegation_is_renewed_before_a_link_outlives_it(entered: Entered) -> None:
    _, end = delegation(await sign(entered))
    entered.clock.now += timedelta(hours=5, minutes=56)
    start, later = delegation(await sign(entered))
    assert start < end < later


async def test_a_link_may_live_longer_than_a_delegation_usually_does(entered: Entered) -> None:
    await sign(entered)
    start, end = delegation(await sign(entered, timedelta(hours=30)))
    lasted = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    assert lasted == timedelta(hours=30, minutes=5)


class NoToken(AnyToken):
    """A credential on a machine that has no identity."""

    async def get_token(self, *scopes: str, **options: object) -> AccessToken:
        raise ClientAuthenticationError(f"no identity for {scopes} and {options}")


async def test_without_a_token_storage_is_unavailable() -> None:
    account = named_account("larder", NoToken)
    storage = AzureStorage(account, clock=Clock(), patience=NO_RETRIES)
    for attempt in (
        storage.blobs.find("a"),
        storage.rows.find(key("a")),
        storage.blobs.signed_url(
            "a", lifetime=timedelta(1), filename="a", content_type="text/plain"
        ),
    ):
        with pytest.raises(StorageUnavailable, match="no token for the feed's identity"):
            await attempt
    await storage.close()


async def test_a_machine_has_a_credential() -> None:
    credential = managed_identity("client")()
    assert isinstance(credential, ManagedIdentityCredential)
    await credential.close()


async def test_a_token_never_goes_over_plain_http() -> None:
    account = Identity("http://127.0.0.1:1/a", "http://127.0.0.1:1/a", AnyToken)
    storage = AzureStorage(account, clock=Clock(), patience=NO_RETRIES)
    for use in (lambda: storage.blobs.find("a"), lambda: storage.rows.find(key("a"))):
        with pytest.raises(StorageUnavailable, match="address or connection string"):
            await use()
    await storage.close()
