"""A whole feed on a storage that it enters as itself, as in Azure, without any account key."""

import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from feed.app import Feed
from tests.azurite import Azurite
from tests.builders import nupkg
from tests.feeds import ADMIN_KEY, client, settings
from tests.storage.identities import EnteredStorage, azurite_with_tokens

pytestmark = pytest.mark.azurite

PACKAGE = nupkg("Tiny", "1.0.0")
PATH = "/v3/content/tiny/1.0.0/tiny.1.0.0.nupkg"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Azurite, Path]]:
    with azurite_with_tokens(tmp_path_factory.mktemp("tokens")) as emulator:
        yield emulator


@pytest.fixture
def storage(emulator: tuple[Azurite, Path]) -> EnteredStorage:
    return EnteredStorage.enter(*emulator)


@pytest.fixture
async def http(storage: EnteredStorage) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a feed that has the package."""
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
    http: httpx.AsyncClient, storage: EnteredStorage
) -> None:
    link = await redirect(http)
    trust = ssl.create_default_context(cafile=storage.certificate)
    async with httpx.AsyncClient(verify=trust) as bare:
        served = await bare.get(link)
    assert (served.status_code, served.content) == (200, PACKAGE)
    assert delegation(link)


async def test_downloads_share_a_delegation_until_it_nears_its_end(
    http: httpx.AsyncClient, storage: EnteredStorage
) -> None:
    first = delegation(await redirect(http))
    storage.clock.now += timedelta(hours=5)
    second = delegation(await redirect(http))
    storage.clock.now += timedelta(hours=1)
    third = delegation(await redirect(http))
    assert first == second
    assert third > first
