"""What the tasks of build pipelines send, replayed."""

import asyncio
import http.client
import io
import zipfile
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from feed.app import Feed
from feed.services.callers import Scope
from tests.api.holders import by_key, by_password
from tests.api.pushing import PACKAGES
from tests.builders import nupkg
from tests.feeds import ADMIN_KEY, client, memory_feed, served
from tests.keys import make_key
from tests.services import pushes
from tests.uploads import modern

SERVICE_INDEX = "/v3/index.json"


@pytest.fixture
def feed() -> Feed:
    return memory_feed(read="private")


@pytest.fixture
async def http_client(feed: Feed) -> AsyncIterator[httpx.AsyncClient]:
    async with client(feed) as http_client:
        yield http_client


async def push(
    http_client: httpx.AsyncClient, key: str | None = None, auth: tuple[str, str] | None = None
) -> int:
    upload = modern(nupkg("Tiny", "1.0.0"))
    headers = {"Content-Type": upload.content_type, **({"X-NuGet-ApiKey": key} if key else {})}
    basic = auth or httpx.USE_CLIENT_DEFAULT
    answer = await http_client.put(
        "/api/v2/package/", content=upload.body, headers=headers, auth=basic
    )
    return answer.status_code


@pytest.mark.parametrize("user", ["me", "VssSessionToken", ""])
@pytest.mark.parametrize("key", ["RequiredApiKey", "az"])
async def test_credentials_count_whatever_key_a_task_sends_beside_them(
    http_client: httpx.AsyncClient, key: str, user: str
) -> None:
    assert await push(http_client, key, (user, ADMIN_KEY)) == 201


async def test_a_connection_with_a_key_pushes_by_it_alone(http_client: httpx.AsyncClient) -> None:
    assert await push(http_client, ADMIN_KEY) == 201


@pytest.mark.parametrize("key", ["RequiredApiKey", "az"])
async def test_what_a_task_sends_for_a_key_opens_nothing(
    http_client: httpx.AsyncClient, key: str
) -> None:
    assert await push(http_client, key) in {401, 403}
    assert await push(http_client, key, ("me", "a password of nobody")) in {401, 403}


async def test_restore_is_asked_for_credentials_and_then_let_in(
    http_client: httpx.AsyncClient,
) -> None:
    asked = await http_client.get(SERVICE_INDEX)
    answered = await http_client.get(SERVICE_INDEX, auth=("VssSessionToken", ADMIN_KEY))
    assert (asked.status_code, answered.status_code) == (401, 200)
    assert asked.headers["www-authenticate"].startswith("Basic ")


async def test_a_second_run_of_a_pipeline_is_told_that_the_version_is_there(
    http_client: httpx.AsyncClient,
) -> None:
    await push(http_client, ADMIN_KEY)
    assert await push(http_client, ADMIN_KEY) == 409


def padded(package: bytes, megabytes: int) -> bytes:
    """The package with an entry of this size, which is not compressed."""
    whole = io.BytesIO(package)
    with zipfile.ZipFile(whole, "a") as archive:
        entry = zipfile.ZipInfo("lib/large.bin", date_time=(2024, 1, 1, 0, 0, 0))
        archive.writestr(entry, bytes(megabytes * 1024 * 1024))
    return whole.getvalue()


class TestRequiredApiKey:
    """Azure Pipelines sends a placeholder as the key, and its password after our challenge."""

    CHUNK = 128 * 1024

    def body(self, package: bytes) -> Iterator[bytes]:
        upload = modern(package).body
        for start in range(0, len(upload), self.CHUNK):
            yield upload[start : start + self.CHUNK]

    def pipeline(self, port: int, package: bytes, secret: str) -> list[tuple[int, str | None]]:
        """Push bare, then again over the same connection with the password."""
        connection = http.client.HTTPConnection("127.0.0.1", port)
        headers = {
            "Content-Type": modern(b"").content_type,
            "Transfer-Encoding": "chunked",
            **by_key("RequiredApiKey"),
        }
        answers = []
        try:
            for extra in ({}, by_password(secret, "VssSessionToken")):
                given = {**headers, **extra}
                connection.request(
                    "PUT", f"{PACKAGES}/", self.body(package), given, encode_chunked=True
                )
                answer = connection.getresponse()
                answer.read()
                answers.append((answer.status, answer.headers["WWW-Authenticate"]))
        finally:
            connection.close()
        return answers

    @pytest.mark.parametrize("megabytes", [0, 60])
    async def test_both_halves_of_a_push(self, feed: Feed, megabytes: int) -> None:
        secret = (await make_key(feed, Scope.PUSH_NEW)).text.text
        package = padded(nupkg("Contoso.Tiny", "1.0.0"), megabytes)
        async with served(feed) as port:
            answers = await asyncio.to_thread(self.pipeline, port, package, secret)
        assert answers == [(401, 'Basic realm="Larder", charset="UTF-8"'), (201, None)]
        assert await pushes.versions(feed, "Contoso.Tiny") == ["1.0.0"]
