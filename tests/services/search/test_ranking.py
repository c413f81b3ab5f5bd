"""The order of hits, held to a search without an engine, ties and pages and all."""

from pathlib import Path
from random import Random

import pytest

from feed.nuget.search_package import VIEWS, Package, View
from feed.nuget.search_request import Request
from feed.services.search.index import Index
from tests.services.search import oracle
from tests.services.search.indexes import STABLE, card, filled, find, package, put

PARTS = ["Json", "Core", "Net", "Xml", "Client", "NewtonsoftJson", "JsonX", "Log4net", "Jsonic"]
TEXTS = ["json", "core", "net", "xml", "client", "logging", "a", "NewtonsoftJson", "fast"]
# Many are alike, and some score alike on different rungs: 12 x log2(2 + 2) = 6 x log2(2 + 14).
DOWNLOADS = [0, 0, 0, 0, 1, 2, 2, 6, 14, 62, 1000, 123_456_789]
QUERIES = [
    *("", "json", "JSON core", "net", "xml client", "newtonsoftjson", "NewtonsoftJson", "js"),
    *("json.core", "Core.Json.Net", "ore", "sonic", "log4net", "log", "a fast", "json net xml"),
    *("id:json", "id:son", "id:xml id:net core", "tags:fast", "tags:json,core", "owner:contoso"),
    *("owner:ann json", "author:bob", "title:json core", "description:logging", "version:1.0"),
    *("version:2.0.0-rc", "packageid:json.core", "summary:fast", "nothing:here", "zebra", "+ json"),
]


def made(random: Random, count: int) -> list[Package]:
    packages: dict[str, Package] = {}
    while len(packages) < count:
        package_id = ".".join(random.choices(PARTS, k=random.randint(1, 4)))
        versions = random.choice([["1.0.0"], ["1.0.0", "2.0.0-rc"], ["0.1.0-rc"]])
        cards = [
            card(
                package_id,
                version,
                title=random.choice([None, random.choice(PARTS)]),
                description=" ".join(random.choices(TEXTS, k=3)),
                summary=random.choice(TEXTS),
                tags=random.sample(TEXTS, k=random.randint(0, 3)),
                authors=random.choice(["Contoso", "Ann, Bob", "Bob"]),
            )
            for version in versions
        ]
        packages[package_id.lower()] = package(*cards, downloads=random.choice(DOWNLOADS))
    return list(packages.values())


@pytest.fixture(scope="module")
def packages() -> list[Package]:
    return made(Random(1), 250)  # noqa: S311  (no secret)


@pytest.fixture(scope="module")
def index(packages: list[Package], tmp_path_factory: pytest.TempPathFactory) -> Index:
    """An index that grew in many steps, and in which many packages were replaced."""
    random = Random(2)  # noqa: S311  (no secret)
    index = filled(tmp_path_factory.mktemp("index"), packages[:60])
    for _ in range(5):
        put(index, random.sample(packages, 40))
    put(index, packages)
    put(index, random.sample(packages, 40))
    return index


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
@pytest.mark.parametrize("text", QUERIES)
def test_finds_what_it_should_in_the_right_order(
    index: Index, packages: list[Package], text: str, view: View
) -> None:
    expected = oracle.found(packages, text, view)
    found = index.search(Request(text, view, take=1000))
    assert [hit.card.id.lower() for hit in found.hits] == expected
    assert found.total == len(expected)


@pytest.mark.parametrize("size", [3, 20])
@pytest.mark.parametrize("text", ["", "json", "core net", "id:xml", "tags:fast"])
def test_pages_put_together_are_the_whole(
    index: Index, packages: list[Package], text: str, size: int
) -> None:
    expected = oracle.found(packages, text, STABLE)
    paged = []
    for skip in range(0, len(expected) + size, size):
        found = index.search(Request(text, STABLE, skip=skip, take=size))
        assert found.total == len(expected)
        paged += [hit.card.id.lower() for hit in found.hits]
    assert paged == expected


def test_packages_that_nobody_has_downloaded_come_by_id(tmp_path: Path) -> None:
    ids = [f"Contoso.{letter}{n}" for letter in "zyxw" for n in range(50)]
    index = filled(tmp_path, [package(card(each)) for each in ids])
    assert find(index, "contoso", take=60) == sorted(ids)[:60]
    assert find(index, "contoso", skip=90, take=3) == sorted(ids)[90:93]
    assert find(index, "", skip=199) == [max(ids)]


def test_of_equal_scores_the_more_downloaded_comes_first(tmp_path: Path) -> None:
    index = filled(
        tmp_path,
        [
            package(card("Starts.Json"), downloads=2**4 - 2),
            package(card("Json.Starts"), downloads=2**3 - 2),
            package(card("A.Other", title="json"), downloads=2**6 - 2),
        ],
    )
    # 8 x 4, 12 x 3 and 4 x 6, and then each its tie.
    assert find(index, "json") == ["Json.Starts", "Starts.Json", "A.Other"]
    put(index, [package(card("Other.Json"), downloads=2**3 - 2)])
    assert find(index, "json") == ["Json.Starts", "Starts.Json", "A.Other", "Other.Json"]
    assert find(index, "json", take=3) == ["Json.Starts", "Starts.Json", "A.Other"]


@pytest.mark.parametrize("skip", [3001, 99_999_999])
def test_beyond_the_limit_there_is_a_total_and_no_hit(index: Index, skip: int) -> None:
    found = index.search(Request("json", STABLE, skip=skip))
    assert (found.total > 100, found.hits) == (True, [])


def test_nothing_taken_is_a_total_and_no_hit(index: Index, packages: list[Package]) -> None:
    found = index.search(Request("json", STABLE, take=0))
    assert (found.total, found.hits) == (len(oracle.found(packages, "json", STABLE)), [])
