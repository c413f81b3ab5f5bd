"""Unlist, relist, deprecate and delete: what they leave in the truth, the log and the documents."""

import pytest

from feed.app import Feed
from feed.errors import Forbidden, PackageExists, VersionNotFound
from feed.nuget.catalog import Verb
from feed.nuget.deprecation import DeprecationRequest
from feed.nuget.leaf import Deprecation, VersionState
from feed.services import records
from feed.services.callers import Scope
from tests.feeds import memory_feed
from tests.services.pushes import ADMIN, events, holder, identity, push, versions

TINY = identity("tiny", "1.0.0")


async def state(feed: Feed) -> VersionState:
    return records.state(await feed.truth.get_row(*TINY))


async def test_an_unlisted_version_can_still_be_restored() -> None:
    feed = memory_feed()
    pushed = await push(feed, "Tiny", "1.0.0")
    await feed.changes.unlist(*TINY, ADMIN)
    now = await state(feed)
    assert (now.listed, now.published, now.attempt) == (
        False,
        pushed.state.published,
        pushed.state.attempt,
    )
    assert await versions(feed, "tiny") == ["1.0.0"]


async def test_a_relisted_version_is_as_it_was() -> None:
    feed = memory_feed()
    pushed = await push(feed, "Tiny", "1.0.0")
    await feed.changes.unlist(*TINY, ADMIN)
    await feed.changes.relist(*TINY, ADMIN)
    now = await state(feed)
    assert (now.listed, now.published) == (True, pushed.state.published)
    assert now.revision > pushed.state.revision


async def test_a_change_that_is_made_already_is_no_event() -> None:
    feed = memory_feed()
    await push(feed, "Tiny", "1.0.0")
    await feed.changes.relist(*TINY, ADMIN)
    await feed.changes.unlist(*TINY, ADMIN)
    await feed.changes.unlist(*TINY, ADMIN)
    assert [each.verb for each in await events(feed)] == [Verb.PUSH, Verb.UNLIST]


async def test_a_deprecation_is_set_and_taken_away() -> None:
    feed = memory_feed()
    await push(feed, "Tiny", "1.0.0")
    legacy = Deprecation(("Legacy",), "use Small", "Small", "[2.0.0, )")
    await feed.changes.deprecate(TINY[0], DeprecationRequest(TINY[1:], legacy), ADMIN)
    assert (await state(feed)).deprecation == legacy
    assert (await events(feed))[-1].deprecation == legacy
    await feed.changes.deprecate(TINY[0], DeprecationRequest(TINY[1:], None), ADMIN)
    assert (await state(feed)).deprecation is None


async def test_delete_unlists_unless_the_feed_is_told_otherwise() -> None:
    feed = memory_feed()
    await push(feed, "Tiny", "1.0.0")
    await feed.changes.delete(*TINY, ADMIN)
    assert not (await state(feed)).deleted
    assert [each.verb for each in await events(feed)] == [Verb.PUSH, Verb.UNLIST]


async def test_a_hard_delete_takes_the_files_and_keeps_the_number() -> None:
    feed = memory_feed(delete="hard")
    await push(feed, "Tiny", "1.0.0")
    await push(feed, "Tiny", "2.0.0")
    await feed.changes.delete(*TINY, ADMIN)
    assert await versions(feed, "tiny") == ["2.0.0"]
    assert [name async for name in feed.storage.blobs.names("packages/tiny/1.0.0/")] == []
    with pytest.raises(PackageExists):
        await push(feed, "Tiny", "1.0.0")
    with pytest.raises(VersionNotFound):
        await feed.changes.relist(*TINY, ADMIN)


async def test_a_freed_number_can_be_pushed_again_where_the_feed_allows_it() -> None:
    feed = memory_feed(delete="hard", reuse_deleted="true")
    first = await push(feed, "Tiny", "1.0.0")
    await feed.changes.delete(*TINY, ADMIN)
    second = await push(feed, "Tiny", "1.0.0")
    assert second.state.revision > first.state.revision
    assert second.state.attempt != first.state.attempt
    assert await versions(feed, "tiny") == ["1.0.0"]
    verbs = [each.verb for each in await events(feed)]
    assert verbs == [Verb.PUSH, Verb.DELETE, Verb.PUSH]


async def test_what_is_not_there_cannot_be_changed() -> None:
    feed = memory_feed()
    with pytest.raises(VersionNotFound):
        await feed.changes.unlist(*TINY, ADMIN)


async def test_a_key_without_the_scope_changes_nothing() -> None:
    feed = memory_feed()
    await push(feed, "Tiny", "1.0.0")
    with pytest.raises(Forbidden, match="unlist"):
        await feed.changes.unlist(*TINY, holder(Scope.PUSH))
    assert (await state(feed)).listed
