import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from feed.app import Feed
from feed.errors import Contended, InvalidRequest, InvalidTerms, KeyEnded, KeyNotFound, KeyRefused
from feed.services import paths
from feed.services.api_key import ApiKey, Terms
from feed.services.audit import Deed
from feed.services.callers import Scope
from feed.services.clock import DAY, HOUR
from feed.storage.memory import MemoryRows
from feed.storage.rows import Key, RowChanged, Value
from tests.feeds import memory_feed
from tests.keys import ME, NOW, ManualClock, make_key


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def rows() -> MemoryRows:
    return MemoryRows()


@pytest.fixture
def feed(rows: MemoryRows, clock: ManualClock) -> Feed:
    return memory_feed(rows=rows, clock=clock)


async def is_good(feed: Feed, text: str) -> bool:
    try:
        await feed.keyring.get_grant(text)
    except KeyRefused:
        return False
    return True


async def deeds(feed: Feed) -> list[tuple[str, str]]:
    """What the log says was done to keys, in whatever order within one moment."""
    return sorted([(deed.verb, deed.subject) async for deed in feed.audit.deeds()])


async def test_a_key_is_made_on_its_terms(feed: Feed) -> None:
    terms = Terms("ci", frozenset({Scope.PUSH}), ("Contoso.*",), 90 * DAY)
    new = await feed.keys.create(terms, ME)
    assert await feed.keys.all() == [
        ApiKey(
            id=new.text.id,
            name="ci",
            digest=new.text.digest,
            scopes=frozenset({Scope.PUSH}),
            patterns=("Contoso.*",),
            created=NOW,
            expires=NOW + 90 * DAY,
        )
    ]
    assert new.key.terms == terms


async def test_nothing_that_is_stored_tells_the_secret(feed: Feed, rows: MemoryRows) -> None:
    new = await make_key(feed)
    await feed.keys.rotate(new.key.id, HOUR, ME)
    stored = [row for table in paths.TABLES async for row in rows.scan(table)]
    assert stored
    assert new.text.secret not in repr(stored)


async def test_impossible_terms_leave_nothing(feed: Feed) -> None:
    with pytest.raises(InvalidTerms):
        await feed.keys.create(Terms("ci", patterns=("[a-z]*",)), ME)
    assert (await feed.keys.all(), await deeds(feed)) == ([], [])


async def test_keys_are_listed_in_the_order_in_which_they_were_made(
    feed: Feed, clock: ManualClock
) -> None:
    for name in ("one", "two", "three", "four"):
        await make_key(feed, name=name)
        clock.advance(1)
    assert [key.name for key in await feed.keys.all()] == ["one", "two", "three", "four"]


async def test_a_revoked_key_stays_in_the_list(feed: Feed, clock: ManualClock) -> None:
    new = await make_key(feed)
    clock.advance(DAY)
    assert await feed.keys.revoke(new.key.id, ME) == replace(new.key, revoked=NOW + DAY)
    assert await feed.keys.all() == [replace(new.key, revoked=NOW + DAY)]


async def test_a_key_is_revoked_once(feed: Feed, clock: ManualClock) -> None:
    new = await make_key(feed)
    await feed.keys.revoke(new.key.id, ME)
    clock.advance(DAY)
    assert (await feed.keys.revoke(new.key.id, ME)).revoked == NOW


async def test_rotating_gives_a_new_key_and_ends_the_old_one_after_its_grace(
    feed: Feed, clock: ManualClock
) -> None:
    old = await make_key(feed, Scope.PUSH, patterns=("Contoso.*",), lifetime=90 * DAY)
    clock.advance(60 * DAY)
    new = await feed.keys.rotate(old.key.id, DAY, ME)
    assert new.key.terms == old.key.terms
    assert new.key.expires == NOW + 150 * DAY
    clock.advance(DAY - 1)
    assert (await is_good(feed, old.text.text), await is_good(feed, new.text.text)) == (True, True)
    clock.advance(1)
    assert (await is_good(feed, old.text.text), await is_good(feed, new.text.text)) == (False, True)


async def test_a_grace_prolongs_nothing(feed: Feed) -> None:
    old = await make_key(feed, lifetime=DAY)
    await feed.keys.rotate(old.key.id, 7 * DAY, ME)
    assert (await feed.keys.get(old.key.id)).expires == NOW + DAY


async def test_a_key_that_never_expired_does_after_a_rotation(feed: Feed) -> None:
    old = await make_key(feed)
    new = await feed.keys.rotate(old.key.id, DAY, ME)
    assert (await feed.keys.get(old.key.id)).expires == NOW + DAY
    assert new.key.expires is None


