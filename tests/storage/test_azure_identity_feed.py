"""A whole feed on a storage that it enters as itself, as in Azure, without any account key."""

import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from feed.app import Feed
from feed.storage.azure import AzureStorage
from feed.storage.azure_accounts import Identity
from tests.azurite import NO_RETRIES, Azurite, fresh_name
from tests.builders import nupkg
from tests.feeds import ADMIN_KEY, client, settings
from tests.storage.identities import AnyToken, azurite_with_tokens

pytestmark = pytest.mark.azurite

PACKAGE = nupkg("Tiny", "1.0.0")
PATH = "/v3/content/tiny/1.0.0/tiny.1.0.0.nupkg"


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Azurite, Path]]:
    with azurite_with_tokens(tmp_path_factory.mktemp("tokens")) as emulator:
        yield emulator


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def http(
    emulator: tuple[Azurite, Path], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a feed that has the package."""
    azurite, certificate = emulator
    # The one way that reaches every client which the feed makes by itself.
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    name = fresh_name()
    storage = AzureStorage(
        Identity(azurite.blob_url, azurite.table_url, AnyToken),
        clock=clock,
        container=name,
        prefix=name,
        patience=NO_RETRIES,
    )
    feed = Feed.on(storage, settings())
    async with feed.running(), client(feed) as http:
        pushed = await http.put(
            "/api/v2/package", content=PACKAGE, headers={"X-NuGet-ApiKey": ADMIN_KEY}
        )
        assert pushed.status_code == 201
        yield http


async def redirect(http: httpx.AsyncClient) -> str:
    answer = await http.get(PATH)
    assert answer.status_code == 302
    return answer.headers["location"]


def delegation(link: str) -> tuple[str, str]:
    """From when to when the key lasts that signed a link."""
    query = parse_qs(urlsplit(link).query)
    return query["skt"][0], query["ske"][0]


async def test_a_download_comes_by_a_link_that_a_delegation_signed(
    http: httpx.AsyncClient, emulator: tuple[Azurite, Path]
) -> None:
    link = await redirect(http)
    trust = ssl.create_default_context(cafile=emulator[1])
    async with httpx.AsyncClient(verify=trust) as bare:
        served = await bare.get(link)
    assert (served.status_code, served.content) == (200, PACKAGE)
    assert delegation(link)


async def test_downloads_share_a_delegation_until_it_nears_its_end(
    http: httpx.AsyncClient, clock: Clock
) -> None:
    first = delegation(await redirect(http))
    clock.now += timedelta(hours=5)
    second = delegation(await redirect(http))
    clock.now += timedelta(hours=1)
    third = delegation(await redirect(http))
    assert first == second
    assert third > first
