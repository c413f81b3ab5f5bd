"""Where somebody else comes first, or has stopped half-way: what is tried again, what given up.

Time is virtual, so patience costs none. What is left in storage, wherever an operation
is overtaken or stopped, is the matter of tests/faults.
"""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import wraps

import pytest

from feed.app import Feed
from feed.errors import Busy, Contended, PackageExists
from feed.nuget.catalog import Verb
from feed.services import paths
from feed.services.callers import Actor
from feed.services.clock import MINUTE
from feed.services.rebuild import Rebuilt
from feed.services.repair import Repaired
from feed.storage.blobs import BlobChanged
from feed.storage.rows import RowChanged
from tests.faults import fates, operations
from tests.faults.operations import stopped
from tests.faults.process import Fate, Fated, Perform, Process, T
from tests.faults.virtual import run
from tests.faults.world import HOUR, World, finish_background
from tests.services.pushes import ADMIN, events, identity, push, versions

TINY = identity("Tiny", "1.0.0")
LIST = f"replace {paths.versions(TINY[0])}"
LIST_CHANGED = BlobChanged(paths.versions(TINY[0]))
ROW_CHANGED = RowChanged(None)


class Overtaken(Process):
    """Somebody else comes first, so many times or always, to its calls of one name."""

    def __init__(self, name: str, error: Exception, times: int = 1_000_000) -> None:
        super().__init__()
        self._name, self._error, self._times = name, error, times

    def find_fate(self, name: str) -> Fate | None:
        if name != self._name or self._times == 0:
            return None
        self._times -= 1
        return self._refuse

    async def _refuse(self, process: Process, perform: Perform[T]) -> T:
        raise self._error


def virtually(test: Callable[..., Coroutine[object, object, None]]) -> Callable[..., None]:
    @wraps(test)
    def run_test(**arguments: object) -> None:
        run(test(**arguments))

    return run_test


async def verbs(feed: Feed) -> list[Verb]:
    return [each.verb for each in await events(feed)]


@virtually
async def test_a_row_is_changed_when_the_others_are_done() -> None:
    world = World()
    await push(world.feed(), "Tiny", "1.0.0")
    feed = world.feed(Overtaken("replace tiny/1.0.0", ROW_CHANGED, times=3))
    await feed.changes.unlist(*TINY, ADMIN)
    assert await verbs(feed) == [Verb.PUSH, Verb.UNLIST]


@virtually
async def test_a_row_that_others_never_leave_alone_is_given_up() -> None:
    world = World()
    await push(world.feed(), "Tiny", "1.0.0")
    feed = world.feed(Overtaken("replace tiny/1.0.0", ROW_CHANGED))
    with pytest.raises(Contended, match=r"too many writers at packages/tiny/1\.0\.0"):
        await feed.changes.unlist(*TINY, ADMIN)
    assert await verbs(feed) == [Verb.PUSH]


@virtually
async def test_a_change_whose_answer_was_lost_is_not_made_again() -> None:
    world = World()
    await push(world.feed(), "Tiny", "1.0.0")
    process = Fated("replace tiny/1.0.0", fates.answer_lost_and_retried)
    feed = world.feed(process)
    await feed.changes.unlist(*TINY, ADMIN)
    assert process.calls.count("replace tiny/1.0.0") == 1
    assert await verbs(feed) == [Verb.PUSH, Verb.UNLIST]


@virtually
async def test_a_push_whose_event_finds_no_turn_is_on_the_feed_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    feed = world.feed(Overtaken("announce", ROW_CHANGED))
    assert not (await push(feed, "Tiny", "1.0.0")).is_complete
    await finish_background()
    assert "completion delayed" in caplog.text
    assert "completion failed" in caplog.text
    await world.repair(after=6 * MINUTE)
    assert await versions(feed, "tiny") == ["1.0.0"]


@virtually
async def test_the_background_ends_before_the_feed_does() -> None:
    feed = World().feed(Overtaken("announce", ROW_CHANGED, times=13))
    pushing = await push(feed, "Tiny", "1.0.0")
    await feed.completion.settle()
    assert pushing.state.version == "1.0.0"
    assert await verbs(feed) == [Verb.PUSH]


@virtually
async def test_who_meets_an_unannounced_change_announces_it_first() -> None:
    world = World()
    await stopped(operations.push(), "create tiny/1.0.0")(world)
    feed = world.feed()
    assert await verbs(feed) == []
    await feed.changes.unlist(*TINY, ADMIN)
    assert await verbs(feed) == [Verb.PUSH, Verb.UNLIST]


@virtually
async def test_what_lost_its_leaf_before_it_was_announced_can_be_deleted() -> None:
    world = World()
    await stopped(operations.push(), "create tiny/1.0.0")(world)
    async for path in world.blobs.names("leaves/"):
        await world.blobs.delete(path)
    feed = world.feed()
    await feed.changes.delete(*TINY, ADMIN)
    assert await verbs(feed) == [Verb.PUSH, Verb.DELETE]
    assert await versions(feed, "tiny") == []


