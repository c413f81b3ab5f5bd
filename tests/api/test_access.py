"""Keys over HTTP: where they may stand, what they allow, what they cost, and what is no key."""

import base64
from collections.abc import AsyncIterator

import pytest

from feed.app import Feed
from feed.services.callers import Actor, Scope
from feed.services.clock import DAY
from feed.storage.counting import CountingBlobs, CountingRows, Ledger
from feed.storage.memory import MemoryBlobs, MemoryRows
from tests import uploads
from tests.api.conftest import MakeFeed
from tests.api.holders import Headers, by_key, by_password, by_token
from tests.api.pushing import PACKAGES, is_empty, push
from tests.builders import nupkg
from tests.feeds import ADMIN_KEY, client, memory_feed
from tests.keys import ME, ManualClock, make_key
from tests.services import pushes

TINY = uploads.modern(nupkg("Contoso.Tiny", "1.0.0"))
READS = [
    "/v3/index.json",
    "/v3/content/contoso.tiny/index.json",
    "/v3/content/contoso.tiny/1.0.0/contoso.tiny.1.0.0.nupkg",
    "/v3/registration-gz-semver2/contoso.tiny/index.json",
    "/v3/content/nobody.has.this/index.json",
]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def feed(make_feed: MakeFeed, clock: ManualClock) -> AsyncIterator[Feed]:
    feed = make_feed(clock, read="private")
    yield feed
    await feed.keyring.settle()


@pytest.mark.parametrize("path", READS)
async def test_a_private_feed_challenges_on_every_path_alike(feed: Feed, path: str) -> None:
    """Clients send the credentials that they have after a Basic challenge, and only then."""
    await pushes.push(feed, "Contoso.Tiny", "1.0.0")
    async with client(feed) as http:
        answer = await http.get(path)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (
        401,
        'Basic realm="Larder", charset="UTF-8"',
    )
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", READS[:-1])
async def test_any_valid_key_reads_from_wherever_it_stands(feed: Feed, path: str) -> None:
    await pushes.push(feed, "Contoso.Tiny", "1.0.0")
    secret = (await make_key(feed)).text.text
    places = [
        by_key(secret),
        by_token(secret),
        by_password(secret),
        by_password(secret, user=""),
        by_password(secret, user="müller"),
    ]
    async with client(feed) as http:
        statuses = [(await http.get(path, headers=each)).status_code for each in places]
    assert statuses == [200] * len(places)


async def test_health_and_nothing_else_is_open(feed: Feed) -> None:
    async with client(feed) as http:
        assert (await http.get("/health")).text == "healthy"
        assert (await http.get("/health/more")).status_code == 401


async def test_an_unknown_key_is_refused_with_a_warning(feed: Feed) -> None:
    unknown = (await make_key(memory_feed(), Scope.ADMIN)).text
    async with client(feed) as http:
        answer = await push(http, TINY, headers=by_key(unknown.text))
    warning = f"the key lrd_{unknown.id} is not known to this feed"
    assert (answer.status_code, answer.headers["x-nuget-warning"]) == (403, warning)
    assert await is_empty(feed)


async def test_an_expired_key_is_refused_with_its_name_and_day(
    feed: Feed, clock: ManualClock
) -> None:
    new = await make_key(feed, Scope.ADMIN, lifetime=DAY)
    clock.advance(DAY)
    async with client(feed) as http:
        answer = await push(http, TINY, headers=by_key(new.text.text))
    warning = "the key 'ci' expired on 2030-01-02"
    assert (answer.status_code, answer.headers["x-nuget-warning"]) == (403, warning)
    assert await is_empty(feed)


async def test_a_key_for_other_ids_pushes_nothing(feed: Feed) -> None:
    new = await make_key(feed, Scope.PUSH_NEW, patterns=("Contoso.*",))
    async with client(feed) as http:
        upload = uploads.modern(nupkg("Fabrikam.X", "1.0.0"))
        answer = await push(http, upload, headers=by_key(new.text.text))
        assert (await push(http, TINY, headers=by_key(new.text.text))).status_code == 201
    assert answer.status_code == 403
    assert answer.headers["x-nuget-warning"] == (
        "you may not push Fabrikam.X, a new id, here: the key 'ci' is for Contoso.* only"
    )
    assert await pushes.versions(feed, "Fabrikam.X") == []


