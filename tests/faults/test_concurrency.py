"""Several instances at once on real storage, with repair and a reader among them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from feed.app import Feed, Outside
from feed.errors import PackageExists
from feed.services.clock import MINUTE, system_clock
from feed.storage.azure_accounts import Patience
from tests.api.catalogs import Reader
from tests.azurite import Azurite, fresh_name, storage_on
from tests.faults.checks import check_whole, states
from tests.faults.world import HOUR, MovableClock, World
from tests.feeds import client, settings
from tests.nuget.shapes import CatalogItem
from tests.services.pushes import push

pytestmark = pytest.mark.azurite

PATIENT = Patience(tries=3, answer=60, total=200)
"""So many at once make an emulator slow, and it closes connections that are about to be used."""

IDS = [f"Id{n}" for n in range(200)]
VERSIONS = [f"1.0.{n}" for n in range(50)]
EACH_ONCE = sorted(
    [("Same", "1.0.0"), *(("Many", each) for each in VERSIONS), *((each, "1.0.0") for each in IDS)]
)


@dataclass(frozen=True, slots=True)
class Instances:
    """Two that are pushed to, and one that repairs, whose clock lets it help everybody at once."""

    pushed: tuple[Feed, Feed]
    repairing: Feed


@pytest.fixture
async def instances(azurite: Azurite) -> AsyncIterator[Instances]:
    name = fresh_name()
    soon = MovableClock(system_clock, ahead=6 * MINUTE)
    async with AsyncExitStack() as stack:
        feeds = [
            Feed.on(storage_on(azurite, name, PATIENT), settings(), Outside(clock))
            for clock in (system_clock, system_clock, soon)
        ]
        for feed in feeds:
            await stack.enter_async_context(feed.running())
        yield Instances((feeds[0], feeds[1]), feeds[2])


async def test_300_pushes_at_once_beside_repair_and_a_reader(instances: Instances) -> None:
    pushing = asyncio.create_task(push_everything(instances.pushed))
    async with client(instances.repairing) as http:
        reader = Reader(http)
        seen, _ = await asyncio.gather(
            read_until(pushing, reader), repair_until(pushing, instances.repairing)
        )
        assert await pushing == {"pushed": len(EACH_ONCE), PackageExists.__name__: 49}
        storage = instances.repairing.storage
        world = World(storage.blobs, storage.rows, MovableClock(system_clock))
        await world.repair(after=25 * HOUR)
        seen += await reader.read()
    await check_whole(world)
    assert set(await states(world)) == {(each.lower(), version) for each, version in EACH_ONCE}
    assert sorted((item.id, item.version) for item in seen) == EACH_ONCE
    stamps = [item.commit_time_stamp for item in seen]
    assert stamps == sorted(set(stamps))


async def push_everything(feeds: tuple[Feed, Feed]) -> Counter[str]:
    """Push many versions of one id, one version many times, and many ids, on both at once."""
    wanted = [("Many", each) for each in VERSIONS] + [("Same", "1.0.0") for _ in VERSIONS]
    wanted += [(each, "1.0.0") for each in IDS]
    return Counter(
        await asyncio.gather(*(outcome(feeds[n % 2], *each) for n, each in enumerate(wanted)))
    )


async def outcome(feed: Feed, package_id: str, version: str) -> str:
    try:
        await push(feed, package_id, version)
    except PackageExists as error:
        return type(error).__name__
    return "pushed"


async def repair_until(done: asyncio.Task[Counter[str]], feed: Feed) -> None:
    while not done.done():
        await feed.repair.run()


async def read_until(done: asyncio.Task[Counter[str]], reader: Reader) -> list[CatalogItem]:
    seen: list[CatalogItem] = []
    while not done.done():
        seen += await reader.read()
    return seen
