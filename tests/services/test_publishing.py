"""The push and what it leaves in storage."""

import asyncio
from itertools import pairwise

import pytest

from feed.errors import Forbidden, InvalidArchive, PackageExists
from feed.nuget.catalog import Verb
from feed.services import paths
from feed.services.callers import Scope
from tests.feeds import memory_feed
from tests.services.pushes import ADMIN, events, holder, identity, push, received, versions


async def test_a_push_is_announced_and_documented() -> None:
    feed = memory_feed()
    pushed = await push(feed, "Tiny", "1.0.0")
    assert pushed.is_complete
    assert await versions(feed, "tiny") == ["1.0.0"]
    [event] = await events(feed)
    assert (event.verb, event.id, event.version) == (Verb.PUSH, "Tiny", "1.0.0")
    assert [each async for each in feed.log.intents()] == []


@pytest.mark.parametrize("again", ["1.0.0", "1.0", "1.0.0.0", "01.0.0", "1.0.0+metadata"])
async def test_a_version_is_pushed_only_once_in_any_spelling(again: str) -> None:
    feed = memory_feed()
    first = await push(feed, "Tiny", "1.0.0")
    with pytest.raises(PackageExists):
        await push(feed, "TINY", again)
    row = await feed.truth.get_row(*identity("tiny", "1.0.0"))
    assert row.values["attempt"] == first.state.attempt


async def test_of_many_pushes_of_one_version_one_wins_and_leaves_no_other_trace() -> None:
    feed = memory_feed()
    outcomes = await asyncio.gather(
        *(push(feed, "Tiny", "1.0.0") for _ in range(20)), return_exceptions=True
    )
    won = [each for each in outcomes if not isinstance(each, BaseException)]
    assert len(won) == 1
    assert all(isinstance(each, PackageExists) for each in outcomes if each is not won[0])
    files = [name async for name in feed.storage.blobs.names("packages/")]
    assert {name.split("/")[3] for name in files} == {won[0].state.attempt}
    assert [each async for each in feed.log.intents()] == []
    assert len(await events(feed)) == 1


async def test_parallel_pushes_of_one_id_all_arrive() -> None:
    feed = memory_feed()
    await asyncio.gather(*(push(feed, "Many", f"1.0.{n}") for n in range(30)))
    assert await versions(feed, "many") == [f"1.0.{n}" for n in range(30)]
    log = await events(feed)
    assert [each.sequence for each in log] == list(range(30))
    assert all(a.stamp < b.stamp for a, b in pairwise(log))


async def test_what_is_not_a_package_leaves_nothing() -> None:
    feed = memory_feed()
    with pytest.raises(InvalidArchive):
        await feed.publishing.push(received(b"not a zip"), ADMIN)
    assert [name async for name in feed.storage.blobs.names("")] == []
    assert [each async for each in feed.log.intents()] == []


async def test_a_key_for_known_ids_does_not_make_new_ones() -> None:
    feed = memory_feed()
    pusher = holder(Scope.PUSH)
    with pytest.raises(Forbidden, match="push-new"):
        await push(feed, "Tiny", "1.0.0", pusher)
    await push(feed, "Tiny", "1.0.0")
    assert (await push(feed, "Tiny", "1.1.0", pusher)).is_complete


async def test_the_files_of_a_push_lie_under_its_attempt() -> None:
    feed = memory_feed()
    attempt = (await push(feed, "Tiny", "1.0.0")).state.attempt
    place = identity("tiny", "1.0.0")
    assert [name async for name in feed.storage.blobs.names("")] == [
        paths.registration(place[0]),
        paths.versions(place[0]),
        paths.leaf(*place, attempt),
        paths.file(*place, attempt, paths.NUPKG),
        paths.file(*place, attempt, paths.NUSPEC),
    ]


async def test_a_deleted_number_stays_taken_and_it_is_said_why() -> None:
    feed = memory_feed(delete="hard")
    await push(feed, "Tiny", "1.0.0")
    await feed.changes.delete(*identity("Tiny", "1.0.0"), ADMIN)
    with pytest.raises(PackageExists, match="was deleted for good, and its number stays taken"):
        await push(feed, "Tiny", "1.0.0")
