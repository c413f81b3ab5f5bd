import pytest
from hypothesis import given

from feed.errors import InvalidPackageId, InvalidVersion
from feed.nuget.identity import PackageId, check_together
from feed.nuget.version import Version
from tests.nuget.texts import any_text


@pytest.mark.parametrize(
    "text", ["A", "_", "Newtonsoft.Json", "a-b.c_d", "1.2", "__a__", "a" * 100]
)
def test_an_id_is_shown_as_given(text: str) -> None:
    package_id = PackageId.parse(text)
    assert (str(package_id), package_id.lower) == (text, text.lower())


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a..b",
        "a.-b",
        "-a",
        ".a",
        "a.",
        "a-",
        "$id$",
        "a b",
        " a",
        "a\n",
        "a/b",
        "\u00e4",
        "\u0130",
    ],
)
def test_refuses_what_is_no_id_and_says_what_is(text: str) -> None:
    with pytest.raises(InvalidPackageId) as refused:
        PackageId.parse(text)
    rule = "an id is ASCII letters, digits and _ in groups joined by a single . or -"
    assert str(refused.value) == f"package id {text!r}: {rule}"


def test_an_id_has_at_most_100_characters() -> None:
    with pytest.raises(InvalidPackageId, match="it has 101 characters, 100 are allowed"):
        PackageId.parse("a" * 101)


def test_ids_are_compared_without_case() -> None:
    assert len({PackageId.parse("Tiny"), PackageId.parse("TINY")}) == 1
    assert PackageId.parse("Tiny") != PackageId.parse("Tiny2")


@given(any_text)
def test_any_text_is_an_id_or_refused(text: str) -> None:
    try:
        package_id = PackageId.parse(text)
    except InvalidPackageId:
        return
    assert PackageId.parse(package_id.lower) == package_id


def test_an_id_and_a_version_have_at_most_160_characters_together() -> None:
    package_id = PackageId.parse("a" * 100)
    check_together(package_id, Version.parse("1.0.0+" + "b" * 54))
    with pytest.raises(InvalidVersion, match="it has 161 characters, 160 are allowed"):
        check_together(package_id, Version.parse("1.0.0+" + "b" * 55))
