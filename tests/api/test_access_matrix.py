"""Every route, asked by everybody.

The routes are the app's own: a new one fails here until `ROUTES` says what it is for
and how to ask it, so that none is ever open by mistake.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import httpx
import pytest

from feed.app import function_app
from feed.localhost import routes
from tests.api.holders import holders
from tests.assemblies import compiled
from tests.builders import nupkg, snupkg
from tests.feeds import client, memory_feed
from tests.keys import ManualClock
from tests.services.pushes import ADMIN, received

TINY = compiled()


class Door(Enum):
    """What a route is for, and so who may use it."""

    OPEN = "anyone"
    READ = "any key; on a public feed, anyone"
    PUSH = "the scope push"
    PUSH_SYMBOLS = "the scope push, with a symbol package"
    PUSH_NEW = "the scope push-new"
    CHANGE = "the scope unlist"


@dataclass(frozen=True, slots=True)
class Ask:
    door: Door
    path: str
    """Of something that is there: whoever may gets `status`."""

    status: int = 200
    package_id: str | None = None
    """Whose next version to push."""


ROUTES: Mapping[str, Ask] = {
    "catalog_document": Ask(Door.READ, "/v3/catalog/index.json"),
    "catalog_leaf": Ask(Door.READ, "/v3/catalog/data/0/contoso.tiny.1.0.0.json"),
    "catalog_newest_leaf": Ask(Door.READ, "/v3/catalog/newest/contoso.tiny/1.0.0.json"),
    "content_file": Ask(Door.READ, "/v3/content/contoso.tiny/1.0.0/contoso.tiny.nuspec"),
    "content_versions": Ask(Door.READ, "/v3/content/contoso.tiny/index.json"),
    "health_check": Ask(Door.OPEN, "/health"),
    "page_license": Ask(Door.READ, "/packages/Contoso.Tiny/1.0.0/license"),
    "page_owner": Ask(Door.READ, "/profiles/Contoso"),
    "page_package": Ask(Door.READ, "/packages/Contoso.Tiny"),
    "page_report": Ask(Door.READ, "/packages/Contoso.Tiny/1.0.0/report"),
    "page_setup": Ask(Door.READ, "/setup"),
    "page_picture": Ask(Door.READ, "/packages/Contoso.Tiny/1.0.0/pictures/0", 404),
    "page_sign_in": Ask(Door.OPEN, "/sign-in"),
    "page_sign_in_send": Ask(Door.OPEN, "/sign-in", 400),
    "page_sign_out": Ask(Door.OPEN, "/sign-out"),
    "page_sign_out_send": Ask(Door.OPEN, "/sign-out", 400),
    "page_start": Ask(Door.READ, "/"),
    "page_static": Ask(Door.OPEN, "/static/style.css"),
    "page_statistics": Ask(Door.READ, "/statistics"),
    "page_version": Ask(Door.READ, "/packages/Contoso.Tiny/1.0.0"),
    "publish_delete": Ask(Door.CHANGE, "/api/v2/package/Contoso.Tiny/1.0.0", 204),
    "publish_delete_v2": Ask(Door.CHANGE, "/api/v2/Contoso.Tiny/1.0.0", 204),
    "publish_deprecate": Ask(
        Door.CHANGE, "/api/v2/package/Contoso.Tiny/deprecations?versions=1.0.0&isLegacy=true"
    ),
    "publish_push": Ask(Door.PUSH, "/api/v2/package/", 201, "Contoso.Tiny"),
    "publish_push_v2": Ask(Door.PUSH_NEW, "/api/v2", 201, "Contoso.New"),
    "publish_relist": Ask(Door.CHANGE, "/api/v2/package/Contoso.Tiny/1.0.0"),
    "registration_document": Ask(Door.READ, "/v3/registration/contoso.tiny/index.json"),
    "registration_gz_document": Ask(Door.READ, "/v3/registration-gz/contoso.tiny/1.0.0.json"),
    "registration_gz_page": Ask(
        Door.READ, "/v3/registration-gz/contoso.tiny/page/1.0.0/1.0.0.json"
    ),
    "registration_gz_semver2_document": Ask(
        Door.READ, "/v3/registration-gz-semver2/contoso.tiny/index.json"
    ),
    "registration_gz_semver2_page": Ask(
        Door.READ, "/v3/registration-gz-semver2/contoso.tiny/page/1.0.0/1.0.0.json"
    ),
    "registration_page": Ask(Door.READ, "/v3/registration/contoso.tiny/page/1.0.0/1.0.0.json"),
    "search_autocomplete": Ask(Door.READ, "/v3/autocomplete?q=tiny"),
    "search_query": Ask(Door.READ, "/v3/search?q=tiny"),
    "service_index": Ask(Door.READ, "/v3/index.json"),
    "symbols_pdb": Ask(Door.READ, TINY.address),
    "symbols_push": Ask(Door.PUSH_SYMBOLS, "/api/v2/symbolpackage/", 201, "Contoso.Tiny"),
    "token_exchange": Ask(Door.OPEN, "/api/v2/token", 401),
    "zz_not_found": Ask(Door.READ, "/nothing/here", 404),
}

CHALLENGED = (
    "nobody",
    "wrong Basic",
    "wrong token",
    "foreign-shaped key",
    "unknown Basic",
    "revoked Basic",
    "expired Basic",
)
REFUSED = ("unknown key", "revoked key", "expired key")
ENOUGH: Mapping[Door, frozenset[str]] = {
    Door.PUSH: frozenset({"push", "push-new", "admin"}),
    Door.PUSH_SYMBOLS: frozenset({"push", "push-new", "admin"}),
    Door.PUSH_NEW: frozenset({"push-new", "admin"}),
    Door.CHANGE: frozenset({"unlist", "admin"}),
}
ASKED = [
    (route.name, method)
    for route in routes(function_app(memory_feed()))
    for method in sorted(route.methods)
]


def expected(ask: Ask, holder: str, *, is_public: bool) -> int:
    if ask.door is Door.OPEN or (ask.door is Door.READ and is_public):
        return ask.status
    if holder in CHALLENGED:
        return 401
    if holder in REFUSED:
        return 403
    if ask.door is Door.READ or holder.startswith("admin key"):
        return ask.status
    scope = holder.partition(" ")[0]
    return ask.status if scope in ENOUGH[ask.door] else 403


def test_every_route_is_in_the_matrix_and_no_other() -> None:
    assert {name for name, _ in ASKED} == set(ROUTES)


@pytest.mark.parametrize("read", ["private", "public"])
@pytest.mark.parametrize(("name", "method"), ASKED)
async def test_a_route_lets_in_whom_it_is_for(name: str, method: str, read: str) -> None:
    clock, ask = ManualClock(), ROUTES[name]
    feed = memory_feed(clock=clock, read=read)
    package = nupkg("Contoso.Tiny", "1.0.0", files=TINY.files())
    await feed.publishing.push(received(package), ADMIN)
    everybody = await holders(feed, clock)
    answers = {}
    async with client(feed) as http:
        for number, (holder, headers) in enumerate(everybody.items()):
            body = _package(ask, number)
            answers[holder] = await http.request(method, ask.path, headers=headers, content=body)
    statuses = {holder: answer.status_code for holder, answer in answers.items()}
    is_public = read == "public"
    assert statuses == {each: expected(ask, each, is_public=is_public) for each in everybody}
    for answer in answers.values():
        _assert_says_why(answer)
    await feed.keyring.settle()


def _package(ask: Ask, number: int) -> bytes:
    """A package of its own for everybody: a new version, or a new id."""
    if ask.package_id is None:
        return b""
    if ask.door is Door.PUSH_SYMBOLS:
        return snupkg(ask.package_id, "1.0.0", files=TINY.symbols())
    if ask.door is Door.PUSH_NEW:
        return nupkg(f"{ask.package_id}{number}", "1.0.0")
    return nupkg(ask.package_id, f"2.0.{number}")


def _assert_says_why(answer: httpx.Response) -> None:
    """NuGet's clients send their credentials to a Basic challenge only, and print one header."""
    if answer.status_code in (401, 403):
        assert answer.headers["x-nuget-warning"]
    is_challenged = answer.headers.get("www-authenticate", "").startswith("Basic realm=")
    assert is_challenged == (answer.status_code == 401)