async def test_a_refused_key_beside_a_good_one_does_no_harm(feed: Feed) -> None:
    """People type `--api-key az`, or one of last year, and have a good password configured."""
    good = await make_key(feed, Scope.PUSH_NEW)
    old = await make_key(feed, Scope.PUSH_NEW)
    await feed.keys.revoke(old.key.id, ME)
    async with client(feed) as http:
        headers = {**by_key(old.text.text), **by_password(good.text.text)}
        assert (await push(http, TINY, headers=headers)).status_code == 201


async def test_the_log_names_the_key_and_the_address(clock: ManualClock) -> None:
    feed = memory_feed(clock=clock, client_address_header="X-Azure-ClientIP")
    new = await make_key(feed, Scope.PUSH_NEW, name="release")
    clock.advance(1)
    async with client(feed) as http:
        headers = {**by_key(new.text.text), "X-Azure-ClientIP": "192.0.2.44"}
        await push(http, TINY, headers=headers)
    [deed] = [each async for each in feed.audit.deeds(clock.now)]
    assert (deed.verb, deed.package, deed.version) == ("push", "Contoso.Tiny", "1.0.0")
    assert deed.actor == Actor("release", new.key.id, "192.0.2.44")


async def test_an_address_that_no_setting_asks_for_is_not_believed(feed: Feed) -> None:
    async with client(feed) as http:
        headers = {**by_key(ADMIN_KEY), "X-Forwarded-For": "192.0.2.44"}
        await push(http, TINY, headers=headers)
    assert [each.actor async for each in feed.audit.deeds()] == [Actor("admin")]


def encoded(text: str, encoding: str = "utf-8") -> str:
    return base64.b64encode(text.encode(encoding)).decode()


NONSENSE: list[list[tuple[str, str]]] = [
    [("Authorization", each)]
    for each in (
        "",
        "Basic",
        "Basic ",
        "Basic Og==",
        "Basic ====",
        "Basic not base64!",
        "Basic \xff\xfe",
        f"Basic {encoded('no colon')}",
        f"Basic {encoded('user:ÿ', 'latin-1')}",
        f"Basic {encoded('user:' + 'x' * 8192)}",
        f"Basic {encoded('user:lrd_' + 'x' * 8192)}",
        f"Basic {encoded('user:schlüssel ☃')}",
        f"Basic {encoded('user:' + chr(0))}",
        "Bearer",
        "Bearer \xe9",
        "Negotiate YIIJvwYGKwYBBQUC",
        "\x7f",
    )
]
NONSENSE += [
    [("X-NuGet-ApiKey", each)]
    for each in ("", "az", "RequiredApiKey", "\xe9\xe8", "x" * 8192, "lrd_" + "x" * 8192, "lrd_")
]


@pytest.mark.parametrize("lines", NONSENSE, ids=lambda lines: f"{lines[0][0]} {lines[0][1]!r:.40}")
async def test_nonsense_is_refused_and_no_fault_of_ours(
    feed: Feed, lines: list[tuple[str, str]]
) -> None:
    assert set(await ask(feed, lines)) <= {401, 403}


async def ask(feed: Feed, lines: list[tuple[str, str]], query: str = "") -> list[int]:
    """Read and push; the statuses of both."""
    raw = [(name.encode(), value.encode("latin-1")) for name, value in lines]
    async with client(feed) as http:
        read = await http.get("/v3/index.json" + query, headers=raw)
        pushed = await http.put(PACKAGES + query, headers=raw, content=b"x")
    return [read.status_code, pushed.status_code]


async def test_of_two_authorizations_none_counts(feed: Feed) -> None:
    good = by_password(ADMIN_KEY)["Authorization"]
    for other in (good, "Basic nonsense", "Bearer other"):
        two = [("Authorization", good), ("Authorization", other)]
        assert await ask(feed, two) == [401, 401]
        assert await ask(feed, two[::-1]) == [401, 401]


async def test_of_two_api_keys_none_counts(feed: Feed) -> None:
    two = [("X-NuGet-ApiKey", ADMIN_KEY), ("X-NuGet-ApiKey", "other")]
    assert await ask(feed, two) == [401, 401]


