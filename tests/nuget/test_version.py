from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from univers.versions import NugetVersion

from feed.errors import InvalidVersion
from feed.nuget.version import Version, check_pushable
from tests.nuget.texts import any_text, version_texts, versions


@pytest.mark.parametrize(
    ("text", "normalised", "full", "semver2"),
    [
        ("1", "1.0.0", "1.0.0", False),
        ("1.0", "1.0.0", "1.0.0", False),
        ("01.002.03.0", "1.2.3", "1.2.3", False),
        ("1.0.0.5-RC", "1.0.0.5-RC", "1.0.0.5-RC", False),
        ("1.0.0-beta.1", "1.0.0-beta.1", "1.0.0-beta.1", True),
        ("1.0.0+Build5", "1.0.0", "1.0.0+Build5", True),
        ("1.0.0-a-b", "1.0.0-a-b", "1.0.0-a-b", False),
        ("1.0.0-1", "1.0.0-1", "1.0.0-1", False),
        ("1.0.0-0a+007.-", "1.0.0-0a", "1.0.0-0a+007.-", True),
        ("1.0+a-b", "1.0.0", "1.0.0+a-b", True),
        (" 1 . 0 .\t3 -rc ", "1.0.3-rc", "1.0.3-rc", False),
        ("0" * 5000 + "1.0", "1.0.0", "1.0.0", False),
        (
            "2147483647.2147483647.2147483647.2147483647",
            *["2147483647" + ".2147483647" * 3] * 2,
            False,
        ),
    ],
)
def test_normalises(text: str, normalised: str, full: str, semver2: bool) -> None:
    version = Version.parse(text)
    assert (str(version), version.full, version.is_semver2) == (normalised, full, semver2)


NO_VERSIONS = """
    . 1. .1 1..2 1.0.0.0.0 a.b v1 +1 -1 1.-1 1.0.0- 1.0.0+ 1.0.0-+a 1.0.0-a..b 1.0.0-a. 1.0.0+a..b
    1.0.0-a_b 1.0.0-a+b+c 1.0-\u00e4 \u0661.0 1.2147483648 99999999999.0 1,0 1.* [1.0] 1.0\x00
"""


@pytest.mark.parametrize("text", ["", " ", "1 0", "1.0.0- a", "1.0.0-a b", *NO_VERSIONS.split()])
def test_refuses_what_is_no_version_and_says_what_is(text: str) -> None:
    with pytest.raises(InvalidVersion, match=r"a version is 1 to 4 numbers up to 2147483647"):
        Version.parse(text)


@pytest.mark.parametrize("text", ["1.0.0-01", "1.0.0-00", "1.0.0-a.007.b", "1.0.0-a.00"])
def test_refuses_a_leading_zero_in_a_label(text: str) -> None:
    with pytest.raises(InvalidVersion) as refused:
        Version.parse(text)
    assert str(refused.value) == f"version '{text}': a number in its label has a leading zero"


NUGET_ORDER = """
    0.0.0-a 0.0.0 1.0.0--2147483648 1.0.0--1 1.0.0--0 1.0.0-0 1.0.0-1 1.0.0-2 1.0.0-10
    1.0.0-2147483647 1.0.0-- 1.0.0--2147483649 1.0.0-10000000000 1.0.0-2147483648 1.0.0-alpha
    1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-Beta.11 1.0.0-RC 1.0.0-rc-1
    1.0.0-rc1 1.0.0 1.0.0.1-a 1.0.0.1 1.0.1 1.0.10 1.2.0 2.0.0
"""


def test_orders_as_nuget_does() -> None:
    in_order = [Version.parse(text) for text in NUGET_ORDER.split()]
    assert all(low < high for low, high in pairwise(in_order))
    assert sorted(in_order[::2] + in_order[1::2]) == in_order


def test_case_and_build_metadata_make_no_difference() -> None:
    assert len({Version.parse(text) for text in ("1.0.0-RC+a", "1.0-rc+b", "1.0.0.0-Rc")}) == 1


def test_knows_a_prerelease() -> None:
    assert [Version.parse(text).is_prerelease for text in ("1.0-a", "1.0+a-b")] == [True, False]


@given(version_texts())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = Version.parse(text)
    assert Version.parse(once.full) == once
    assert str(Version.parse(str(once))) == str(once)
    assert Version.parse(once.lower).lower == once.lower


@given(versions, versions, versions)
def test_the_order_is_total(a: Version, b: Version, c: Version) -> None:
    assert [a < b, a == b, a > b].count(True) == 1
    assert not a <= b <= c or a <= c


@given(versions, versions)
def test_equality_is_that_of_the_lower_case_text(a: Version, b: Version) -> None:
    assert (a == b) == (a.lower == b.lower)
    assert a != b or hash(a) == hash(b)


_plain = st.from_regex(
    r"[0-9]{1,3}(\.[0-9]{1,2}){2,3}(-(0|[1-9][0-9]?|[a-c][0-9a-c-]{0,2})(\.(0|[1-9]|[a-c]{1,2})){0,2})?",
    fullmatch=True,
)


@given(_plain, _plain)
def test_another_implementation_orders_alike(a: str, b: str) -> None:
    theirs = NugetVersion(a) < NugetVersion(b)
    assert (Version.parse(a) < Version.parse(b)) == theirs


@given(any_text)
def test_any_text_is_a_version_or_refused(text: str) -> None:
    try:
        version = Version.parse(text)
    except InvalidVersion:
        return
    assert Version.parse(version.full) == version


@pytest.mark.parametrize("part", ["0", "9", "1 ", " ", "1.", ".0", "-0", "1-", "a."])
def test_long_texts_are_refused_at_once(part: str) -> None:
    for text in (f"{part * 50_000}_", f"1.0{part * 50_000}_", f"1-{part * 50_000}_"):
        with pytest.raises(InvalidVersion):
            Version.parse(text)


def test_what_is_pushed_has_at_most_64_characters() -> None:
    check_pushable(Version.parse("1.0.0-" + "a" * 50 + "+1234567"))
    with pytest.raises(InvalidVersion, match="it has 65 characters, at most 64 can be pushed"):
        check_pushable(Version.parse("1.0.0-" + "a" * 50 + "+12345678"))
