import json
from collections.abc import Iterator, Sequence

import pytest

from feed.nuget import registration, registration_document
from feed.nuget.leaf import Deprecation
from feed.nuget.manifest import Dependency, DependencyGroup, Manifest
from feed.nuget.registration_document import Change
from feed.nuget.urls import Hive, Urls
from feed.nuget.version import Version
from tests.nuget.golden import assert_golden
from tests.nuget.golden.packages import CONTOSO_UTILS, FABRIKAM_TOOL
from tests.nuget.shapes import CatalogEntry, Index, Item, RegistrationLeaf
from tests.nuget.versions import FEED, leaf, plain, pushed, state

NEWEST = Hive.GZIP_SEMVER2
OLD_HIVES = (Hive.PLAIN, Hive.GZIP)


def index_of(changes: Sequence[Change], hive: Hive = NEWEST, urls: Urls = FEED) -> bytes:
    answer = registration.index(registration_document.merge(None, changes), hive, urls)
    assert answer is not None
    return answer


def only_item(change: Change, hive: Hive = NEWEST) -> Item:
    (page,) = Index.model_validate_json(index_of([change], hive)).items
    (item,) = page.items or []
    return item


def only_entry(change: Change, hive: Hive = NEWEST) -> CatalogEntry:
    return only_item(change, hive).catalog_entry


def saying(*groups: DependencyGroup, description: str = "Small things") -> Change:
    """A push of a package that says this."""
    manifest = Manifest(
        id="Contoso.Utils",
        version="1.0.0",
        authors="Contoso",
        description=description,
        dependency_groups=groups,
    )
    return state("1.0.0"), leaf(manifest)


def addresses(document: object) -> Iterator[str]:
    if isinstance(document, dict):
        for value in document.values():
            yield from addresses(value)
    elif isinstance(document, list):
        for value in document:
            yield from addresses(value)
    elif isinstance(document, str) and document.startswith("http"):
        yield document


@pytest.mark.parametrize(
    ("changes", "hive", "name"),
    [
        (CONTOSO_UTILS, Hive.GZIP_SEMVER2, "registration_index"),
        (CONTOSO_UTILS, Hive.PLAIN, "registration_index_plain"),
        (FABRIKAM_TOOL, Hive.GZIP, "registration_index_tool"),
    ],
)
def test_an_index_says_all_that_is_known(changes: Sequence[Change], hive: Hive, name: str) -> None:
    assert_golden(index_of(changes, hive), name, Index)


def test_a_leaf_says_where_to_find_all_about_its_version() -> None:
    document = registration_document.merge(None, CONTOSO_UTILS)
    answer = registration.leaf(document, NEWEST, FEED, Version.parse("1.1-beta.1"))
    assert_golden(answer, "registration_leaf", RegistrationLeaf)


@pytest.mark.parametrize("version", ["0.9.0", "3.0.0"])
def test_a_version_that_was_deleted_or_never_there_has_no_leaf(version: str) -> None:
    document = registration_document.merge(None, CONTOSO_UTILS)
    assert registration.leaf(document, NEWEST, FEED, Version.parse(version)) is None


@pytest.mark.parametrize("hive", Hive)
def test_every_address_stays_in_its_hive(hive: Hive) -> None:
    found = addresses(json.loads(index_of(CONTOSO_UTILS, hive)))
    registrations = [each for each in found if "/v3/registration" in each]
    assert registrations
    assert all(each.startswith(f"https://feed.example/v3/{hive}/") for each in registrations)


def test_every_address_begins_with_the_public_one_of_now() -> None:
    moved = index_of(CONTOSO_UTILS, urls=Urls("http://127.0.0.1:7071/nuget"))
    here = index_of(CONTOSO_UTILS)
    assert here.replace(b"https://feed.example", b"http://127.0.0.1:7071/nuget") == moved