async def test_of_credentials_that_a_proxy_has_joined_none_counts(feed: Feed) -> None:
    """RFC 9110, 5.3: who passes a request on may make one line of two, with a comma between."""
    basic, token = (each(ADMIN_KEY)["Authorization"] for each in (by_password, by_token))
    for both in (f"{basic}, {basic}", f"{basic},{token}", f"{token}, {basic}", f"{token},{token}"):
        assert await ask(feed, [("Authorization", both)]) == [401, 401]
    assert await ask(feed, [("X-NuGet-ApiKey", f"{ADMIN_KEY}, {ADMIN_KEY}")]) == [401, 401]
    ours = (await make_key(feed, Scope.ADMIN)).text.text
    assert await ask(feed, [("X-NuGet-ApiKey", f"{ours}, {ours}")]) == [403, 403]


async def test_a_good_key_counts_whatever_stands_beside_it(feed: Feed) -> None:
    good = by_key((await make_key(feed, Scope.ADMIN)).text.text)["X-NuGet-ApiKey"]
    for other in ("", "Basic nonsense!", "Bearer lrd_x", "Negotiate abc", "Basic " + "x" * 8192):
        lines = [("X-NuGet-ApiKey", good), ("Authorization", other)]
        assert await ask(feed, lines) == [200, 400]  # what is pushed is no package
    for other in ("", "az", "lrd_" + "x" * 8192, "\xe9", "x" * 8192):
        lines = [("X-NuGet-ApiKey", other), ("Authorization", f"Bearer {good}")]
        assert await ask(feed, lines) == [200, 400]


@pytest.mark.parametrize("name", ["apiKey", "apikey", "X-NuGet-ApiKey", "key", "code", "token"])
async def test_a_key_in_an_address_is_never_accepted(feed: Feed, name: str) -> None:
    """Addresses are logged by proxies, browsers and the Functions host."""
    secret = (await make_key(feed, Scope.ADMIN)).text.text
    assert await ask(feed, [], f"?{name}={secret}") == [401, 401]


class TestWhatItCosts:
    @pytest.fixture
    def ledger(self) -> Ledger:
        return Ledger()

    @pytest.fixture
    def feed(self, ledger: Ledger, clock: ManualClock) -> Feed:
        blobs, rows = MemoryBlobs(), MemoryRows()
        return memory_feed(
            CountingBlobs(blobs, ledger), CountingRows(rows, ledger), clock, read="private"
        )

    @pytest.fixture
    async def used(self, feed: Feed) -> Headers:
        """A key that somebody has used within the hour, so that its last use is written."""
        secret = (await make_key(feed, Scope.PUSH_NEW)).text.text
        await pushes.push(feed, "Contoso.Tiny", "1.0.0")
        await feed.keyring.get_grant(secret)
        await feed.keyring.settle()
        for key in await feed.keys.all():
            feed.keyring.forget(key.id)
        return by_key(secret)

    async def test_a_read_costs_one_more_with_a_key_that_is_not_remembered(
        self, feed: Feed, ledger: Ledger, used: Headers
    ) -> None:
        path, costs = "/v3/content/contoso.tiny/index.json", []
        async with client(feed) as http:
            for headers in (by_key(ADMIN_KEY), used, used):
                ledger.clear()
                assert (await http.get(path, headers=headers)).status_code == 200
                costs.append(len(ledger))
        assert costs == [1, 2, 1]

    async def test_so_does_a_push(self, feed: Feed, ledger: Ledger, used: Headers) -> None:
        costs = []
        async with client(feed) as http:
            for number, headers in enumerate([by_key(ADMIN_KEY), used, used]):
                upload = uploads.modern(nupkg("Contoso.Tiny", f"1.1.{number}"))
                ledger.clear()
                assert (await push(http, upload, headers=headers)).status_code == 201
                costs.append(len(ledger))
        assert costs == [11, 12, 11]

    async def test_whoever_brings_no_key_costs_nothing(self, feed: Feed, ledger: Ledger) -> None:
        """Each request of a client on a private feed is first sent without credentials."""
        async with client(feed) as http:
            for headers in ({}, by_key("RequiredApiKey"), by_password("wrong")):
                assert (await http.get("/v3/index.json", headers=headers)).status_code == 401
        assert len(ledger) == 0, str(ledger)
