"""The documents of an id when one is not there."""

import pytest

from feed.nuget.identity import PackageId
from feed.services import paths
from feed.services.rebuild import Rebuilt
from tests.feeds import memory_feed
from tests.services.pushes import ADMIN, identity, push, versions

TINY = PackageId.parse("Tiny")


@pytest.mark.parametrize("lost", [paths.versions(TINY), paths.registration(TINY)])
async def test_a_lost_document_comes_back_whole_with_the_next_push(lost: str) -> None:
    feed = memory_feed(delete="hard")
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        await push(feed, "Tiny", version)
    await feed.changes.delete(*identity("tiny", "1.1.0"), ADMIN)
    await feed.storage.blobs.delete(lost)
    await push(feed, "Tiny", "2.0.0")
    assert await versions(feed, "tiny") == ["1.0.0", "1.2.0", "2.0.0"]
    assert await feed.rebuild.run(TINY) == Rebuilt(TINY, was_wrong=False)


@pytest.mark.parametrize("lost", [paths.versions(TINY), paths.registration(TINY)])
async def test_a_lost_document_comes_back_whole_with_the_next_deletion(lost: str) -> None:
    feed = memory_feed(delete="hard")
    for version in ("1.0.0", "1.1.0"):
        await push(feed, "Tiny", version)
    await feed.storage.blobs.delete(lost)
    await feed.changes.delete(*identity("tiny", "1.1.0"), ADMIN)
    assert await versions(feed, "tiny") == ["1.0.0"]
    assert await feed.rebuild.run(TINY) == Rebuilt(TINY, was_wrong=False)