@pytest.mark.parametrize("version", ["1.0.0-beta.1", "1.0.0+sha"])
def test_a_semver2_version_is_only_for_the_hive_that_shows_them(version: str) -> None:
    document = registration_document.merge(None, [pushed("0.9.0"), pushed(version)])
    wanted = Version.parse(version)
    assert [registration.leaf(document, hive, FEED, wanted) for hive in OLD_HIVES] == [None, None]
    assert registration.leaf(document, NEWEST, FEED, wanted)


def test_a_version_with_a_semver2_dependency_is_too() -> None:
    """Its own version does not tell; the row does."""
    change = state("1.0.0", semver2=True), plain("1.0.0")
    document = registration_document.merge(None, [change])
    assert registration.index(document, Hive.PLAIN, FEED) is None
    assert registration.index(document, NEWEST, FEED)


def test_build_metadata_is_in_the_version_and_in_no_address_and_no_bound() -> None:
    answer = index_of([pushed("1.0.0+sha.5")])
    (page,) = Index.model_validate_json(answer).items
    assert only_entry(pushed("1.0.0+sha.5")).version == "1.0.0+sha.5"
    assert (page.lower, page.upper) == ("1.0.0", "1.0.0")
    assert not [each for each in addresses(json.loads(answer)) if "sha" in each]


def test_an_unlisted_version_is_there_and_says_so() -> None:
    entry = only_entry((state("1.0.0", listed=False), plain("1.0.0")))
    assert (entry.listed, entry.published) == (False, "1900-01-01T00:00:00+00:00")


def test_a_relisted_version_has_its_old_date() -> None:
    entry = only_entry((state("1.0.0", 900), plain("1.0.0")))
    assert (entry.listed, entry.published) == (True, "2024-03-01T10:00:00+00:00")


@pytest.mark.parametrize(("hive", "told"), [(NEWEST, True), (Hive.GZIP, False)])
def test_a_deprecation_is_told_where_clients_know_the_word(hive: Hive, told: bool) -> None:
    deprecated = state("1.0.0", deprecation=Deprecation(reasons=("Other",), message="Unsafe"))
    deprecation = only_entry((deprecated, plain("1.0.0")), hive).deprecation
    assert (deprecation is not None) is told


def test_an_alternative_without_a_range_may_have_any_version() -> None:
    deprecation = Deprecation(reasons=("Legacy",), alternate_id="Contoso.More")
    entry = only_entry((state("1.0.0", deprecation=deprecation), plain("1.0.0")))
    assert entry.deprecation
    assert entry.deprecation.alternate_package
    assert entry.deprecation.alternate_package.range == "*"


def test_flat_dependencies_are_one_group_for_any_framework() -> None:
    given = DependencyGroup(dependencies=(Dependency(id="Contoso.Core", range="[1.0.0, )"),))
    (group,) = only_entry(saying(given)).dependency_groups or []
    assert group.target_framework is None
    assert [each.id for each in group.dependencies or []] == ["Contoso.Core"]


def test_a_group_without_dependencies_is_there_and_names_its_framework() -> None:
    (group,) = (
        only_entry(saying(DependencyGroup(target_framework="net8.0"))).dependency_groups or []
    )
    assert (group.target_framework, group.dependencies) == ("net8.0", None)


@pytest.mark.parametrize("printed", ["[1.0.0, )", "[1.0.0, 1.0.0]", "(, 2.0.0]", ""])
def test_a_range_is_printed_as_the_manifest_has_it(printed: str) -> None:
    given = DependencyGroup(dependencies=(Dependency(id="Contoso.Core", range=printed),))
    (group,) = only_entry(saying(given)).dependency_groups or []
    assert [each.range for each in group.dependencies or []] == [printed]


@pytest.mark.parametrize(
    "text",
    ["\x01/\x02/\x03 and \x03", "\\u0001 \\\\u0002", 'a "quoted"\nline\r\n', "\u2028 \U0001f4e6"],
)
@pytest.mark.parametrize("hive", Hive)
def test_what_a_package_says_never_passes_for_something_of_ours(text: str, hive: Hive) -> None:
    assert only_entry(saying(description=text), hive).description == text
