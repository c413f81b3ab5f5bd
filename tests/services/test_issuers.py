"""Issuers that change their keys, are slow, are broken, or lie."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import orjson
import pytest

from feed.errors import IssuerUnavailable, TokenRefused
from feed.services.clock import DAY, HOUR
from feed.services.issuers import Issuers
from feed.services.jwt import public_keys
from feed.services.publishers import GitHub
from feed.upstream.fetching import NotFetched
from tests.issuers import DISCOVERY, KEYS, Issuer, encoded, jwk, running
from tests.keys import ManualClock

NAME = GitHub.issuer
BOTH = [NAME + DISCOVERY, NAME + KEYS]
SECOND = 10_000_000


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with running() as issuer:
        yield issuer


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def issuers(issuer: Issuer, clock: ManualClock) -> Issuers:
    return Issuers(issuer.fetch, clock)


async def outcome(issuers: Issuers, key_id: str = "first") -> str:
    try:
        await issuers.get_key(NAME, key_id)
    except TokenRefused:
        return "refused"
    except IssuerUnavailable:
        return "unavailable"
    return "found"


async def test_an_issuer_is_asked_once_an_hour(
    issuers: Issuers, issuer: Issuer, clock: ManualClock
) -> None:
    assert [await outcome(issuers), await outcome(issuers)] == ["found", "found"]
    clock.advance(HOUR - 1)
    assert (await outcome(issuers), issuer.asked) == ("found", BOTH)
    clock.advance(1)
    assert (await outcome(issuers), issuer.asked) == ("found", BOTH * 2)


async def test_a_new_key_is_found_by_one_more_look(
    issuers: Issuers, issuer: Issuer, clock: ManualClock
) -> None:
    await outcome(issuers)
    issuer.keys = [jwk("second")]
    clock.advance(10 * SECOND)
    assert (await outcome(issuers, "second"), issuer.asked) == ("found", BOTH * 2)
    assert await outcome(issuers) == "refused"


async def test_unknown_key_ids_do_not_make_the_feed_ask_again_and_again(
    issuers: Issuers, issuer: Issuer, clock: ManualClock
) -> None:
    outcomes = [await outcome(issuers, f"forged {number}") for number in range(50)]
    assert (outcomes, issuer.asked) == (["refused"] * 50, BOTH)
    clock.advance(10 * SECOND)
    await outcome(issuers, "forged")
    assert issuer.asked == BOTH * 2


async def test_keys_count_for_a_day_while_their_issuer_is_broken(
    issuers: Issuers, issuer: Issuer, clock: ManualClock
) -> None:
    await outcome(issuers)
    issuer.status = 500
    clock.advance(DAY - 1)
    assert await outcome(issuers) == "found"
    clock.advance(1)
    assert await outcome(issuers) == "unavailable"


async def test_a_broken_issuer_is_asked_again_after_ten_seconds(
    issuers: Issuers, issuer: Issuer, clock: ManualClock
) -> None:
    issuer.status = 500
    assert [await outcome(issuers), await outcome(issuers)] == ["unavailable"] * 2
    assert issuer.asked == BOTH[:1]
    issuer.status = 200
    clock.advance(10 * SECOND)
    assert await outcome(issuers) == "found"


async def test_a_slow_issuer_counts_as_broken(issuers: Issuers, issuer: Issuer) -> None:
    issuer.hangs = True
    assert await outcome(issuers) == "unavailable"


async def test_who_waits_for_a_slow_issuer_does_not_wait_once_more(clock: ManualClock) -> None:
    asked = []

    async def slow(url: str) -> bytes:
        asked.append(url)
        await asyncio.sleep(0)
        clock.advance(10 * SECOND)
        raise NotFetched("too late")

    issuers = Issuers(slow, clock)
    outcomes = await asyncio.gather(*(outcome(issuers) for _ in range(5)))
    assert (outcomes, asked) == (["unavailable"] * 5, BOTH[:1])


async def test_no_redirect_is_followed(issuers: Issuers, issuer: Issuer) -> None:
    issuer.status = 302
    issuer.headers = f"Location: http://127.0.0.1:{issuer.port}/evil.example{DISCOVERY}\r\n"
    assert (await outcome(issuers), issuer.asked) == ("unavailable", BOTH[:1])
    assert issuer.answered == [f"/token.actions.githubusercontent.com{DISCOVERY}"]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/keys",
        "https://token.actions.githubusercontent.com.evil.example/keys",
        "https://token.actions.githubusercontent.com@evil.example/keys",
        "http://token.actions.githubusercontent.com/keys",
        "",
    ],
)
async def test_keys_are_not_taken_from_another_host(
    issuers: Issuers, issuer: Issuer, address: str
) -> None:
    issuer.discovery = {"jwks_uri": address}
    assert (await outcome(issuers), issuer.asked) == ("unavailable", BOTH[:1])


async def test_the_document_of_another_issuer_is_not_taken(
    issuers: Issuers, issuer: Issuer
) -> None:
    issuer.discovery = {"issuer": "https://evil.example"}
    assert (await outcome(issuers), issuer.asked) == ("unavailable", BOTH[:1])


@pytest.mark.parametrize("body", [b"", b"[]", b"not JSON", b"\xff", b"{}"])
async def test_a_document_that_cannot_be_is_not_taken(
    issuers: Issuers, issuer: Issuer, body: bytes
) -> None:
    issuer.body = body
    assert await outcome(issuers) == "unavailable"


# It stands for both: the discovery document, and the keys.
WHOLE = orjson.dumps({"issuer": NAME, "jwks_uri": NAME + KEYS, "keys": [jwk("first")]})


@pytest.mark.parametrize(("size", "expected"), [(262_144, "found"), (262_145, "unavailable")])
async def test_a_document_has_an_end(
    issuers: Issuers, issuer: Issuer, size: int, expected: str
) -> None:
    issuer.body = WHOLE.ljust(size)
    assert await outcome(issuers) == expected


async def test_what_is_packed_is_not_unpacked(issuers: Issuers, issuer: Issuer) -> None:
    """A few bytes can unpack to very many."""
    issuer.body, issuer.headers = gzip.compress(WHOLE), "Content-Encoding: gzip\r\n"
    assert await outcome(issuers) == "unavailable"


async def test_an_issuer_without_usable_keys_is_as_one_that_does_not_answer(
    issuers: Issuers, issuer: Issuer
) -> None:
    issuer.keys = [jwk("first", kty="EC")]
    assert await outcome(issuers) == "unavailable"


async def test_an_issuer_that_nobody_can_reach_is_unavailable() -> None:
    issuer = Issuer(port=1)
    assert await outcome(Issuers(issuer.fetch, ManualClock())) == "unavailable"


async def test_a_clock_that_was_set_back_prolongs_nothing(
    issuers: Issuers, issuer: Issuer, clock: ManualClock
) -> None:
    await outcome(issuers)
    clock.advance(-DAY)
    assert (await outcome(issuers), issuer.asked) == ("found", BOTH * 2)


@pytest.mark.parametrize(
    "key",
    [
        jwk("first", use="enc"),
        jwk("first", alg="RS512"),
        jwk("first", kid=""),
        jwk("first", e=encoded(b"\x03")),
        jwk("first", n=encoded(b"\xff" * 128)),
        jwk("first", n=encoded(b"\xff" * 1025)),
        jwk("first", n="not base64!"),
        jwk("first", e="A"),
        {"kid": "first", "kty": "oct", "k": "AAAA"},
        {"kid": "first", "kty": "RSA"},
    ],
)
def test_a_key_that_is_not_for_rs256_is_left_out(key: dict[str, str]) -> None:
    document = orjson.dumps({"keys": [key, jwk("second"), "nonsense"]})
    assert list(public_keys(document)) == ["second"]
