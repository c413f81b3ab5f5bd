"""Repair and rebuild, where nothing stops them (tests/faults is about where something does)."""

import logging

import pytest

from feed.app import Feed
from feed.errors import PackageNotFound
from feed.nuget.catalog import Verb
from feed.nuget.identity import PackageId
from feed.services import paths
from feed.services.callers import Actor
from feed.services.clock import DAY, MINUTE
from feed.services.rebuild import Rebuilt
from feed.services.repair import Repaired
from feed.storage.rows import Value
from tests.feeds import memory_feed
from tests.services.pushes import ADMIN, identity, push, versions

TINY = identity("Tiny", "1.0.0")


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 18_000_000_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def feed(clock: Clock) -> Feed:
    return memory_feed(clock=clock)


async def documents(feed: Feed) -> dict[str, bytes]:
    blobs = feed.storage.blobs
    found = {path: await blobs.find(path) async for path in blobs.names("ids/")}
    return {path: blob.body for path, blob in found.items() if blob}


async def test_repair_says_what_it_did(feed: Feed, clock: Clock) -> None:
    await push(feed, "Tiny", "1.0.0")
    await feed.log.intend(Verb.UNLIST, *TINY, Actor("me"))
    clock.now += 25 * 60 * MINUTE
    assert await feed.repair.run() == Repaired(dropped=1, merged=1)
    assert await feed.repair.run() == Repaired()


async def test_only_one_repairs_at_a_time_and_for_ten_minutes_at_most(
    feed: Feed, clock: Clock
) -> None:
    await push(feed, "Tiny", "1.0.0")
    other: dict[str, Value] = {"until": clock() + 10 * MINUTE, "owner": "another"}
    await feed.storage.rows.create(paths.REPAIR, other)
    assert await feed.repair.run() == Repaired(is_turn_taken=True)
    clock.now += 11 * MINUTE
    assert await feed.repair.run() == Repaired(merged=1)


async def test_a_clock_that_was_far_ahead_once_keeps_nobody_from_repairing(
    feed: Feed, clock: Clock
) -> None:
    await push(feed, "Tiny", "1.0.0")
    wrong: dict[str, Value] = {"until": clock() + 365 * DAY, "owner": "another"}
    await feed.storage.rows.create(paths.REPAIR, wrong)
    assert await feed.repair.run() == Repaired(merged=1)


async def test_a_damaged_package_does_not_keep_repair_from_the_others(
    feed: Feed, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = (await push(feed, "Tiny", "1.0.0")).state
    sound = (await push(feed, "Small", "1.0.0")).state
    leaf = paths.leaf(*TINY, damaged.attempt)
    await feed.storage.blobs.delete(leaf)
    await feed.storage.blobs.delete(paths.versions(PackageId.parse("small")))
    damage = {"tiny": f"{leaf} is gone, and is needed"}
    assert await feed.repair.run() == Repaired(merged=2, damage=damage)
    assert await versions(feed, "small") == [sound.version]
    [record] = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert (record.message.split()[0], record.__dict__["package"]) == ("damaged", "tiny")


async def test_a_damaged_version_does_not_keep_repair_from_the_others(feed: Feed) -> None:
    damaged = (await push(feed, "Tiny", "1.0.0")).state
    document = (await feed.documents.find_versions(TINY[0])).blob
    assert document
    newer = (await push(feed, "Tiny", "2.0.0")).state
    blobs = feed.storage.blobs
    await blobs.delete(paths.versions(TINY[0]))
    await blobs.create(paths.versions(TINY[0]), document.body)
    await blobs.delete(paths.leaf(*TINY, damaged.attempt))
    assert (await feed.repair.run()).damage.keys() == {"tiny"}
    assert await versions(feed, "tiny") == [damaged.version, newer.version]


async def test_an_event_whose_row_is_gone_does_not_keep_repair_from_the_others(feed: Feed) -> None:
    await push(feed, "Tiny", "1.0.0")
    await push(feed, "Small", "1.0.0")
    await feed.storage.rows.delete(paths.version_row(*TINY))
    assert await feed.repair.run() == Repaired(
        merged=2, damage={"tiny": "this feed has no Tiny 1.0.0"}
    )


async def test_a_change_of_a_damaged_version_is_told_to_be_unfinished(
    feed: Feed, clock: Clock
) -> None:
    damaged = (await push(feed, "Tiny", "1.0.0")).state
    await feed.repair.run()
    leaf = paths.leaf(*TINY, damaged.attempt)
    await feed.storage.blobs.delete(leaf)
    await feed.changes.unlist(*TINY, ADMIN)
    clock.now += 25 * 60 * MINUTE
    for _ in range(2):
        assert await feed.repair.run() == Repaired(
            damage={"tiny": f"{leaf} is gone, and is needed"}
        )


async def test_a_rebuild_tells_damage_and_goes_on(feed: Feed) -> None:
    damaged = (await push(feed, "Tiny", "1.0.0")).state
    await push(feed, "Small", "1.0.0")
    leaf = paths.leaf(*TINY, damaged.attempt)
    await feed.storage.blobs.delete(leaf)
    assert [each async for each in feed.rebuild.run_all()] == [
        Rebuilt(PackageId.parse("small"), was_wrong=False),
        Rebuilt(TINY[0], was_wrong=False, damage=f"{leaf} is gone, and is needed"),
    ]
    assert await versions(feed, "tiny") == ["1.0.0"]


async def test_a_rebuild_makes_lost_and_wrong_documents_as_they_were(feed: Feed) -> None:
    await push(feed, "Tiny", "1.0.0")
    await push(feed, "Tiny", "1.1.0")
    await push(feed, "Small", "1.0.0")
    tiny, small = PackageId.parse("tiny"), PackageId.parse("small")
    before = await documents(feed)
    blobs = feed.storage.blobs
    found = await blobs.find(paths.versions(tiny))
    assert found
    await blobs.replace(paths.versions(tiny), b"not what we wrote", etag=found.etag)
    await blobs.delete(paths.registration(tiny))
    outcomes = [each async for each in feed.rebuild.run_all()]
    assert outcomes == [Rebuilt(small, was_wrong=False), Rebuilt(tiny, was_wrong=True)]
    assert await documents(feed) == before


async def test_an_id_that_is_not_there_is_not_rebuilt(feed: Feed) -> None:
    with pytest.raises(PackageNotFound):
        await feed.rebuild.run(PackageId.parse("Tiny"))
    assert await documents(feed) == {}
