"""Who did what, when and from where."""

import logging

import pytest

from feed.app import Feed
from feed.nuget.catalog import Verb
from feed.nuget.identity import PackageId
from feed.services.audit import Deed
from feed.services.callers import Actor, Caller, Grant, Scope
from feed.storage.counting import CountingRows, Ledger
from feed.storage.memory import MemoryRows
from tests.feeds import memory_feed
from tests.keys import ME, NOW, ManualClock, make_key
from tests.services.pushes import identity, push

CI = Caller((Grant("ci", frozenset(Scope), key="0123456789"),), address="192.0.2.9")
BY_CI = Actor("ci", "0123456789", "192.0.2.9")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def feed(clock: ManualClock) -> Feed:
    return memory_feed(clock=clock)


async def test_every_change_says_who_what_when_and_from_where(
    feed: Feed, clock: ManualClock
) -> None:
    await push(feed, "Tiny", "1.0.0", CI)
    clock.now = NOW + 10
    key = (await make_key(feed, name="new")).key
    clock.now = NOW + 20
    await feed.changes.unlist(*identity("tiny", "1.0.0"), CI)
    clock.now = NOW + 30
    await feed.keys.revoke(key.id, ME)
    assert [each async for each in feed.audit.deeds()] == [
        Deed(NOW, "push", BY_CI, package="Tiny", version="1.0.0"),
        Deed(NOW + 10, "create-key", ME, subject=key.id, subject_name="new"),
        Deed(NOW + 20, "unlist", BY_CI, package="Tiny", version="1.0.0"),
        Deed(NOW + 30, "revoke-key", ME, subject=key.id, subject_name="new"),
    ]


async def test_the_admin_key_has_no_id_and_an_address_may_be_unknown(feed: Feed) -> None:
    await push(feed, "Tiny", "1.0.0")
    assert [each.actor async for each in feed.audit.deeds()] == [Actor("admin")]


async def test_who_finishes_what_another_began_names_that_other(feed: Feed) -> None:
    pushed = await push(feed, "Tiny", "1.0.0")
    begun = await feed.log.intend(Verb.UNLIST, *identity("tiny", "1.0.0"), BY_CI)
    found = await feed.log.find_intent(begun.attempt)
    assert found == begun
    await feed.log.announce(found, await feed.truth.tell(pushed.state))
    assert [each.actor async for each in feed.audit.deeds()][-1] == BY_CI


async def test_the_log_is_asked_of_one_package(feed: Feed) -> None:
    await push(feed, "Tiny", "1.0.0")
    await push(feed, "Other", "1.0.0")
    await make_key(feed)
    await push(feed, "Tiny", "1.1.0")
    found = [each async for each in feed.audit.deeds(package_id=PackageId.parse("TINY"))]
    assert [each.version for each in found] == ["1.0.0", "1.1.0"]


@pytest.mark.parametrize("events", [0, 1, 2, 7, 16])
async def test_the_log_is_asked_since_a_moment(events: int) -> None:
    clock = ManualClock()
    feed = memory_feed(clock=clock)
    for n in range(events):
        clock.now = NOW + 10 * n
        await push(feed, "Tiny", f"1.0.{n}")
    for since in range(NOW - 5, NOW + 10 * events + 5, 5):
        found = [each.stamp async for each in feed.audit.deeds(since)]
        assert found == [NOW + 10 * n for n in range(events) if NOW + 10 * n >= since]


async def test_the_beginning_of_a_long_log_is_found_by_halving() -> None:
    ledger, clock = Ledger(), ManualClock()
    feed = memory_feed(rows=CountingRows(MemoryRows(), ledger), clock=clock)
    for n in range(64):
        clock.advance(1)
        await push(feed, "Tiny", f"1.0.{n}")
    ledger.clear()
    assert len([each async for each in feed.audit.deeds(clock.now)]) == 1
    assert ledger.counts()["row find"] <= 8


async def test_what_is_done_to_keys_is_no_event_of_the_catalog(feed: Feed) -> None:
    await make_key(feed)
    assert await feed.log.events(0, limit=10) == []
    assert (await feed.log.find_head()).head.length == 0


async def test_each_deed_is_one_line_with_its_fields(
    feed: Feed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "feed")
    await push(feed, "Tiny", "1.0.0", CI)
    await feed.changes.unlist(*identity("tiny", "1.0.0"), CI)
    key = (await make_key(feed)).key
    said = [vars(each) for each in caplog.records]
    lines = [
        {
            name: each[name]
            for name in ("actor", "key", "address", "package", "subject")
            if name in each
        }
        for each in said
    ]
    who = {"actor": "ci", "key": "0123456789", "address": "192.0.2.9"}
    assert [each["message"].split()[0] for each in said] == ["pushed", "unlist", "create-key"]
    assert lines == [
        {**who, "package": "Tiny"},
        {**who, "package": "Tiny"},
        {"actor": "me", "address": "192.0.2.7", "subject": key.id},
    ]
