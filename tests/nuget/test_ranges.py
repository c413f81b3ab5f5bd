import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.errors import InvalidRange
from feed.nuget.ranges import VersionRange
from feed.nuget.version import Version
from tests.nuget.texts import any_text, version_texts, versions


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("1.0", "[1.0.0, )"),
        (" 1.0-Beta+x ", "[1.0.0-Beta, )"),
        ("[1.0]", "[1.0.0, 1.0.0]"),
        ("[1.0,2.0)", "[1.0.0, 2.0.0)"),
        ("[ 1.0 , 2.0 ]", "[1.0.0, 2.0.0]"),
        ("(1.0,)", "(1.0.0, )"),
        ("[1.0,]", "[1.0.0, )"),
        ("(,1.0]", "(, 1.0.0]"),
        ("[,1.0)", "(, 1.0.0)"),
        ("(, )", "(, )"),
        ("[ ,]", "(, )"),
        ("[ ]", "(, )"),
        ("(1,1)", "(1.0.0, 1.0.0)"),
        ("[1.0.0-rc.1, 1.0.0-RC.1]", "[1.0.0-rc.1, 1.0.0-RC.1]"),
    ],
)
def test_normalises(text: str, normalised: str) -> None:
    assert str(VersionRange.parse(text)) == normalised


GRAMMAR = "a range is a minimum like 1.0, or an interval like [1.0], [1.0, 2.0) or (, 2.0]"
BRACKETS = "a single version needs square brackets, like [1.0]"
FLOATING = "a floating version is for project files, not for packages"
EQUAL = "its bounds are the same version, both included and excluded"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", GRAMMAR),
        (" ", GRAMMAR),
        ("(,)", GRAMMAR),
        ("[,]", GRAMMAR),
        ("[]", GRAMMAR),
        ("[", GRAMMAR),
        ("(1.0", GRAMMAR),
        ("[1,2,3]", GRAMMAR),
        ("(1.0)", BRACKETS),
        ("[1.0)", BRACKETS),
        ("(1.0]", BRACKETS),
        ("( )", BRACKETS),
        ("[1,1)", EQUAL),
        ("(1,1.0.0.0]", EQUAL),
        ("[2,1]", "its lower bound is above its upper bound"),
        ("*", FLOATING),
        ("1.*", FLOATING),
        ("1.0.0-*", FLOATING),
        ("[1.*, 2.0)", FLOATING),
    ],
)
def test_refuses_what_is_no_range_and_says_why(text: str, rule: str) -> None:
    with pytest.raises(InvalidRange) as refused:
        VersionRange.parse(text)
    assert str(refused.value) == f"version range {text!r}: {rule}"


@pytest.mark.parametrize(
    "text", ["1.0,2.0", "a", "[a]", "[1.0.0.0.0,)", "(,1.0.0-01]", "1.0]", "[1,2)]"]
)
def test_names_the_bound_that_is_no_version(text: str) -> None:
    with pytest.raises(InvalidRange, match=r"^version range '.*': version '.*': "):
        VersionRange.parse(text)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("1.0", ["1.0.0", "1.0.0.1", "9.0-a"], ["1.0.0-a", "0.9"]),
        ("(1.0,2.0)", ["1.0.1", "2.0-a"], ["1.0", "2.0"]),
        ("[1.0,2.0]", ["1.0.0+a", "2.0.0"], ["2.0.0.1"]),
        ("(,1.0]", ["0.0", "1.0"], ["1.0.0.1"]),
        ("(1,1)", [], ["0.9", "1.0", "1.1"]),
        ("(, )", ["0.0.0-a", "2147483647"], []),
    ],
)
def test_contains_what_it_declares(text: str, inside: list[str], outside: list[str]) -> None:
    versions = VersionRange.parse(text)
    assert all(versions.contains(Version.parse(each)) for each in inside)
    assert not any(versions.contains(Version.parse(each)) for each in outside)


@pytest.mark.parametrize(
    ("text", "semver2"),
    [
        ("1.0-a", False),
        ("1.0-a.b", True),
        ("(,1.0-a.b]", True),
        ("[1.0,2.0+a]", True),
        ("(, )", False),
    ],
)
def test_a_dotted_label_or_metadata_in_a_bound_makes_it_semver2(text: str, semver2: bool) -> None:
    assert VersionRange.parse(text).is_semver2 == semver2


def test_two_spellings_are_one_range() -> None:
    assert VersionRange.parse("1.0-RC") == VersionRange.parse("[1.0.0.0-rc, )")


@st.composite
def ranges(draw: st.DrawFn) -> VersionRange:
    lower, upper = sorted(draw(st.tuples(versions, versions)))
    brackets = ["()", "[]"] if lower == upper else ["()", "[]", "[)", "(]"]
    interval = draw(st.sampled_from(brackets))
    first = draw(st.sampled_from([lower.full, " "]))
    second = draw(st.sampled_from([upper.full, " "]))
    return VersionRange.parse(f"{interval[0]}{first},{second}{interval[1]}")


@given(ranges())
def test_the_print_parses_to_the_same_range(versions: VersionRange) -> None:
    assert VersionRange.parse(str(versions)) == versions


@given(ranges())
def test_a_bound_is_contained_as_declared(versions: VersionRange) -> None:
    assert versions.lower is None or versions.contains(versions.lower) == versions.includes_lower
    assert versions.upper is None or versions.contains(versions.upper) == versions.includes_upper


@given(version_texts(), versions)
def test_a_bare_version_is_a_minimum(text: str, version: Version) -> None:
    assert VersionRange.parse(text).contains(version) == (version >= Version.parse(text))


@given(any_text)
def test_any_text_is_a_range_or_refused(text: str) -> None:
    try:
        versions = VersionRange.parse(text)
    except InvalidRange:
        return
    assert VersionRange.parse(str(versions)) == versions


@pytest.mark.parametrize("part", ["[", ",", " ", "1", "(,", "[1,"])
def test_long_texts_are_refused_at_once(part: str) -> None:
    for text in (part * 50_000, f"[{part * 50_000}", f"[1,{part * 50_000}_]"):
        with pytest.raises(InvalidRange):
            VersionRange.parse(text)
