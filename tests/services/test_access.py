"""Who is let in, and what everybody else is told."""

import pytest

from feed.app import Feed
from feed.errors import FeedError
from feed.services.callers import Scope
from feed.services.clock import DAY
from feed.services.credentials import Credentials
from tests.feeds import ADMIN_KEY, memory_feed
from tests.keys import ME, ManualClock, make_key

PRIVATE = "this feed is private: send a key of it as the password"
FOREIGN = "the API key is no key of this feed"
NEEDED = "a key of this feed is needed, as X-NuGet-ApiKey or as the password"
NO_KEY = "the password is no key of this feed"


async def secrets_of(feed: Feed, clock: ManualClock) -> dict[str, str]:
    """A secret of each kind, by its name."""
    good = await make_key(feed, Scope.PUSH, name="good")
    other = await make_key(feed, Scope.UNLIST, name="other")
    revoked = await make_key(feed, name="revoked")
    expired = await make_key(feed, name="expired", lifetime=DAY)
    elsewhere = await make_key(memory_feed(), name="elsewhere")
    await feed.keys.revoke(revoked.key.id, ME)
    clock.advance(DAY)
    return {
        "": "",
        "good": good.text.text,
        "other": other.text.text,
        "revoked": revoked.text.text,
        "expired": expired.text.text,
        "unknown": elsewhere.text.text,
        "mistyped": good.text.text[:-1],
        "foreign": "RequiredApiKey",
        "admin": ADMIN_KEY,
        "nearly admin": ADMIN_KEY + "x",
        "not ASCII": "schlüssel☃",
        "8 KB": "lrd_" + "x" * 8192,
        "8 KB of something": "x" * 8192,
    }


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def feed(clock: ManualClock) -> Feed:
    return memory_feed(clock=clock, read="private")


@pytest.fixture
async def secrets(feed: Feed, clock: ManualClock) -> dict[str, str]:
    return await secrets_of(feed, clock)


async def outcome(feed: Feed, credentials: Credentials, door: str) -> object:
    """The names of the keys that were let in, or the status and the message."""
    access = feed.gate.access
    enter = access.get_reader if door == "reader" else access.get_writer
    try:
        return [grant.name for grant in (await enter(credentials)).grants]
    except FeedError as error:
        return int(error.status), str(error)


@pytest.mark.parametrize("door", ["reader", "writer"])
@pytest.mark.parametrize(
    ("api_key", "password", "expected"),
    [
        ("good", "", ["good"]),
        ("", "good", ["good"]),
        ("admin", "", ["admin"]),
        ("", "admin", ["admin"]),
        ("good", "good", ["good"]),
        ("good", "other", ["good", "other"]),
        ("foreign", "good", ["good"]),
        ("revoked", "good", ["good"]),
        ("good", "expired", ["good"]),
        ("good", "foreign", ["good"]),
        ("revoked", "", (403, "the key 'revoked' was revoked on 2030-01-01")),
        ("expired", "", (403, "the key 'expired' expired on 2030-01-02")),
        ("mistyped", "", (403, "the key is incomplete, mistyped or of another feed")),
        ("8 KB", "", (403, "the key is incomplete, mistyped or of another feed")),
        ("revoked", "expired", (403, "the key 'revoked' was revoked on 2030-01-01")),
        ("revoked", "foreign", (403, "the key 'revoked' was revoked on 2030-01-01")),
        ("", "revoked", (401, "the key 'revoked' was revoked on 2030-01-01")),
        ("", "expired", (401, "the key 'expired' expired on 2030-01-02")),
        ("", "mistyped", (401, "the key is incomplete, mistyped or of another feed")),
        ("foreign", "revoked", (401, "the key 'revoked' was revoked on 2030-01-01")),
        ("", "foreign", (401, NO_KEY)),
        ("", "nearly admin", (401, NO_KEY)),
        ("", "not ASCII", (401, NO_KEY)),
        ("", "8 KB of something", (401, NO_KEY)),
    ],
)
async def test_a_private_feed_asks_for_a_key(
    feed: Feed, secrets: dict[str, str], api_key: str, password: str, expected: object, door: str
) -> None:
    credentials = Credentials(secrets[api_key], secrets[password])
    assert await outcome(feed, credentials, door) == expected


@pytest.mark.parametrize("absent", ["", "foreign", "nearly admin", "not ASCII"])
async def test_what_is_not_shaped_like_a_key_counts_as_none(
    feed: Feed, secrets: dict[str, str], absent: str
) -> None:
    """Azure Pipelines sends a placeholder, and waits for the challenge to send its password."""
    credentials = Credentials(api_key=secrets[absent])
    assert await outcome(feed, credentials, "reader") == (401, PRIVATE)
    assert await outcome(feed, credentials, "writer") == (401, FOREIGN if absent else NEEDED)


async def test_an_unknown_key_is_named_by_its_id_only(feed: Feed, secrets: dict[str, str]) -> None:
    unknown = secrets["unknown"]
    status, message = 403, f"the key {unknown[:14]} is not known to this feed"
    assert await outcome(feed, Credentials(api_key=unknown), "writer") == (status, message)


@pytest.mark.parametrize("kind", ["", "foreign", "revoked", "expired", "unknown", "mistyped"])
async def test_a_public_feed_is_read_whatever_is_sent(kind: str, clock: ManualClock) -> None:
    feed = memory_feed(clock=clock)
    secret = (await secrets_of(feed, clock))[kind]
    assert await outcome(feed, Credentials(api_key=secret), "reader") == []
    assert await outcome(feed, Credentials(password=secret), "reader") == []


def test_the_admin_key_is_not_printed_by_mistake(feed: Feed) -> None:
    assert ADMIN_KEY not in repr(feed)


async def test_without_an_admin_key_nothing_is_one(clock: ManualClock) -> None:
    feed = memory_feed(clock=clock, admin_key="", read="private")
    assert await outcome(feed, Credentials(), "reader") == (401, PRIVATE)
    assert await outcome(feed, Credentials(password=ADMIN_KEY), "reader") == (401, NO_KEY)


async def test_a_refused_key_is_logged_without_its_secret(
    feed: Feed, secrets: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    for kind in ("", "foreign", "good", "revoked", "unknown", "mistyped"):
        await outcome(feed, Credentials(api_key=secrets[kind], address="192.0.2.7"), "writer")
    assert [vars(each)["address"] for each in caplog.records] == ["192.0.2.7"] * 3
    assert all(each.message.startswith("key refused") for each in caplog.records)
    for secret in (secrets["revoked"], secrets["unknown"]):
        assert secret[15:] not in "".join(str(vars(each)) for each in caplog.records)
