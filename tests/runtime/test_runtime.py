"""The whole app under the real Functions worker, as Azure runs it."""

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from tests.builders import nupkg
from tests.feeds import ADMIN_KEY
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
KEY = {"X-NuGet-ApiKey": ADMIN_KEY}

pytestmark = pytest.mark.runtime


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a stand-in host that runs the app under the worker from PyPI."""
    if find_spec("azure_functions_runtime") is None:
        if os.environ.get("CI"):
            pytest.fail("azure-functions-runtime is not installed")
        pytest.skip("azure-functions-runtime is not installed")
    port = free_port()
    environment = {
        **os.environ,
        "FEED_STORAGE": "memory:",
        "FEED_PUBLIC_URL": "https://feed.example",
        "FEED_READ": "public",
        "FEED_ADMIN_KEY": ADMIN_KEY,
        "PYTHON_ENABLE_INIT_INDEXING": "1",
    }
    command = [sys.executable, "-m", "tests.runtime.host", str(ROOT), str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:  # noqa: S603  (our own)
        try:
            _wait(f"http://127.0.0.1:{port}/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail("the app did not start under the Functions worker")


@pytest.fixture
async def http(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        yield client


async def test_the_worker_indexes_every_function(http: httpx.AsyncClient) -> None:
    names = (await http.get("/test/functions")).json()
    assert {"service_index", "zz_not_found", "jobs_repair"} <= set(names)


async def test_a_body_without_a_length_arrives_whole(http: httpx.AsyncClient) -> None:
    filler = {f"lib/net8.0/{n}.dll": os.urandom(1024 * 1024) for n in range(20)}
    package = nupkg("Streamed", "1.0.0", files=filler)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(package), 100_000):
            yield package[start : start + 100_000]

    pushed = await http.put("/api/v2/package/", content=pieces(), headers=KEY)
    assert pushed.status_code == 201
    path = "/v3/content/streamed/1.0.0/streamed.1.0.0.nupkg"
    served = (await http.get(path)).content
    assert hashlib.sha256(served).digest() == hashlib.sha256(package).digest()


async def test_a_refusal_reaches_a_client_that_is_still_sending(http: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield bytes(1024 * 1024)

    answer = await http.put("/api/v2/package/", content=pieces())
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")


async def test_the_context_of_a_request_is_forgotten(http: httpx.AsyncClient) -> None:
    for _ in range(20):
        await asyncio.gather(*(http.get("/v3/index.json") for _ in range(100)))
    assert (await http.get("/test/contexts")).json() < 10


async def test_answers_keep_their_shape_on_the_way(http: httpx.AsyncClient) -> None:
    index = await http.get("/v3/index.json")
    again = await http.get("/v3/index.json", headers={"If-None-Match": index.headers["etag"]})
    head = await http.head("/v3/index.json")
    missing = await http.get("/nothing/here")
    assert (index.status_code, again.status_code, head.status_code) == (200, 304, 200)
    assert (head.content, head.headers["etag"]) == (b"", index.headers["etag"])
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["jobs_fold", "jobs_repair"])
async def test_the_timers_run(http: httpx.AsyncClient, name: str) -> None:
    assert (await http.get(f"/test/timer/{name}")).json() is True
