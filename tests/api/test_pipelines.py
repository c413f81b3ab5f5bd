"""What the tasks of build pipelines send, replayed."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.builders import nupkg
from tests.feeds import ADMIN_KEY, client, memory_feed
from tests.uploads import modern

SERVICE_INDEX = "/v3/index.json"


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a private feed."""
    async with client(memory_feed(read="private")) as http:
        yield http


async def push(
    http: httpx.AsyncClient, key: str | None = None, auth: tuple[str, str] | None = None
) -> int:
    upload = modern(nupkg("Tiny", "1.0.0"))
    headers = {"Content-Type": upload.content_type, **({"X-NuGet-ApiKey": key} if key else {})}
    basic = auth or httpx.USE_CLIENT_DEFAULT
    answer = await http.put("/api/v2/package/", content=upload.body, headers=headers, auth=basic)
    return answer.status_code


@pytest.mark.parametrize("user", ["me", "VssSessionToken", ""])
@pytest.mark.parametrize("key", ["RequiredApiKey", "az"])
async def test_credentials_count_whatever_key_a_task_sends_beside_them(
    http: httpx.AsyncClient, key: str, user: str
) -> None:
    assert await push(http, key, (user, ADMIN_KEY)) == 201


async def test_a_connection_with_a_key_pushes_by_it_alone(http: httpx.AsyncClient) -> None:
    assert await push(http, ADMIN_KEY) == 201


@pytest.mark.parametrize("key", ["RequiredApiKey", "az"])
async def test_what_a_task_sends_for_a_key_opens_nothing(http: httpx.AsyncClient, key: str) -> None:
    assert await push(http, key) in {401, 403}
    assert await push(http, key, ("me", "a password of nobody")) in {401, 403}


async def test_restore_is_asked_for_credentials_and_then_let_in(http: httpx.AsyncClient) -> None:
    asked = await http.get(SERVICE_INDEX)
    answered = await http.get(SERVICE_INDEX, auth=("VssSessionToken", ADMIN_KEY))
    assert (asked.status_code, answered.status_code) == (401, 200)
    assert asked.headers["www-authenticate"].startswith("Basic ")


async def test_a_second_run_of_a_pipeline_is_told_that_the_version_is_there(
    http: httpx.AsyncClient,
) -> None:
    await push(http, ADMIN_KEY)
    assert await push(http, ADMIN_KEY) == 409
