"""Feeds that nobody wrote look like feeds that somebody did."""

from collections import Counter

import pytest

from feed.cli.synthetic import Sample, samples
from feed.nuget.identity import PackageId
from feed.nuget.version import Version


@pytest.fixture(scope="module")
def made() -> list[Sample]:
    return list(samples(1000))


def test_the_same_seed_gives_the_same_packages(made: list[Sample]) -> None:
    assert list(samples(1000)) == made
    assert list(samples(20, seed=2)) != made[:20]


def test_every_id_is_valid_and_there_once(made: list[Sample]) -> None:
    assert len({PackageId.parse(each.manifest.id).lower for each in made}) == 1000


def test_versions_ascend(made: list[Sample]) -> None:
    for each in made:
        versions = [Version.parse(text) for text in each.versions]
        assert versions == sorted(set(versions)) != []


def test_a_few_owners_have_most_packages(made: list[Sample]) -> None:
    owners = Counter(each.manifest.authors for each in made)
    assert sum(count for _, count in owners.most_common(100)) > 500
    assert len(owners) > 200


def test_texts_are_as_long_as_real_ones_and_downloads_as_uneven(made: list[Sample]) -> None:
    assert all(20 <= len(each.manifest.description.split()) <= 60 for each in made)
    downloads = sorted(each.downloads for each in made)
    assert 1000 * downloads[500] < downloads[-1]


def test_packages_depend_on_those_that_came_before(made: list[Sample]) -> None:
    seen: set[str] = set()
    for each in made:
        for group in each.manifest.dependency_groups:
            assert seen.issuperset(dependency.id for dependency in group.dependencies)
        seen.add(each.manifest.id)