@virtually
async def test_what_took_ten_minutes_is_not_committed() -> None:
    world = World()
    feed = world.feed()
    intent = await feed.log.intend(Verb.PUSH, *TINY, Actor("me"))
    world.clock.ahead += 10 * MINUTE
    feed.log.check_time(intent)
    world.clock.ahead += 1
    with pytest.raises(Busy, match="took too long"):
        feed.log.check_time(intent)


@virtually
async def test_a_number_is_free_from_the_moment_that_its_version_is_deleted() -> None:
    """Also while the version list does not know it yet."""
    world = World()
    await push(world.feed(), "Tiny", "1.0.0")
    with pytest.raises(PackageExists):
        await push(world.feed(), "Tiny", "1.0.0")
    await stopped(operations.delete(), "replace tiny/1.0.0")(world)
    assert await versions(world.feed(), "tiny") == ["1.0.0"]
    assert (await push(world.feed(), "Tiny", "1.0.0")).is_complete
    assert await verbs(world.feed()) == [Verb.PUSH, Verb.DELETE, Verb.PUSH]


@virtually
async def test_instances_that_start_at_once_sign_cookies_alike() -> None:
    world = World()
    first = world.feed().gate.access.sessions
    process = Fated("create secrets/cookies", fates.rival_before(lambda: first.open("")))
    second = world.feed(process).gate.access.sessions
    assert await second.open("") == await first.open("")


@pytest.mark.parametrize("times", [0, 1, 3])
@virtually
async def test_a_rebuild_starts_again_when_a_push_comes_between(times: int) -> None:
    world = World()
    await push(world.feed(), "Tiny", "1.0.0")
    found = await world.blobs.find(paths.versions(TINY[0]))
    assert found
    await world.blobs.replace(paths.versions(TINY[0]), b"not ours", etag=found.etag)
    feed = world.feed(Overtaken(LIST, LIST_CHANGED, times))
    assert await feed.rebuild.run(TINY[0]) == Rebuilt(TINY[0], was_wrong=True)
    assert await versions(feed, "tiny") == ["1.0.0"]


@virtually
async def test_documents_that_others_never_leave_alone_are_given_up_for_now() -> None:
    world = World()
    await push(world.feed(), "Tiny", "1.0.0")
    feed = world.feed(Overtaken(LIST, LIST_CHANGED))
    pushed = await push(feed, "Tiny", "1.1.0")
    assert not pushed.is_complete
    assert await versions(feed, "tiny") == ["1.0.0"]
    with pytest.raises(Contended):
        await feed.rebuild.run(TINY[0])
    with pytest.raises(Contended):
        await feed.documents.update(TINY[0], [await feed.truth.tell(pushed.state)])


@virtually
async def test_the_cursor_moves_on_when_no_event_comes_between_and_never_back() -> None:
    world = World()
    await push(world.feed(), "Tiny", "1.0.0")
    head = "replace log/head"
    with pytest.raises(Contended):
        await world.feed(Overtaken(head, ROW_CHANGED)).log.move_cursor(1)
    feed = world.feed(Overtaken(head, ROW_CHANGED, times=2))
    await feed.log.move_cursor(1)
    await feed.log.move_cursor(0)
    assert (await feed.log.find_head()).head.cursor == 1


@virtually
async def test_repair_finishes_drops_and_leaves(caplog: pytest.LogCaptureFixture) -> None:
    """By age and by what is committed; damage to one keeps it from no other."""
    world = World()
    for package_id in ("Tiny", "Broken"):
        await stopped(operations.push(package_id), f"create {package_id.lower()}/1.0.0")(world)
    async for path in world.blobs.names("leaves/broken/"):
        await world.blobs.delete(path)
    await world.feed().log.intend(Verb.PUSH, *identity("Late", "1.0.0"), Actor("me"))
    world.clock.ahead += 6 * MINUTE
    repaired = await world.feed().repair.run()
    assert replace(repaired, damage={}) == Repaired(finished=1, merged=1)
    assert list(repaired.damage) == ["broken"]
    assert await versions(world.feed(), "tiny") == ["1.0.0"]
    assert "damaged" in caplog.text
    world.clock.ahead += 25 * HOUR
    assert await world.feed().repair.run() == Repaired(dropped=1, damage=repaired.damage)


@virtually
async def test_repair_removes_the_files_of_what_was_deleted() -> None:
    world = World()
    await push(world.feed(), "Tiny", "1.0.0")
    await stopped(operations.delete(), LIST)(world)
    left = [path async for path in world.blobs.names("packages/")]
    await world.repair(after=6 * MINUTE)
    assert left
    assert [path async for path in world.blobs.names("packages/")] == []


@virtually
async def test_a_repair_that_took_longer_than_its_turn_leaves_the_next_one_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    await push(world.feed(), "Tiny", "1.0.0")
    feed = world.feed(Overtaken("delete log/repair", ROW_CHANGED))
    assert await feed.repair.run() == Repaired(merged=1)
    assert "repair took longer than its turn" in caplog.text