async def test_without_grace_the_old_key_ends_at_once(feed: Feed) -> None:
    old = await make_key(feed)
    assert await is_good(feed, old.text.text)
    await feed.keys.rotate(old.key.id, 0, ME)
    assert not await is_good(feed, old.text.text)


async def test_a_key_that_has_ended_is_not_rotated(feed: Feed, clock: ManualClock) -> None:
    revoked, expired, replaced = [await make_key(feed, lifetime=DAY) for _ in range(3)]
    await feed.keys.revoke(revoked.key.id, ME)
    new = await feed.keys.rotate(replaced.key.id, HOUR, ME)
    with pytest.raises(KeyEnded, match=f"was replaced by {new.key.id}: create a new one"):
        await feed.keys.rotate(replaced.key.id, HOUR, ME)
    with pytest.raises(KeyEnded, match="was revoked on 2030-01-01: create a new one"):
        await feed.keys.rotate(revoked.key.id, HOUR, ME)
    clock.advance(DAY)
    with pytest.raises(KeyEnded, match="expired on 2030-01-02: create a new one"):
        await feed.keys.rotate(expired.key.id, HOUR, ME)


async def test_whatever_is_done_to_a_key_is_in_the_log(feed: Feed, clock: ManualClock) -> None:
    old = (await make_key(feed)).key
    clock.advance(1)
    new = (await feed.keys.rotate(old.id, HOUR, ME)).key
    clock.advance(1)
    await feed.keys.revoke(new.id, ME)
    assert [deed async for deed in feed.audit.deeds(NOW + 2)] == [
        Deed(NOW + 2, "revoke-key", ME, subject=new.id, subject_name="ci")
    ]
    assert await deeds(feed) == sorted(
        [
            ("create-key", old.id),
            ("rotate-key", old.id),
            ("create-key", new.id),
            ("revoke-key", new.id),
        ]
    )


@pytest.mark.parametrize("wanted", ["by id", "by name", "by its whole text"])
async def test_a_key_is_found(feed: Feed, wanted: str) -> None:
    await make_key(feed, name="other")
    new = await make_key(feed)
    texts = {"by id": new.key.id, "by name": "ci", "by its whole text": new.text.text}
    assert await feed.keys.get(texts[wanted]) == new.key


async def test_a_name_means_the_one_good_key_that_has_it(feed: Feed, clock: ManualClock) -> None:
    first = (await make_key(feed)).key
    await feed.keys.revoke(first.id, ME)
    assert (await feed.keys.get("ci")).id == first.id
    second = (await make_key(feed)).key
    clock.advance(1)
    third = (await make_key(feed, lifetime=HOUR)).key
    message = f"2 keys are called 'ci': say which, {second.id}, {third.id}"
    with pytest.raises(InvalidRequest, match=re.escape(message)):
        await feed.keys.get("ci")
    clock.advance(HOUR)
    assert (await feed.keys.get("ci")).id == second.id


async def test_a_key_that_is_not_there_is_not_found_and_not_shown(feed: Feed) -> None:
    text = (await make_key(memory_feed())).text
    with pytest.raises(KeyNotFound, match=f"^this feed has no key 'lrd_{text.id}_…'$"):
        await feed.keys.get(text.text)
    for change in (feed.keys.revoke("0123456789", ME), feed.keys.rotate("0123456789", 0, ME)):
        with pytest.raises(KeyNotFound):
            await change


class BusyRows(MemoryRows):
    """Rows that somebody else changes first, so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    async def replace(self, key: Key, values: Mapping[str, Value], *, etag: str) -> str:
        self.times -= 1
        if self.times >= 0:
            await super().replace(key, values, etag=etag)  # and its answer is lost
            raise RowChanged(key)
        return await super().replace(key, values, etag=etag)


async def test_a_change_that_meets_another_is_made_over_it(clock: ManualClock) -> None:
    feed = memory_feed(rows=BusyRows(2), clock=clock)
    new = await make_key(feed)
    assert (await feed.keys.revoke(new.key.id, ME)).revoked == NOW
    assert (await feed.keys.get(new.key.id)).revoked == NOW


async def test_a_change_that_always_meets_others_gives_up(clock: ManualClock) -> None:
    feed = memory_feed(rows=BusyRows(1000), clock=clock)
    new = await make_key(feed)
    with pytest.raises(Contended, match="too many writers"):
        await feed.keys.revoke(new.key.id, ME)


async def test_many_changes_of_one_key_at_once_all_happen(feed: Feed) -> None:
    new = await make_key(feed)
    await feed.keyring.get_grant(new.text.text)
    await asyncio.gather(feed.keys.revoke(new.key.id, ME), feed.keys.rotate(new.key.id, HOUR, ME))
    key = await feed.keys.get(new.key.id)
    assert (key.revoked, key.expires, key.successor is None) == (NOW, NOW + HOUR, False)
