"""Keys as requests bring them: what is checked, what is remembered, what is written."""

import asyncio
from collections.abc import Mapping

import pytest

from feed.app import Feed
from feed.errors import KeyRefused, StorageUnavailable
from feed.services import paths
from feed.services.api_key import ApiKey
from feed.services.callers import Grant, Scope
from feed.services.clock import DAY, HOUR, MINUTE
from feed.services.key_text import KeyText
from feed.services.keyring import Keyring
from feed.storage.counting import CountingRows, Ledger
from feed.storage.memory import MemoryRows
from feed.storage.rows import Key, Row, Value
from tests.feeds import memory_feed
from tests.keys import ME, Chooser, ManualClock, make_key


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def rows() -> MemoryRows:
    return MemoryRows()


@pytest.fixture
def feed(rows: MemoryRows, ledger: Ledger, clock: ManualClock) -> Feed:
    return memory_feed(rows=CountingRows(rows, ledger), clock=clock)


async def stored(feed: Feed) -> ApiKey:
    [key] = await feed.keys.all()
    return key


async def settled(feed: Feed, text: str, ledger: Ledger) -> Grant:
    """Use a key, see its last use written, and count from here."""
    grant = await feed.keyring.get_grant(text)
    await feed.keyring.settle()
    ledger.clear()
    return grant


async def test_a_good_key_says_what_it_allows(feed: Feed) -> None:
    new = await make_key(feed, Scope.PUSH, patterns=("Contoso.*",))
    assert await feed.keyring.get_grant(new.text.text) == Grant(
        "ci", frozenset({Scope.PUSH}), ("Contoso.*",), new.key.id
    )


async def test_a_key_costs_one_operation_a_minute(
    feed: Feed, ledger: Ledger, clock: ManualClock
) -> None:
    text = (await make_key(feed)).text.text
    await settled(feed, text, ledger)
    for _ in range(100):
        await feed.keyring.get_grant(text)
    clock.advance(MINUTE - 1)
    await feed.keyring.get_grant(text)
    assert ledger.counts() == {}
    clock.advance(1)
    await feed.keyring.get_grant(text)
    assert ledger.counts() == {"row find": 1}


async def test_a_clock_that_is_set_back_does_not_prolong_the_minute(
    feed: Feed, ledger: Ledger, clock: ManualClock
) -> None:
    text = (await make_key(feed)).text.text
    await settled(feed, text, ledger)
    clock.advance(-HOUR)
    await feed.keyring.get_grant(text)
    assert ledger.counts() == {"row find": 1}


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_wrong_secret_and_an_unknown_id_cost_the_same(
    feed: Feed, ledger: Ledger, is_known: bool
) -> None:
    new = await make_key(feed)
    await settled(feed, new.text.text, ledger)
    guess = KeyText(new.text.id if is_known else "unknown000", "x" * 32)
    for _ in range(3):
        with pytest.raises(KeyRefused, match=f"lrd_{guess.id} is not known to this feed"):
            await feed.keyring.get_grant(guess.text)
    assert ledger.counts() == {"row find": 3}


async def test_a_mistyped_key_is_found_out_without_storage(feed: Feed, ledger: Ledger) -> None:
    text = (await make_key(feed)).text.text
    ledger.clear()
    for wrong in (text[:-1], text[:-1] + "-", "lrd_", "lrd_" + "x" * 8192):
        with pytest.raises(KeyRefused, match="is incomplete, mistyped or of another feed"):
            await feed.keyring.get_grant(wrong)
    assert ledger.counts() == {}


async def test_a_key_expires_also_while_it_is_remembered(feed: Feed, clock: ManualClock) -> None:
    text = (await make_key(feed, lifetime=DAY)).text.text
    clock.advance(DAY - 1)
    await feed.keyring.get_grant(text)
    clock.advance(1)
    with pytest.raises(KeyRefused, match="'ci' expired on 2030-01-02"):
        await feed.keyring.get_grant(text)


async def test_a_revoked_key_stops_at_once_where_it_is_revoked(feed: Feed) -> None:
    new = await make_key(feed)
    await feed.keyring.get_grant(new.text.text)
    await feed.keys.revoke(new.key.id, ME)
    with pytest.raises(KeyRefused, match="'ci' was revoked on 2030-01-01"):
        await feed.keyring.get_grant(new.text.text)


async def test_a_revoked_key_stops_within_a_minute_everywhere_else(
    feed: Feed, rows: MemoryRows, clock: ManualClock
) -> None:
    new = await make_key(feed)
    elsewhere = Keyring(rows, clock)
    await elsewhere.get_grant(new.text.text)
    await feed.keys.revoke(new.key.id, ME)
    clock.advance(MINUTE - 1)
    await elsewhere.get_grant(new.text.text)
    clock.advance(1)
    with pytest.raises(KeyRefused):
        await elsewhere.get_grant(new.text.text)


