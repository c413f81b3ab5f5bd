"""Which versions of an id are shown in which view, and what events make of that."""

from itertools import count
from random import Random

import pytest

from feed.nuget.catalog import Event, Verb
from feed.nuget.leaf import Deprecation
from feed.nuget.search_card import Card
from feed.nuget.search_package import (
    VIEWS,
    Change,
    Known,
    Package,
    View,
    dump_versions,
    load_versions,
)
from feed.nuget.version import Version
from tests.nuget.versions import plain

STABLE, STABLE2, PRE, PRE2 = VIEWS


def told(version: str, verb: Verb = Verb.PUSH, attempt: str = "") -> Change:
    """What the log tells of a version; its attempt is named after it."""
    event = Event(
        sequence=0,
        stamp=0,
        commit="0" * 32,
        verb=verb,
        id="Contoso.Utils",
        version=version,
        attempt=attempt or version,
        revision=0,
        published=0,
        listed=verb not in (Verb.UNLIST, Verb.SYMBOLS),
        deleted=verb is Verb.DELETE,
    )
    return event, None if verb is Verb.DELETE else Card.of(plain(version))


def shown(package: Package) -> dict[str, list[View]]:
    return {known.version: views for known, views in package.shown.items()}


def test_one_version_is_shown_in_every_view() -> None:
    assert shown(Package().changed([told("1.0.0")])) == {"1.0.0": [*VIEWS]}


def test_each_view_shows_the_newest_that_it_may_see() -> None:
    versions = ["1.0.0", "1.1.0+meta", "2.0.0-beta", "2.0.0-rc.1", "0.9.0"]
    assert shown(Package().changed(map(told, versions))) == {
        "1.0.0": [STABLE],
        "1.1.0+meta": [STABLE2],
        "2.0.0-beta": [PRE],
        "2.0.0-rc.1": [PRE2],
    }


def test_an_id_of_prereleases_is_not_in_the_stable_views() -> None:
    assert shown(Package().changed([told("1.0.0-beta")])) == {"1.0.0-beta": [PRE, PRE2]}


def test_a_hyphen_in_metadata_makes_no_prerelease() -> None:
    assert shown(Package().changed([told("1.0.0+a-b")])) == {"1.0.0+a-b": [STABLE2, PRE2]}


def test_when_the_newest_is_unlisted_the_next_one_is_shown() -> None:
    package = Package().changed([told("1.0.0")]).with_cards({})
    package = package.changed([told("2.0.0")]).with_cards({})
    package = package.changed([told("2.0.0", Verb.UNLIST)])
    assert shown(package) == {"1.0.0": [*VIEWS]}
    assert [each.version for each in package.missing] == ["1.0.0"]
    assert package.with_cards({"1.0.0": Card.of(plain("1.0.0"))}).missing == []


def test_an_id_with_nothing_listed_is_known_and_not_shown() -> None:
    package = Package().changed([told("1.0.0", Verb.UNLIST)]).with_cards({})
    assert (shown(package), package.cards) == ({}, {})
    assert [each.version for each in package.versions] == ["1.0.0"]
    assert shown(package.changed([told("1.0.0", Verb.RELIST)])) == {"1.0.0": [*VIEWS]}


def test_a_deleted_version_is_forgotten() -> None:
    changes = [told("1.0.0"), told("1.1.0"), told("1.1.0", Verb.DELETE), told("3.0.0", Verb.DELETE)]
    package = Package().changed(changes)
    assert [each.version for each in package.versions] == ["1.0.0"]


def test_symbols_change_nothing() -> None:
    package = Package().changed([told("1.0.0")])
    assert package.changed([told("1.0.0", Verb.SYMBOLS)]) == package


def test_downloads_outlive_a_change_but_not_another_push_of_the_same_number() -> None:
    package = Package((Known("1.0.0", "1.0.0", downloads=7),))
    (unlisted,) = package.changed([told("1.0.0", Verb.UNLIST)]).versions
    assert unlisted == Known("1.0.0", "1.0.0", listed=False, downloads=7, size=20480)
    (again,) = package.changed([told("1.0.0", attempt="another")]).versions
    assert again == Known("1.0.0", "another", size=20480)


def test_versions_come_back_as_they_were_stored() -> None:
    deprecation = Deprecation(("Legacy",), "old", "Other", "[1.0.0, )")
    versions = (
        Known("1.0.0", "a"),
        Known("2.0.0-x+y", "b", listed=False, semver2=True, downloads=3, deprecation=deprecation),
    )
    assert load_versions(dump_versions(versions)) == versions


@pytest.mark.parametrize("seed", range(20))
def test_it_does_not_matter_how_the_events_are_cut_into_batches(seed: int) -> None:
    random = Random(seed)  # noqa: S311  (no secret)
    numbers = ["1.0.0", "1.1.0-beta", "1.1.0", "2.0.0-a.1", "2.0.0"]
    verbs = [Verb.PUSH, Verb.UNLIST, Verb.RELIST, Verb.DELETE]
    changes = [told(random.choice(numbers), random.choice(verbs)) for _ in range(30)]
    at_once = Package().changed(changes)
    package = Package()
    for start in count(step=7):
        if start > len(changes):
            break
        package = package.changed(changes[start : start + 7])
    assert package.versions == at_once.versions
    versions = [Version.parse(each.version) for each in package.versions]
    assert versions == sorted(versions)
