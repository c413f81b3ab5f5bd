import re
from dataclasses import replace

import pytest

from feed.errors import InvalidTerms
from feed.services import paths
from feed.services.api_key import ApiKey, Terms
from feed.services.callers import Scope
from feed.services.clock import DAY
from feed.storage.rows import Row
from tests.keys import NOW

FULL = ApiKey(
    id="0123456789",
    name="ci",
    digest="0" * 64,
    scopes=frozenset({Scope.PUSH, Scope.UNLIST}),
    patterns=("Contoso.*", "Acme.?"),
    created=NOW,
    expires=NOW + DAY,
    revoked=NOW + 2,
    used=NOW + 1,
    successor="abcdefghij",
)
BARE = ApiKey("0123456789", "ci", "0" * 64, frozenset({Scope.READ}), (), NOW)


@pytest.mark.parametrize("key", [FULL, BARE])
def test_a_key_comes_back_from_its_row(key: ApiKey) -> None:
    assert ApiKey.of(Row(paths.key(key.id), key.values(), etag="1")) == key


def test_a_row_holds_no_more_than_it_must() -> None:
    assert BARE.values() == {
        "name": "ci",
        "digest": "0" * 64,
        "scopes": "read",
        "patterns": "",
        "created": NOW,
    }


def test_a_key_is_good_until_the_moment_it_expires() -> None:
    key = ApiKey("0123456789", "ci", "0" * 64, frozenset(), (), NOW, expires=NOW + DAY)
    assert key.find_fault(NOW + DAY - 1) is None
    assert key.find_fault(NOW + DAY) == "expired on 2030-01-02"


def test_a_key_tells_when_its_holder_needs_another_but_not_one_that_a_token_gives() -> None:
    assert FULL.grant.expires == FULL.expires
    assert replace(FULL, origin="a policy").grant.expires is None


def test_a_key_that_is_revoked_says_since_when() -> None:
    assert FULL.find_fault(NOW + 3) == "was revoked on 2030-01-01"


@pytest.mark.parametrize(
    "terms",
    [
        Terms("ci"),
        Terms("Contoso's build, müller@contoso.com"),
        Terms("x" * 64),
        Terms("ci", patterns=("Contoso.*", "*", "A-b_C.?", ".*")),
        Terms("ci", patterns=("x*",) * 50),
        Terms("ci", lifetime=1),
    ],
)
def test_such_a_key_can_be_made(terms: Terms) -> None:
    terms.check()


@pytest.mark.parametrize("name", ["", " ci", "ci ", "x" * 65, "a\nb", "a\x00b", "a\u202eb"])
def test_a_name_fits_on_a_line_of_a_log(name: str) -> None:
    with pytest.raises(InvalidTerms, match="its name"):
        Terms(name).check()


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "Contoso.[a-z]*",
        "^Contoso",
        "Contoso.(a|b)",
        "Contoso.+",
        "Contoso\\..*",
        "{Contoso,Acme}.*",
        "!Contoso.*",
        "Contoso Json",
        "Contoso.*,Acme.*",
        "Contosö.*",
        "x" * 101,
        "Contoso.*\n",
    ],
)
def test_a_pattern_that_tries_to_be_more_than_a_glob_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidTerms, match="in which \\* and \\? stand for other characters"):
        Terms("ci", patterns=("Contoso.*", pattern)).check()


def test_all_faults_are_named_at_once() -> None:
    faulty = Terms("", patterns=("a b", *["x"] * 50), lifetime=0)
    message = (
        "such a key cannot be made: its name '' is not 1 to 64 printable characters; "
        "it has 51 patterns, 50 are allowed; "
        "pattern 'a b': a pattern is a package id in which * and ? stand for other characters; "
        "it would expire before it is made"
    )
    with pytest.raises(InvalidTerms, match=f"^{re.escape(message)}$"):
        faulty.check()