class SlowRows(MemoryRows):
    """Reads at once, and hands over what a marked task has read when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.slow: asyncio.Task[Grant] | asyncio.Task[Grant | None] | None = None
        self.handed_over = asyncio.Event()

    async def find(self, key: Key) -> Row | None:
        row = await super().find(key)
        if asyncio.current_task() is self.slow:
            await self.handed_over.wait()
        return row


async def test_a_key_that_is_revoked_while_it_is_looked_up_is_not_remembered(
    clock: ManualClock,
) -> None:
    rows = SlowRows()
    feed = memory_feed(rows=rows, clock=clock)
    new = await make_key(feed)
    rows.slow = asyncio.create_task(feed.keyring.get_grant(new.text.text))
    for _ in range(5):
        await asyncio.sleep(0)
    await feed.keys.revoke(new.key.id, ME)
    rows.handed_over.set()
    await rows.slow
    with pytest.raises(KeyRefused):
        await feed.keyring.get_grant(new.text.text)


async def test_a_session_ends_with_a_key_that_is_revoked_while_it_is_looked_up(
    clock: ManualClock,
) -> None:
    rows = SlowRows()
    feed = memory_feed(rows=rows, clock=clock)
    new = await make_key(feed)
    rows.slow = asyncio.create_task(feed.keyring.find_grant(new.key.id))
    for _ in range(5):
        await asyncio.sleep(0)
    await feed.keys.revoke(new.key.id, ME)
    rows.handed_over.set()
    await rows.slow
    assert await feed.keyring.find_grant(new.key.id) is None


async def test_a_session_of_a_key_that_is_gone_opens_nothing(feed: Feed) -> None:
    assert await feed.keyring.find_grant("unknown000") is None


async def test_the_last_use_is_written_once_an_hour(
    feed: Feed, ledger: Ledger, clock: ManualClock
) -> None:
    text = (await make_key(feed)).text.text
    assert (await stored(feed)).used is None
    first = clock.now
    await settled(feed, text, ledger)
    assert (await stored(feed)).used == first
    ledger.clear()
    for _ in range(59):
        clock.advance(MINUTE)
        await settled(feed, text, ledger)
    assert (await stored(feed)).used == first
    clock.advance(MINUTE)
    await settled(feed, text, ledger)
    assert (await stored(feed)).used == first + HOUR


async def test_many_first_uses_at_once_write_one(feed: Feed, ledger: Ledger) -> None:
    text = (await make_key(feed)).text.text
    ledger.clear()
    await asyncio.gather(*(feed.keyring.get_grant(text) for _ in range(64)))
    await feed.keyring.settle()
    assert ledger.counts()["row replace"] == 1


async def test_a_key_that_is_over_is_not_used(feed: Feed) -> None:
    new = await make_key(feed)
    await feed.keys.revoke(new.key.id, ME)
    with pytest.raises(KeyRefused):
        await feed.keyring.get_grant(new.text.text)
    await feed.keyring.settle()
    assert (await stored(feed)).used is None


class HungRows(MemoryRows):
    """Reads and inserts, and does not come back from a replace until it is told to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.failing = asyncio.Event()

    async def replace(self, key: Key, values: Mapping[str, Value], *, etag: str) -> str:
        await self.failing.wait()
        raise StorageUnavailable("it is a test")


async def test_a_last_use_that_cannot_be_written_stops_and_fails_nobody(
    caplog: pytest.LogCaptureFixture, clock: ManualClock
) -> None:
    rows = HungRows()
    feed = memory_feed(rows=rows, clock=clock)
    text = (await make_key(feed)).text.text
    await feed.keyring.get_grant(text)
    await feed.keyring.get_grant(text)
    rows.failing.set()
    await feed.keyring.settle()
    [warning] = [each.message for each in caplog.records if each.levelname != "INFO"]
    assert warning.startswith("last use not written")


async def test_a_last_use_does_not_undo_a_revocation(rows: MemoryRows, clock: ManualClock) -> None:
    feed = memory_feed(rows=rows, clock=clock)
    new = await make_key(feed)
    elsewhere = Keyring(rows, clock)
    await elsewhere.get_grant(new.text.text)  # it is about to write the last use
    await feed.keys.revoke(new.key.id, ME)
    await elsewhere.settle()
    row = await rows.find(paths.key(new.key.id))
    assert row
    assert ApiKey.of(row).revoked == clock.now


async def test_what_is_remembered_has_a_limit(rows: MemoryRows, clock: ManualClock) -> None:
    feed = memory_feed(rows=rows, clock=clock)
    texts = [(await make_key(feed)).text.text for _ in range(4)]
    ledger = Ledger()
    keyring = Keyring(CountingRows(rows, ledger), clock, limit=3)
    for text in texts:
        await keyring.get_grant(text)
    await keyring.settle()
    ledger.clear()
    for text in texts[1:]:
        await keyring.get_grant(text)
    assert ledger.counts() == {}
    await keyring.get_grant(texts[0])
    assert ledger.counts() == {"row find": 1}


async def test_guesses_push_nothing_good_out_of_memory(feed: Feed, ledger: Ledger) -> None:
    text = (await make_key(feed)).text.text
    await settled(feed, text, ledger)
    choose = Chooser(7)
    for _ in range(2000):
        with pytest.raises(KeyRefused):
            await feed.keyring.get_grant(KeyText.make(choose).text)
    ledger.clear()
    await feed.keyring.get_grant(text)
    assert ledger.counts() == {}
