from collections.abc import Iterable
from itertools import combinations, product

import pytest

from feed.nuget import registration, registration_document
from feed.nuget.leaf import VersionState
from feed.nuget.registration import Paging
from feed.nuget.urls import Hive
from feed.nuget.version import Version
from tests.nuget.shapes import Index, Item, Page, WholePage
from tests.nuget.versions import FEED, plain, pushed, state

NEWEST = Hive.GZIP_SEMVER2

STATES = (
    state("0.9.0", 50),
    state("1.0.0-beta", 10),
    state("1.0.0-beta.2", 20),
    state("1.0.0", 60, listed=False),
    state("1.5.0", 70, deleted=True),
    state("10.0.0", 30),
)
EVERY_SUBSET = [subset for size in range(7) for subset in combinations(STATES, size)]


def stored(states: Iterable[VersionState]) -> bytes:
    return registration_document.merge(None, [(each, plain(each.version)) for each in states])


def many(count: int) -> bytes:
    return stored(state(f"1.{minor}.0", minor) for minor in range(count))


def is_shown(state: VersionState, hive: Hive) -> bool:
    return not state.deleted and (hive is NEWEST or not state.semver2)


def index_of(document: bytes, hive: Hive = NEWEST, paging: Paging = registration.PAGING) -> Index:
    answer = registration.index(document, hive, FEED, paging)
    assert answer is not None
    return Index.model_validate_json(answer)


def page_of(document: bytes, lower: str, upper: str, hive: Hive = NEWEST) -> WholePage:
    answer = registration.page(document, hive, FEED, Version.parse(lower), Version.parse(upper))
    assert answer is not None
    return WholePage.model_validate_json(answer)


def items_of(page: Page, document: bytes, hive: Hive = NEWEST) -> list[Item]:
    """Do as a client does, which fetches what the index only names."""
    if page.items is None:
        return page_of(document, page.lower, page.upper, hive).items
    return page.items


def versions_of(items: Iterable[Item]) -> list[str]:
    return [item.catalog_entry.version for item in items]


def test_three_versions_are_one_page_inside_the_index() -> None:
    index = index_of(stored([state("1.10.0"), state("1.0.0"), state("1.9.0-rc")]))
    (page,) = index.items
    assert (page.lower, page.upper, page.count) == ("1.0.0", "1.10.0", 3)
    assert versions_of(page.items or []) == ["1.0.0", "1.9.0-rc", "1.10.0"]


@pytest.mark.parametrize(
    ("versions", "counts"),
    [(1, [1]), (64, [64]), (65, [64, 1]), (127, [64, 63]), (128, [64, 64]), (129, [64, 64, 1])],
)
def test_sixty_four_versions_make_a_page(versions: int, counts: list[int]) -> None:
    assert [page.count for page in index_of(many(versions)).items] == counts


@pytest.mark.parametrize(("versions", "inlined"), [(127, True), (128, False)])
def test_up_to_127_versions_stand_in_the_index_itself(versions: int, inlined: bool) -> None:
    index = index_of(many(versions))
    assert [page.items is not None for page in index.items] == [inlined, inlined]


def test_versions_that_a_hive_does_not_show_do_not_count_for_it() -> None:
    hidden = [state(f"2.0.0-beta.{number}") for number in range(100)]
    shown = [state(f"1.{minor}.0") for minor in range(65)]
    document = stored(hidden + shown)
    assert [page.count for page in index_of(document, Hive.GZIP).items] == [64, 1]
    assert [page.count for page in index_of(document).items] == [64, 64, 37]


def test_a_page_of_its_own_is_the_one_that_the_index_names() -> None:
    document = many(128)
    named = index_of(document).items[1]
    page = page_of(document, named.lower, named.upper)
    base = "https://feed.example/v3/registration-gz-semver2/contoso.utils"
    assert (named.url, page.parent) == (f"{base}/page/1.64.0/1.127.0.json", f"{base}/index.json")
    only_here = {"parent", "items"}
    assert page.model_dump(exclude=only_here) == named.model_dump(exclude=only_here)


every_cut = pytest.mark.parametrize(
    ("size", "inlined", "hive"), list(product([1, 2, 3, 64], [0, 64], Hive))
)


@every_cut
def test_every_cut_shows_the_same_versions(size: int, inlined: int, hive: Hive) -> None:
    for states in EVERY_SUBSET:
        shown = [each.version for each in states if is_shown(each, hive)]
        document = stored(states)
        pages = index_of(document, hive, Paging(size, inlined)).items if shown else []
        cut = [versions_of(items_of(page, document, hive)) for page in pages]
        assert cut == [shown[at : at + size] for at in range(0, len(shown), size)]


@every_cut
def test_every_cut_sums_up_what_it_shows(size: int, inlined: int, hive: Hive) -> None:
    document = stored(STATES)
    index = index_of(document, hive, Paging(size, inlined))
    pages = [items_of(page, document, hive) for page in index.items]
    said = [(page.count, page.lower, page.upper, page.commit_time_stamp) for page in index.items]
    assert said == [
        (
            len(items),
            items[0].catalog_entry.version,
            items[-1].catalog_entry.version,
            max(item.commit_time_stamp for item in items),
        )
        for items in pages
    ]
    assert (index.count, index.commit_time_stamp) == (len(pages), max(stamp for *_, stamp in said))


def test_an_id_of_which_a_hive_shows_nothing_is_not_there() -> None:
    document = stored([state("1.0.0-beta.2"), state("2.0.0", deleted=True)])
    beta = Version.parse("1.0.0-beta.2")
    assert [
        registration.index(document, Hive.PLAIN, FEED),
        registration.page(document, Hive.PLAIN, FEED, beta, beta),
        registration.leaf(document, Hive.PLAIN, FEED, beta),
    ] == [None, None, None]


def test_bounds_from_an_older_index_still_find_all_between_them() -> None:
    """Clients keep an index for half an hour, and ask then for pages as they were."""
    before = stored([state("1.0.0"), state("2.0.0"), state("3.0.0")])
    page = index_of(before, paging=Paging(2, 0)).items[0]
    after = registration_document.merge(
        before, [pushed("0.5.0"), pushed("1.5.0"), (state("2.0.0", 9, deleted=True), None)]
    )
    assert versions_of(items_of(page, after)) == ["1.0.0", "1.5.0"]


def test_bounds_are_compared_as_versions() -> None:
    document = stored([state("1.9.0"), state("1.10.0-RC")])
    assert versions_of(page_of(document, "1.9", "1.10-rc").items) == ["1.9.0", "1.10.0-RC"]
