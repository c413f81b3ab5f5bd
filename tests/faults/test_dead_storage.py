"""Storage that dies and comes back, or falls silent for a while, under a feed that is used."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from feed.app import Feed
from feed.services.clock import system_clock
from feed.storage.azure_accounts import PATIENCE
from tests.azurite import Azurite, fresh_name, running_azurite, storage_on
from tests.builders import nupkg
from tests.faults.checks import check_whole
from tests.faults.world import HOUR, MovableClock, World
from tests.feeds import ADMIN_KEY, client, settings

pytestmark = pytest.mark.azurite

HEADERS = {"X-NuGet-ApiKey": ADMIN_KEY, "Content-Type": "application/octet-stream"}


@dataclass(frozen=True, slots=True)
class Answer:
    seconds: float
    status: int
    text: str


@dataclass(slots=True)
class Users:
    """Some who push one version after the other, and some who read."""

    http: httpx.AsyncClient
    is_over: bool = False
    pushed: dict[tuple[str, str], Answer] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)

    async def push_on(self, package_id: str) -> None:
        patch = 0
        while not self.is_over:
            version = f"1.0.{patch}"
            self.pushed[package_id, version] = await self.push(package_id, version)
            patch += 1

    async def read_on(self, package_id: str) -> None:
        while not self.is_over:
            await self._ask("GET", f"/v3/content/{package_id}/index.json")
            await asyncio.sleep(0.05)

    async def push(self, package_id: str, version: str) -> Answer:
        return await self._ask("PUT", "/api/v2/package", nupkg(package_id, version))

    async def _ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        began = time.monotonic()
        said = await self.http.request(method, path, content=body, headers=HEADERS)
        answer = Answer(time.monotonic() - began, said.status_code, said.text)
        self.answers.append(answer)
        return answer


@dataclass(slots=True)
class Emulator:
    """An Azurite on disk that can be ended, started again, and held."""

    folder: Path
    ports: tuple[int, int] = (0, 0)
    _running: ExitStack = field(default_factory=ExitStack)

    async def start(self) -> Azurite:
        running = running_azurite(folder=self.folder, ports=self.ports)
        azurite = await asyncio.to_thread(self._running.enter_context, running)
        blob, table = urlsplit(azurite.blob_url).port, urlsplit(azurite.table_url).port
        self.ports = (blob or 0, table or 0)
        return azurite

    async def stop(self) -> None:
        await asyncio.to_thread(self._running.close)


@contextmanager
def held(azurite: Azurite) -> Iterator[None]:
    """Let it take connections and say nothing."""
    os.kill(azurite.process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(azurite.process, signal.SIGCONT)


@pytest.fixture
async def emulator(tmp_path: Path) -> AsyncIterator[Emulator]:
    emulator = Emulator(tmp_path)
    yield emulator
    await emulator.stop()


@asynccontextmanager
async def used(feed: Feed) -> AsyncIterator[Users]:
    async with client(feed) as http:
        users = Users(http)
        tasks = [asyncio.create_task(users.push_on(f"Id{n}")) for n in range(4)]
        tasks += [asyncio.create_task(users.read_on(f"id{n}")) for n in range(2)]
        yield users
        users.is_over = True
        await asyncio.gather(*tasks)


async def test_a_storage_that_is_gone_is_told_within_ten_seconds_and_loses_nothing(
    emulator: Emulator,
) -> None:
    storage = storage_on(await emulator.start(), fresh_name(), PATIENCE)
    feed = Feed.on(storage, settings())
    async with feed.running():
        async with used(feed) as users:
            await asyncio.sleep(2)
            await emulator.stop()
            await asyncio.sleep(5)
            await emulator.start()
            await asyncio.sleep(2)
            check_answers(users.answers)
            await check_repeated(users)
        await feed.completion.settle()
        await check_stored(feed)


async def test_a_storage_that_is_silent_is_told_within_ten_seconds_and_loses_nothing(
    emulator: Emulator,
) -> None:
    azurite = await emulator.start()
    feed = Feed.on(storage_on(azurite, fresh_name(), PATIENCE), settings())
    async with feed.running():
        async with used(feed) as users:
            await asyncio.sleep(2)
            with held(azurite):
                await asyncio.sleep(10)
            await asyncio.sleep(2)
            check_answers(users.answers)
            await check_repeated(users)
        await feed.completion.settle()
        await check_stored(feed)


def check_answers(answers: Sequence[Answer]) -> None:
    """Work went on before and after, and what failed meanwhile failed clearly and soon."""
    statuses = [answer.status for answer in answers]
    assert set(statuses) <= {200, 201, 202, 404, 503}
    assert statuses[0] != 503
    assert statuses[-1] != 503
    refused = [answer for answer in answers if answer.status == 503]
    assert refused
    assert max(answer.seconds for answer in refused) < 10
    assert all("the feed's storage cannot be used right now" in answer.text for answer in refused)


async def check_repeated(users: Users) -> None:
    """Whoever was refused pushes again, and is told that it is done now or was done then."""
    unclear = [each for each, answer in users.pushed.items() if answer.status == 503]
    for each in unclear:
        assert (await users.push(*each)).status in (201, 409)


async def check_stored(feed: Feed) -> None:
    world = World(feed.storage.blobs, feed.storage.rows, MovableClock(system_clock))
    await world.repair(after=25 * HOUR)
    await check_whole(world)
