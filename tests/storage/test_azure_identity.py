"""Storage that is entered as somebody, as in Azure, and the links that it signs without a key."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from azure.identity.aio import ManagedIdentityCredential

from feed.errors import StorageUnavailable
from feed.storage.azure import AzureStorage
from feed.storage.azure_accounts import Identity, managed_identity, named_account
from feed.storage.blobs import Blobs
from feed.storage.rows import Rows
from tests.azurite import NO_RETRIES, Azurite
from tests.storage.contract import BlobsContract, RowsContract
from tests.storage.contract.samples import TABLES, key
from tests.storage.identities import AnyToken, Clock, EnteredStorage, azurite_with_tokens

pytestmark = pytest.mark.azurite


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Azurite, Path]]:
    with azurite_with_tokens(tmp_path_factory.mktemp("tokens")) as emulator:
        yield emulator


@pytest.fixture
async def entered(emulator: tuple[Azurite, Path]) -> AsyncIterator[EnteredStorage]:
    storage = EnteredStorage.enter(*emulator)
    await storage.ensure(TABLES)
    yield storage
    await storage.close()


class TestEnteredBlobs(BlobsContract):
    @pytest.fixture
    def blobs(self, entered: EnteredStorage) -> Blobs:
        return entered.blobs


class TestEnteredRows(RowsContract):
    @pytest.fixture
    def rows(self, entered: EnteredStorage) -> Rows:
        return entered.rows


async def sign(entered: EnteredStorage, lifetime: timedelta = timedelta(minutes=5)) -> str:
    link = await entered.blobs.signed_url(
        "a", lifetime=lifetime, filename="a.nupkg", content_type="application/x-tiny"
    )
    assert link is not None
    return link


def delegation(link: str) -> tuple[str, str]:
    """From when to when the key lasts that signed a link."""
    query = parse_qs(urlsplit(link).query)
    return query["skt"][0], query["ske"][0]


async def test_a_link_is_signed_without_a_key(entered: EnteredStorage) -> None:
    await entered.blobs.create("a", b"body")
    trust = ssl.create_default_context(cafile=entered.certificate)
    async with httpx.AsyncClient(verify=trust) as client:
        got = await client.get(await sign(entered))
    assert (got.status_code, got.content, got.headers["content-type"]) == (
        200,
        b"body",
        "application/x-tiny",
    )


async def test_one_delegation_signs_many_links(entered: EnteredStorage) -> None:
    links = await asyncio.gather(*(sign(entered) for _ in range(8)))
    first = delegation(links[0])
    entered.clock.now += timedelta(hours=5, minutes=54)
    assert {delegation(link) for link in [*links, await sign(entered)]} == {first}


async def test_a_delegation_is_renewed_before_a_link_outlives_it(entered: EnteredStorage) -> None:
    _, end = delegation(await sign(entered))
    entered.clock.now += timedelta(hours=5, minutes=56)
    start, later = delegation(await sign(entered))
    assert start < end < later


async def test_a_link_may_live_longer_than_a_delegation_usually_does(
    entered: EnteredStorage,
) -> None:
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
