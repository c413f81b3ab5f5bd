import re
from dataclasses import replace

import pytest

from feed.errors import Forbidden
from feed.nuget.identity import PackageId
from feed.services.callers import Actor, Caller, Grant, Scope, matches
from feed.services.clock import DAY, HOUR
from tests.keys import NOW

TINY = PackageId.parse("Contoso.Tiny")
OTHER = PackageId.parse("Fabrikam.X")


def caller(*grants: Grant) -> Caller:
    return Caller(grants, address="192.0.2.7")


def grant(*scopes: Scope, patterns: tuple[str, ...] = (), name: str = "ci") -> Grant:
    return Grant(name, frozenset(scopes), patterns, key=f"{name}00000000"[:10])


@pytest.mark.parametrize(
    ("left", "warnings"),
    [
        (None, []),
        (15 * DAY, []),
        (13 * DAY, ["the key 'ci' expires on 2030-01-14"]),
        (HOUR, ["the key 'ci' expires on 2030-01-01"]),
    ],
)
def test_a_key_that_ends_within_two_weeks_says_so(left: int | None, warnings: list[str]) -> None:
    ending = replace(grant(Scope.PUSH), expires=left and NOW + left)
    assert list(caller(ending, grant(Scope.PUSH)).find_warnings(NOW)) == warnings


@pytest.mark.parametrize(
    ("pattern", "package_id"),
    [
        ("Contoso.*", "Contoso.Json"),
        ("contoso.*", "CONTOSO.Json.Extras"),
        ("CONTOSO.*", "contoso.json"),
        ("*", "Anything"),
        ("*.Json", "Contoso.Json"),
        ("Cont?so.Json", "Contoso.Json"),
        ("Contoso.Json", "contoso.json"),
        ("*o*o*.J*", "Contoso.Json"),
        ("A-B_C.*", "a-b_c.d"),
    ],
)
def test_a_pattern_matches_whole_ids_in_any_case(pattern: str, package_id: str) -> None:
    assert matches(pattern, PackageId.parse(package_id))


@pytest.mark.parametrize(
    ("pattern", "package_id"),
    [
        ("Contoso.*", "ContosoX.Json"),
        ("Contoso.*", "Contoso"),
        ("Contoso.*", "My.Contoso.Json"),
        ("Contoso", "Contoso.Json"),
        ("Contoso.?", "Contoso.Json"),
        (".*", "Contoso"),
        ("Contos.", "Contoso"),
        ("Contoso.?*", "Contoso"),
    ],
)
def test_a_pattern_leaves_the_rest(pattern: str, package_id: str) -> None:
    assert not matches(pattern, PackageId.parse(package_id))


def test_a_pattern_full_of_stars_ends() -> None:
    """As a plain regular expression this would take longer than the universe has."""
    assert not matches("a*" * 49 + "b", PackageId.parse("a" * 100))


@pytest.mark.parametrize(
    ("scope", "may"),
    [
        (Scope.READ, set()),
        (Scope.PUSH, {"push"}),
        (Scope.PUSH_NEW, {"push", "push a new id"}),
        (Scope.UNLIST, {"change"}),
        (Scope.ADMIN, {"push", "push a new id", "change"}),
    ],
)
def test_a_scope_allows_this_and_nothing_else(scope: Scope, may: set[str]) -> None:
    assert {name for name in ("push", "push a new id", "change") if does(grant(scope), name)} == may


def does(granted: Grant, what: str) -> bool:
    try:
        if what == "change":
            caller(granted).check_change(TINY)
        else:
            caller(granted).check_push(TINY, is_new=what == "push a new id")
    except Forbidden:
        return False
    return True


def test_who_did_it_is_the_key_that_allowed_it() -> None:
    """A reader's password from the configuration often comes along with the key to push with."""
    reader, pusher = grant(Scope.READ, name="reader"), grant(Scope.PUSH, name="pusher")
    assert caller(reader, pusher).check_push(TINY, is_new=False) == Actor(
        "pusher", "pusher0000", "192.0.2.7"
    )


def test_two_keys_do_not_add_up_to_what_neither_allows() -> None:
    pusher = grant(Scope.PUSH, patterns=("Contoso.*",), name="pusher")
    lister = grant(Scope.UNLIST, patterns=("Fabrikam.*",), name="lister")
    both = caller(pusher, lister)
    assert both.check_push(TINY, is_new=False).name == "pusher"
    assert both.check_change(OTHER).name == "lister"
    with pytest.raises(Forbidden):
        both.check_push(OTHER, is_new=False)
    with pytest.raises(Forbidden):
        both.check_change(TINY)


@pytest.mark.parametrize(
    ("grants", "package_id", "message"),
    [
        (
            [grant(Scope.READ)],
            TINY,
            "you may not push Contoso.Tiny, a new id, here: the key 'ci' lacks the scope push-new",
        ),
        (
            [grant(Scope.PUSH_NEW, patterns=("Contoso.*", "Acme.*"))],
            OTHER,
            "you may not push Fabrikam.X, a new id, here: "
            "the key 'ci' is for Contoso.*, Acme.* only",
        ),
        (
            [grant(Scope.READ, name="a"), grant(Scope.PUSH_NEW, patterns=("B.*",), name="b")],
            OTHER,
            "you may not push Fabrikam.X, a new id, here: "
            "the key 'a' lacks the scope push-new; the key 'b' is for B.* only",
        ),
        ([], TINY, "you may not push Contoso.Tiny, a new id, here: that needs a key"),
    ],
)
def test_a_refusal_says_which_scope_or_pattern_is_missing(
    grants: list[Grant], package_id: PackageId, message: str
) -> None:
    with pytest.raises(Forbidden, match=f"^{re.escape(message)}$"):
        caller(*grants).check_push(package_id, is_new=True)


def test_a_refused_change_says_so_too() -> None:
    message = "you may not change Contoso.Tiny here: the key 'ci' lacks the scope unlist"
    with pytest.raises(Forbidden, match=f"^{re.escape(message)}$"):
        caller(grant(Scope.PUSH)).check_change(TINY)
