import pytest

from feed.nuget import catalog
from feed.nuget.catalog import Event, Page, Verb
from feed.nuget.leaf import Leaf, VersionState
from tests.nuget.golden import assert_golden
from tests.nuget.golden.packages import (
    BETA,
    BETA_STATE,
    GONE_STATE,
    TOOL,
    TOOL_STATE,
    UTILS,
    UTILS_STATE,
)
from tests.nuget.shapes import CatalogDelete, CatalogDetails, CatalogIndex, CatalogPage
from tests.nuget.versions import FEED, SHA512, plain, state


def event(sequence: int, verb: Verb, left: VersionState) -> Event:
    """What the log says of an operation that left this state."""
    return Event(
        sequence=sequence,
        stamp=left.revision + 5,
        commit=left.change,
        verb=verb,
        id=left.id,
        version=left.version,
        attempt=left.attempt,
        revision=left.revision,
        published=left.published,
        listed=left.listed,
        deleted=left.deleted,
        deprecation=left.deprecation,
    )


PUSHED = event(1100, Verb.PUSH, BETA_STATE)
DELETED = event(1101, Verb.DELETE, GONE_STATE)
SYMBOLS = event(1102, Verb.SYMBOLS, UTILS_STATE)
DEPRECATED = event(1103, Verb.DEPRECATE, UTILS_STATE)


def test_an_index_names_its_pages() -> None:
    full = Page(number=1, count=548, stamp=BETA_STATE.revision, commit="e7" * 16)
    last = catalog.sum_up(2, [PUSHED, DELETED, SYMBOLS, DEPRECATED])
    assert last
    assert_golden(catalog.index([full, last], FEED), "catalog_index", CatalogIndex)


def test_a_page_names_its_events() -> None:
    answer = catalog.page(2, [PUSHED, DELETED, SYMBOLS, DEPRECATED], FEED)
    assert_golden(answer, "catalog_page", CatalogPage)


def test_the_catalog_of_an_empty_feed_is_there_and_older_than_all() -> None:
    index = CatalogIndex.model_validate_json(catalog.index([], FEED))
    assert (index.count, index.items) == (0, [])
    assert index.commit_time_stamp == "1970-01-01T00:00:00.0000000Z"


def test_an_index_is_as_new_as_its_newest_page_in_whatever_order_they_come() -> None:
    pages = [Page(2, 1, 200, "b" * 32), Page(0, 550, 100, "a" * 32)]
    index = CatalogIndex.model_validate_json(catalog.index(pages, FEED))
    newest = index.items[0]
    assert (index.commit_id, index.commit_time_stamp) == (
        newest.commit_id,
        newest.commit_time_stamp,
    )


def test_symbols_are_no_news_for_the_catalog() -> None:
    later = event(1104, Verb.SYMBOLS, TOOL_STATE)
    assert catalog.page(2, [PUSHED, later], FEED) == catalog.page(2, [PUSHED], FEED)


def test_a_page_of_nothing_but_symbols_is_not_there() -> None:
    assert catalog.sum_up(2, [SYMBOLS]) is None
    assert catalog.page(2, [SYMBOLS], FEED) is None


@pytest.mark.parametrize(("sequence", "page"), [(0, 0), (549, 0), (550, 1), (1099, 1), (1100, 2)])
def test_a_page_covers_550_sequence_numbers(sequence: int, page: int) -> None:
    assert catalog.page_of(sequence) == page
    assert sequence in catalog.sequences(page)
    assert len(catalog.sequences(page)) == 550


@pytest.mark.parametrize(
    ("verb", "left", "stored", "name"),
    [
        (Verb.DEPRECATE, UTILS_STATE, UTILS, "catalog_details"),
        (Verb.UNLIST, BETA_STATE, BETA, "catalog_details_unlisted"),
        (Verb.PUSH, TOOL_STATE, TOOL, "catalog_details_tool"),
    ],
)
def test_a_leaf_says_all_that_held_after_its_event(
    verb: Verb, left: VersionState, stored: Leaf, name: str
) -> None:
    assert_golden(catalog.leaf(event(1103, verb, left), stored, FEED), name, CatalogDetails)


def test_a_deleted_version_leaves_only_when_it_went() -> None:
    assert_golden(catalog.leaf(DELETED, None, FEED), "catalog_delete", CatalogDelete)


def test_the_newest_leaf_is_that_of_the_newest_event_but_for_its_address_and_commit_time() -> None:
    newest = CatalogDetails.model_validate_json(catalog.newest_leaf(UTILS_STATE, UTILS, FEED))
    of_event = CatalogDetails.model_validate_json(catalog.leaf(DEPRECATED, UTILS, FEED))
    assert newest.url == "https://feed.example/v3/catalog/newest/contoso.utils/1.0.0.json"
    differing = {"url", "commit_time_stamp", "dependency_groups", "deprecation"}
    assert newest.model_dump(exclude=differing) == of_event.model_dump(exclude=differing)


def test_a_leaf_vouches_for_the_bytes_of_the_package() -> None:
    details = CatalogDetails.model_validate_json(catalog.newest_leaf(TOOL_STATE, TOOL, FEED))
    assert (details.package_hash, details.package_size) == (SHA512, 20_480)
    assert [entry.name for entry in details.package_entries] == [
        "Fabrikam.Tool.nuspec",
        "Fabrikam.Tool.dll",
    ]


def test_a_version_that_is_not_deleted_needs_its_leaf() -> None:
    with pytest.raises(ValueError, match=r"Contoso\.Utils 1\.0\.0 is not deleted"):
        catalog.newest_leaf(state("1.0.0"), None, FEED)


def test_a_version_with_a_label_is_a_prerelease() -> None:
    answer = catalog.newest_leaf(state("1.0.0-rc"), plain("1.0.0-rc"), FEED)
    assert CatalogDetails.model_validate_json(answer).is_prerelease
