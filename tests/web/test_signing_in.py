"""People on a private feed: signing in with a key, and what a session is good for."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from feed.app import Feed
from feed.errors import StorageUnavailable
from feed.services.callers import Scope
from feed.services.clock import HOUR, MINUTE
from feed.services.key_text import KeyText
from feed.storage.memory import MemoryRows
from feed.storage.rows import Key, Row
from tests.builders import PNG, nupkg
from tests.feeds import ADMIN_KEY, client, memory_feed
from tests.keys import ME, ManualClock, make_key
from tests.services.pushes import ADMIN, push, received

BROWSER = {"Accept": "text/html"}


class SilentRows(MemoryRows):
    """Memory that does not answer when it is asked for a key."""

    async def find(self, key: Key) -> Row | None:
        if key.partition == "keys":
            raise StorageUnavailable("it does not answer")
        return await super().find(key)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def feed(clock: ManualClock) -> AsyncIterator[Feed]:
    feed = memory_feed(clock=clock, read="private")
    await push(feed, "Tiny", "1.0.0")
    yield feed
    await feed.keyring.settle()


@pytest.fixture
async def http(feed: Feed) -> AsyncIterator[httpx.AsyncClient]:
    async with client(feed) as http:
        http.headers.update(BROWSER)
        yield http


async def send(http: httpx.AsyncClient, key: str, after: str = "/") -> httpx.Response:
    """Fill in the form as a browser shows it."""
    form = (await http.get("/sign-in")).text
    return await http.post("/sign-in", data={"token": _token(form), "key": key, "next": after})


async def test_a_browser_is_sent_to_sign_in_and_back(http: httpx.AsyncClient) -> None:
    turned_away = await http.get("/packages/Tiny?page=1")
    assert turned_away.status_code == 303
    form = await http.get(turned_away.headers["location"])
    assert 'name="next" value="/packages/Tiny?page=1"' in form.text
    entered = await send(http, ADMIN_KEY, "/packages/Tiny?page=1")
    assert (entered.status_code, entered.headers["location"]) == (303, "/packages/Tiny?page=1")
    assert (await http.get("/packages/Tiny?page=1")).status_code == 200


async def test_the_cookie_is_for_this_feed_only(http: httpx.AsyncClient) -> None:
    cookie = (await send(http, ADMIN_KEY)).headers["set-cookie"]
    for attribute in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=43200"):
        assert attribute in cookie
    assert ADMIN_KEY not in cookie


@pytest.mark.parametrize(
    "key", ["wrong", "", "lrd_0123456789_nonsense", "<script>alert(1)</script>"]
)
async def test_a_wrong_key_is_said_so(key: str, http: httpx.AsyncClient) -> None:
    answer = await send(http, key)
    assert answer.status_code == 403
    assert 'role="alert"' in answer.text
    assert "<script>alert" not in answer.text
    assert (await http.get("/")).status_code == 303


async def test_who_tries_many_keys_is_told_when_to_come_again(http: httpx.AsyncClient) -> None:
    answers = [await send(http, f"wrong {number}") for number in range(21)]
    assert [each.status_code for each in answers] == [403] * 20 + [429]
    assert answers[-1].headers["retry-after"] == "6"
    assert (await send(http, ADMIN_KEY)).status_code == 303


async def test_a_key_that_cannot_be_looked_up_is_not_called_wrong() -> None:
    async with client(memory_feed(rows=SilentRows(), read="private")) as http:
        http.headers.update(BROWSER)
        answer = await send(http, KeyText("0123456789", "0" * 32).text)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_a_session_ends_after_twelve_hours(
    http: httpx.AsyncClient, clock: ManualClock
) -> None:
    await send(http, ADMIN_KEY)
    clock.advance(12 * HOUR - 1)
    assert (await http.get("/")).status_code == 200
    clock.advance(1)
    assert (await http.get("/")).status_code == 303


async def test_a_session_ends_with_its_key(
    feed: Feed, http: httpx.AsyncClient, clock: ManualClock
) -> None:
    new = await make_key(feed)
    await send(http, new.text.text)
    clock.advance(MINUTE)
    assert (await http.get("/")).status_code == 200
    await feed.keys.revoke(new.key.id, ME)
    assert (await http.get("/")).status_code == 303


async def test_a_session_of_the_admin_key_ends_with_it(feed: Feed, http: httpx.AsyncClient) -> None:
    await send(http, ADMIN_KEY)
    for admin_key, status in ((ADMIN_KEY, 200), ("another admin key for tests", 303), ("", 303)):
        storage = feed.storage
        restarted = memory_feed(
            storage.blobs, storage.rows, feed.log.clock, read="private", admin_key=admin_key
        )
        async with client(restarted) as again:
            again.cookies.update(http.cookies)
            assert (await again.get("/", headers=BROWSER)).status_code == status


async def test_a_session_of_another_feed_opens_nothing(http: httpx.AsyncClient) -> None:
    stranger = memory_feed(read="private")
    http.cookies.set("larder_session", await stranger.gate.access.sessions.open(""))
    assert (await http.get("/")).status_code == 303


@pytest.mark.parametrize(
    "cookie", ["", "x", "..", "a.1.", ".99999999999999999999.", "☃".encode().hex()]
)
async def test_nonsense_is_no_session(cookie: str, http: httpx.AsyncClient) -> None:
    http.cookies.set("larder_session", cookie)
    assert (await http.get("/")).status_code == 303


async def test_a_session_shows_icons_and_writes_nothing(
    feed: Feed, http: httpx.AsyncClient
) -> None:
    await feed.publishing.push(received(nupkg("Pretty", "1.0.0", icon=PNG)), ADMIN)
    new = await make_key(feed, Scope.ADMIN)
    await send(http, new.text.text)
    assert (await http.get("/v3/content/pretty/1.0.0/icon")).status_code == 200
    assert (await http.delete("/api/v2/package/Pretty/1.0.0")).status_code == 401


@pytest.mark.parametrize("path", ["/v3/autocomplete?q=tiny", "/packages/Tiny/1.0.0/pictures/0"])
@pytest.mark.parametrize(
    ("mode", "challenge"),
    [("cors", "Session"), ("no-cors", "Session"), ("navigate", "Basic"), (None, "Basic")],
)
async def test_what_a_page_loads_after_its_session_opens_no_window(
    path: str, mode: str | None, challenge: str, http: httpx.AsyncClient
) -> None:
    headers = {"Accept": "*/*", **({"Sec-Fetch-Mode": mode} if mode else {})}
    answer = await http.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].partition(" ")[0] == challenge


async def test_tools_get_a_challenge_and_no_form(http: httpx.AsyncClient) -> None:
    for path, accept in (("/v3/index.json", "text/html"), ("/packages/Tiny", "*/*")):
        answer = await http.get(path, headers={"Accept": accept})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("token", ["", "0" * 64, "☃"])
async def test_a_form_of_another_site_signs_nobody_in(token: str, http: httpx.AsyncClient) -> None:
    await http.get("/sign-in")
    answer = await http.post("/sign-in", data={"token": token, "key": ADMIN_KEY})
    assert answer.status_code == 400
    assert (await http.get("/")).status_code == 303


async def test_a_token_is_good_in_its_own_browser_only(feed: Feed, http: httpx.AsyncClient) -> None:
    async with client(feed) as other:
        token = _token((await other.get("/sign-in")).text)
    await http.get("/sign-in")
    answer = await http.post("/sign-in", data={"token": token, "key": ADMIN_KEY})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "after",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil",
        "x",
    ],
)
async def test_signing_in_leads_to_this_feed_only(after: str, http: httpx.AsyncClient) -> None:
    assert (await send(http, ADMIN_KEY, after)).headers["location"] == "/"


async def test_a_form_for_leaving_lets_nobody_in(http: httpx.AsyncClient) -> None:
    """Without a cookie its token is the same for everybody, so that another site can know it."""
    token = _token((await http.get("/sign-out")).text)
    for path in ("/sign-in", "/sign-out"):
        http.cookies.clear()
        answer = await http.post(path, data={"token": token, "key": ADMIN_KEY})
        assert answer.status_code == 400
        assert "larder_session" not in answer.headers.get("set-cookie", "")


async def test_a_feed_below_a_path_sends_nobody_out_of_it() -> None:
    feed = memory_feed(read="private", public_url="https://host.example/larder")
    async with client(feed) as http:
        for after, location in (("/larder/setup", "/larder/setup"), ("/other", "/larder/")):
            form = await http.get("/sign-in", headers=BROWSER)
            cookie = form.headers["set-cookie"].partition(";")[0]
            data = {"token": _token(form.text), "key": ADMIN_KEY, "next": after}
            entered = await http.post("/sign-in", data=data, headers={**BROWSER, "Cookie": cookie})
            assert (entered.status_code, entered.headers["location"]) == (303, location)


async def test_signing_out_needs_the_form_and_ends_the_session(http: httpx.AsyncClient) -> None:
    await send(http, ADMIN_KEY)
    assert (await http.post("/sign-out", data={"token": "x"})).status_code == 400
    assert (await http.get("/")).status_code == 200
    token = _token((await http.get("/sign-out")).text)
    answer = await http.post("/sign-out", data={"token": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert (await http.get("/")).status_code == 303


async def test_a_form_has_an_end(http: httpx.AsyncClient) -> None:
    assert (await http.post("/sign-in", content=b"key=" + b"x" * 10_000)).status_code == 413


async def test_instances_sign_with_the_same_secret(feed: Feed) -> None:
    other = memory_feed(blobs=feed.storage.blobs, rows=feed.storage.rows, read="private")
    cookie = await feed.gate.access.sessions.open("")
    assert await other.gate.access.sessions.form_token(
        cookie
    ) == await feed.gate.access.sessions.form_token(cookie)


def _token(form: str) -> str:
    match = re.search(r'name="token" value="([0-9a-f]{64})"', form)
    assert match
    return match[1]
