"""A key for a token over HTTP, and how little it helps to guess."""

from collections.abc import AsyncIterator

import pytest

from feed.app import Feed
from feed.services.callers import Scope
from feed.services.clock import MINUTE
from feed.services.publishers import GitHub
from tests import uploads
from tests.api.holders import by_key, by_password, by_token
from tests.api.pushing import push
from tests.builders import nupkg
from tests.feeds import client, memory_feed
from tests.issuers import github, running
from tests.keys import ME, ManualClock, make_key

TOKEN = "/api/v2/token"
ASKED = {"username": "anybody", "tokenType": "ApiKey"}
ASKED_TOO_LONG = b'{"tokenType": "ApiKey"}'.ljust(4097)


def tiny(package_id: str = "Contoso.Tiny") -> uploads.Upload:
    return uploads.modern(nupkg(package_id, "1.0.0"))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def feed(clock: ManualClock) -> AsyncIterator[Feed]:
    async with running() as issuer:
        feed = memory_feed(
            clock=clock, fetch=issuer.fetch, read="private", client_address_header="X-Address"
        )
        scopes = frozenset({Scope.PUSH_NEW})
        await feed.trust.add(GitHub("contoso/tools", "release.yml"), scopes, ("Contoso.*",), ME)
        yield feed
        await feed.keyring.settle()


async def test_a_token_is_answered_with_a_key_that_pushes(feed: Feed) -> None:
    async with client(feed) as http:
        answer = await http.post(TOKEN, json=ASKED, headers=by_token(github()))
        key = answer.json()["apiKey"]
        assert (answer.status_code, answer.json(), answer.headers["cache-control"]) == (
            200,
            {"tokenType": "ApiKey", "expires": "2030-01-01T00:15:00.0000000Z", "apiKey": key},
            "no-store",
        )
        assert (await push(http, tiny(), headers=by_key(key))).status_code == 201
        assert (
            await push(http, tiny("Contoso.Other"), headers=by_password(key))
        ).status_code == 201
        assert (await push(http, tiny("Fabrikam.Tiny"), headers=by_key(key))).status_code == 403
        assert (await http.get("/v3/index.json", headers=by_password(key))).status_code == 200


async def test_a_key_for_a_token_ends_after_fifteen_minutes(feed: Feed, clock: ManualClock) -> None:
    async with client(feed) as http:
        answer = await http.post(TOKEN, json=ASKED, headers=by_token(github()))
        clock.advance(15 * MINUTE)
        refused = await push(http, tiny(), headers=by_key(answer.json()["apiKey"]))
    assert refused.status_code == 403
    assert "expired" in refused.headers["x-nuget-warning"]


async def test_whatever_is_wrong_with_a_token_the_answer_is_the_same(feed: Feed) -> None:
    bad = [github(aud="other"), github(event_name="issues"), github(key="second"), "nonsense"]
    async with client(feed) as http:
        answers = [await http.post(TOKEN, json=ASKED, headers=by_token(each)) for each in bad]
    assert {(answer.status_code, answer.text) for answer in answers} == {
        (
            401,
            '{"type":"about:blank","status":401,"title":"Unauthorized",'
            '"detail":"this token is not taken here: the feed\'s own log says why"}',
        )
    }


@pytest.mark.parametrize(
    "body", [b"nonsense", b"[]", b"{}", b'{"tokenType":"Other"}', ASKED_TOO_LONG]
)
async def test_who_asks_for_something_else_is_told_so_and_keeps_the_token(
    feed: Feed, body: bytes
) -> None:
    token = by_token(github())
    async with client(feed) as http:
        assert (await http.post(TOKEN, content=body, headers=token)).status_code == 400
        assert (await http.post(TOKEN, json=ASKED, headers=token)).status_code == 200


async def test_an_ordinary_key_buys_no_other(feed: Feed) -> None:
    key = (await make_key(feed, Scope.ADMIN)).text.text
    async with client(feed) as http:
        statuses = [
            (await http.post(TOKEN, json=ASKED, headers=headers)).status_code
            for headers in ({}, by_key(key), by_password(key), by_token(key))
        ]
    assert statuses == [401, 401, 401, 401]


async def test_guesses_are_refused_with_the_time_to_come_again_and_good_keys_never(
    feed: Feed,
) -> None:
    key = (await make_key(feed, Scope.PUSH_NEW)).text.text
    index = "/v3/index.json"
    async with client(feed) as http:
        guesses = [await http.get(index, headers=by_password("wrong")) for _ in range(30)]
        assert [each.status_code for each in guesses] == [401] * 20 + [429] * 10
        assert guesses[-1].headers["retry-after"] == "6"
        assert (await http.get(index, headers=by_password(key))).status_code == 200
        answer = await http.post(TOKEN, json=ASKED, headers=by_token(github()))
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("headers", "last"),
    [
        ({}, 401),
        (by_key("RequiredApiKey"), 401),
        (by_key("az"), 401),
        (by_key("as long as an admin key"), 429),
        (by_key("lrd_0123456789_mistyped"), 429),
        (by_password("wrong"), 429),
        (by_token("wrong"), 429),
    ],
)
async def test_what_clients_send_before_their_password_is_no_guess(
    feed: Feed, headers: dict[str, str], last: int
) -> None:
    """Azure Pipelines sends a placeholder as the key, and the password when it is challenged."""
    async with client(feed) as http:
        answers = [await push(http, tiny(), headers=headers) for _ in range(21)]
    assert answers[-1].status_code == last


async def test_where_there_is_no_admin_key_a_placeholder_may_be_of_any_length() -> None:
    """Some pipelines send a token of their own as the key, and the password when challenged."""
    feed = memory_feed(read="private", admin_key="")
    async with client(feed) as http:
        headers = by_key("a token of a build agent, which is long")
        answers = [await push(http, tiny(), headers=headers) for _ in range(21)]
    assert {answer.status_code for answer in answers} == {401}


async def test_guesses_from_one_address_slow_down_no_other(feed: Feed) -> None:
    async with client(feed) as http:

        async def guess(address: str) -> int:
            headers = {**by_password("wrong"), "X-Address": address}
            return (await http.get("/v3/index.json", headers=headers)).status_code

        assert [await guess("192.0.2.7") for _ in range(21)][-1] == 429
        assert await guess("192.0.2.8") == 401
