from urllib.parse import parse_qsl

import pytest

from feed.errors import Invalid
from feed.nuget.deprecation import Alternate, DeprecationRequest
from feed.nuget.identity import PackageId
from feed.nuget.leaf import Deprecation
from feed.nuget.version import Version

TINY = PackageId.parse("Tiny")
ONE = (Version.parse("1.0.0"),)
TWO = Version.parse("2.0.0")


def parse(text: str) -> DeprecationRequest:
    return DeprecationRequest.parse(TINY, parse_qsl(text, keep_blank_values=True))


@pytest.mark.parametrize(
    ("text", "deprecation"),
    [
        ("isLegacy=true", Deprecation(("Legacy",))),
        ("ISLEGACY=True&HasCriticalBugs=TRUE", Deprecation(("Legacy", "CriticalBugs"))),
        ("isOther=true&message=+Gone+", Deprecation(("Other",), "Gone")),
        ("isLegacy=true&message=", Deprecation(("Legacy",))),
        ("isLegacy=true&isLegacy=false", None),
        ("isLegacy=false&hasCriticalBugs=&message=ignored", None),
        ("", None),
        (f"isLegacy=true&message={'m' * 1000}", Deprecation(("Legacy",), "m" * 1000)),
    ],
)
def test_reads_the_reasons_and_the_message(text: str, deprecation: Deprecation | None) -> None:
    assert parse(f"versions=1.0&{text}") == DeprecationRequest(ONE, deprecation)


def test_every_version_counts_once_in_whatever_spelling() -> None:
    request = parse("versions=2.0&versions=1.0.0&Versions=1.0+&versions=2.0.0.0&versions=")
    assert request.versions == (TWO, *ONE)


@pytest.mark.parametrize(
    ("text", "id_text", "version", "version_range"),
    [
        ("alternatePackageId=Other.Pkg", "Other.Pkg", None, None),
        ("alternatePackageId=Other&alternatePackageVersion=2.0", "Other", TWO, "[2.0.0, )"),
        ("alternatePackageId=tiny&alternatePackageVersion=2.0", "tiny", TWO, "[2.0.0, )"),
    ],
)
def test_reads_the_alternative(
    text: str, id_text: str, version: Version | None, version_range: str | None
) -> None:
    alternate = Alternate(PackageId.parse(id_text), version)
    expected = Deprecation(("Legacy",), None, id_text, version_range)
    request = parse(f"versions=1.0.0&isLegacy=true&{text}")
    assert request == DeprecationRequest(ONE, expected, alternate)


@pytest.mark.parametrize(
    ("text", "listed"),
    [("", None), ("Unchanged", None), ("Unlist", False), ("unlist", False), ("Relist", True)],
)
def test_may_list_and_unlist_on_the_way(text: str, listed: bool | None) -> None:
    request = parse(f"versions=1.0.0&listedVerb={text}")
    assert request == DeprecationRequest(ONE, None, listed=listed)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("isLegacy=true", "versions is missing"),
        ("versions=+", "versions is missing"),
        ("versions=1.0.0&versions=x", "version 'x': "),
        ("versions=1.0.0&isLegacy=maybe", "isLegacy is 'maybe', not one of false, true"),
        ("versions=1.0.0&listedVerb=Hide", "listedVerb is 'Hide', not one of unchanged, unlist"),
        ("versions=1.0.0&isOther=true", "message is missing: isOther needs one"),
        (f"versions=1.0.0&isLegacy=true&message={'m' * 1001}", "message has 1001 characters, 1000"),
        ("versions=1.0.0&isLegacy=true&alternatePackageId=TINY", "TINY cannot be its own altern"),
        (
            "versions=1.0.0&isLegacy=true&alternatePackageId=Tiny&alternatePackageVersion=1.0",
            "Tiny 1.0.0 cannot be its own alternative",
        ),
        ("versions=1.0.0&isLegacy=true&alternatePackageVersion=1.0", "needs alternatePackageId"),
        ("versions=1.0.0&isLegacy=true&alternatePackageId=a..b", "package id 'a..b': "),
    ],
)
def test_refuses_what_makes_no_sense(text: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        parse(text)
