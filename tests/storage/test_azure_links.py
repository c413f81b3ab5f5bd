from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from feed.storage.azure import AzureStorage
from feed.storage.azure_accounts import ConnectionString
from feed.storage.azure_links import disposition
from tests.azurite import Azurite, storage_on
from tests.storage.contract.samples import STRANGE_NAMES

pytestmark = pytest.mark.azurite


@pytest.fixture
async def storage(azurite: Azurite) -> AsyncIterator[AzureStorage]:
    storage = storage_on(azurite)
    await storage.ensure([])
    yield storage
    await storage.close()


async def signed(
    storage: AzureStorage, path: str, lifetime: timedelta = timedelta(minutes=5)
) -> str:
    link = await storage.blobs.signed_url(
        path, lifetime=lifetime, filename="tiny.1.0.0.nupkg", content_type="application/x-tiny"
    )
    assert link is not None
    return link


async def fetch(link: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(link, headers=headers)


async def test_a_link_opens_a_blob_under_its_name(storage: AzureStorage) -> None:
    await storage.blobs.create("a/b", b"body")
    got = await fetch(await signed(storage, "a/b"))
    names = ("content-type", "content-disposition", "cache-control")
    assert (got.status_code, got.content, *(got.headers[name] for name in names)) == (
        200,
        b"body",
        "application/x-tiny",
        "attachment; filename=tiny.1.0.0.nupkg",
        "private, max-age=31536000, immutable",
    )


async def test_a_link_gives_a_part(storage: AzureStorage) -> None:
    await storage.blobs.create("a", b"0123456789")
    got = await fetch(await signed(storage, "a"), range="bytes=2-4")
    assert (got.status_code, got.content) == (206, b"234")


@pytest.mark.parametrize("name", [*STRANGE_NAMES, "#", "what?"])
async def test_a_link_opens_a_strange_name(storage: AzureStorage, name: str) -> None:
    await storage.blobs.create(f"{name}/{name}", name.encode())
    got = await fetch(await signed(storage, f"{name}/{name}"))
    assert (got.status_code, got.content) == (200, name.encode())


async def test_a_link_ends(storage: AzureStorage) -> None:
    await storage.blobs.create("a", b"")
    assert (await fetch(await signed(storage, "a", timedelta(seconds=-1)))).status_code == 403


async def test_a_link_opens_one_blob_for_reading(storage: AzureStorage) -> None:
    await storage.blobs.create("a", b"")
    await storage.blobs.create("b", b"")
    link = await signed(storage, "a")
    async with httpx.AsyncClient() as client:
        other = await client.get(link.replace("/a?", "/b?"))
        deleted = await client.delete(link)
    assert (other.status_code, deleted.status_code) == (403, 403)


async def test_what_is_stored_is_bytes_to_whoever_asks(storage: AzureStorage) -> None:
    await storage.blobs.create("a", b"<script>")
    link = await storage.blobs.signed_url(
        "a", lifetime=timedelta(minutes=5), filename="a", content_type=""
    )
    assert link is not None
    assert (await fetch(link)).headers["content-type"] == "application/octet-stream"


async def test_a_signature_cannot_sign() -> None:
    account = ConnectionString("BlobEndpoint=https://a/;SharedAccessSignature=sv=1&sig=2")
    storage = AzureStorage(account, clock=lambda: datetime.now(UTC))
    link = storage.blobs.signed_url(
        "a", lifetime=timedelta(minutes=5), filename="a", content_type="text/plain"
    )
    assert await link is None
    await storage.close()


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("tiny.1.0.0-rc.1+x.nupkg", "attachment; filename=tiny.1.0.0-rc.1+x.nupkg"),
        ("grün.nupkg", "attachment; filename*=UTF-8''gr%C3%BCn.nupkg"),
        ('a"b c', "attachment; filename*=UTF-8''a%22b%20c"),
        ("a\r\nb", "attachment; filename*=UTF-8''a%0D%0Ab"),
        ("a\n", "attachment; filename*=UTF-8''a%0A"),
    ],
)
def test_a_download_has_its_name(filename: str, header: str) -> None:
    assert disposition(filename) == header
