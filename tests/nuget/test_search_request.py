import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.nuget.search_package import View
from feed.nuget.search_request import MOST_SKIPPED, Request, parse_view


def test_what_is_not_said_has_its_default() -> None:
    assert Request.parse({}) == Request(
        text="", view=View(prerelease=False, semver2=False), package_type="", skip=0, take=20
    )


def test_reads_every_parameter() -> None:
    parameters = {
        "q": "json",
        "skip": "40",
        "take": "5",
        "prerelease": "True",
        "semVerLevel": "2.0.0",
        "packageType": "DotnetTool",
        "supportedFramework": "net8.0",
    }
    assert Request.parse(parameters) == Request(
        text="json",
        view=View(prerelease=True, semver2=True),
        package_type="dotnettool",
        skip=40,
        take=5,
    )


@pytest.mark.parametrize(
    ("text", "take"),
    [
        *(("0", 0), ("1000", 1000), ("5000", 1000), ("9" * 5000, 1000), ("-1", 0)),
        *(("abc", 20), ("1.5", 20), ("", 20), ("٣", 20), ("1_000", 20)),
    ],
)
def test_take_is_clamped(text: str, take: int) -> None:
    assert Request.parse({"take": text}).take == take


@pytest.mark.parametrize(
    ("text", "end"),
    [("0", 20), ("-5", 20), ("3000", 3020), ("3001", 0), ("99999999", 0), ("9" * 5000, 0)],
)
def test_beyond_the_limit_nothing_is_shown(text: str, end: int) -> None:
    assert MOST_SKIPPED == 3000
    assert Request.parse({"skip": text}).end == end


@pytest.mark.parametrize(
    ("text", "semver2"),
    [
        *(("", False), ("banana", False), ("1.0.0", False), ("2.0.0-rc", False)),
        *(("2.0.0", True), ("2", True), ("3.1", True)),
    ],
)
def test_a_level_of_2_or_more_shows_packages_of_semver2(text: str, *, semver2: bool) -> None:
    assert parse_view({"semVerLevel": text}) == View(prerelease=False, semver2=semver2)


_NAMES = ["q", "skip", "take", "prerelease", "semVerLevel", "packageType"]


@given(st.dictionaries(st.sampled_from(_NAMES), st.text(st.characters(codec=None))))
def test_nothing_is_an_error(parameters: dict[str, str]) -> None:
    request = Request.parse(parameters)
    (request.text + request.package_type).encode()
    assert request.skip >= 0
    assert 0 <= request.take <= 1000
