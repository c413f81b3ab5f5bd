"""What the index makes of events, and what else can be asked of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed.nuget.catalog import Event, Verb
from feed.nuget.identity import PackageId
from feed.nuget.leaf import Deprecation
from feed.nuget.search_package import VIEWS, Change, Package, View
from feed.nuget.search_request import Request
from feed.services.search.index import Index, Sums
from tests.services.search.indexes import (
    EVERYTHING,
    PRE,
    STABLE,
    STABLE2,
    card,
    filled,
    find,
    package,
)


def pushed(package_id: str, version: str, **texts: object) -> Change:
    event = Event(
        sequence=0,
        stamp=0,
        commit="0" * 32,
        verb=Verb.PUSH,
        id=package_id,
        version=version,
        attempt=f"attempt of {package_id} {version}",
        revision=0,
        published=0,
    )
    return event, card(package_id, version, **texts)


def apply(index: Index, *changes: Change) -> None:
    changed = {
        lower_id: package.with_cards({}) for lower_id, package in index.changed(changes).items()
    }
    index.put(changed, index.sequence + len(changes))


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path)


def test_an_index_holds_what_events_say(index: Index) -> None:
    apply(index, pushed("Foo.Bar", "1.0.0"), pushed("Other", "1.0.0"))
    apply(index, pushed("foo.bar", "1.1.0", description="newer"))
    assert find(index, "bar") == ["foo.bar"]
    assert find(index, "newer") == ["foo.bar"]
    assert find(index, "") == ["foo.bar", "Other"]
    assert [each.version for each in index.versions(PackageId.parse("FOO.BAR"))] == [
        "1.0.0",
        "1.1.0",
    ]
    assert index.sequence == 3


def test_an_index_is_found_again_where_it_lies(index: Index) -> None:
    apply(index, pushed("Foo.Bar", "1.0.0"))
    index.settle()
    again = Index(index.folder, index.sequence)
    assert find(again, "foo") == ["Foo.Bar"]
    apply(again, pushed("Foo.Baz", "1.0.0"))
    assert find(again, "foo") == ["Foo.Bar", "Foo.Baz"]


def test_a_view_is_searched_by_the_words_of_the_version_that_it_shows(index: Index) -> None:
    apply(
        index,
        pushed("Foo", "1.0.0", description="stable"),
        pushed("Foo", "1.1.0-beta", description="preview"),
        pushed("Foo", "1.2.0-rc.1", description="candidate", semver2=True),
    )
    words = ["stable", "preview", "candidate"]
    found = {view: [word for word in words if find(index, word, view)] for view in VIEWS}
    assert found == {
        STABLE: ["stable"],
        STABLE2: ["stable"],
        PRE: ["preview"],
        EVERYTHING: ["candidate"],
    }


def test_what_was_put_in_comes_out_again(index: Index) -> None:
    given = package(
        card("Foo", "1.0.0", tags=("a b", "c"), dependencies=("X",)),
        card("Foo", "2.0.0-beta", files=("icon.png",)),
        downloads=7,
    )
    old = Deprecation(("Legacy",))
    given = Package((replace(given.versions[0], deprecation=old), given.versions[1]), given.cards)
    index.put({"foo": given}, 1)
    assert index.changed([pushed("Foo", "3.0.0")]) == {
        "foo": given.changed([pushed("Foo", "3.0.0")])
    }


def test_an_id_that_shows_nothing_is_still_known(index: Index) -> None:
    event, told = pushed("Foo", "1.0.0")
    apply(index, (replace(event, listed=False), told))
    assert find(index, "", EVERYTHING) == []
    assert [each.listed for each in index.versions(PackageId.parse("Foo"))] == [False]
    apply(index, (event, told))
    assert find(index, "") == ["Foo"]


def test_an_id_whose_versions_are_all_deleted_is_forgotten(index: Index) -> None:
    event, told = pushed("Foo", "1.0.0")
    apply(index, (event, told))
    apply(index, (replace(event, deleted=True), None))
    assert find(index, "", EVERYTHING) == []
    assert index.versions(PackageId.parse("Foo")) == ()


def test_completes_by_beginning_then_word_then_piece_whatever_the_downloads(tmp_path: Path) -> None:
    downloads = {"Fo": 0, "Foo.Bar": 5, "Foot": 6, "My.Foo": 1000, "Kung-Food": 9, "X.Tofoo": 10**9}
    index = filled(tmp_path, [package(card(each), downloads=n) for each, n in downloads.items()])
    assert completed(index, "foo") == ["Foot", "Foo.Bar", "My.Foo", "Kung-Food", "X.Tofoo"]
    assert completed(index, "FO") == ["Fo", "Foot", "Foo.Bar", "My.Foo", "Kung-Food"]
    assert completed(index, "foo.b") == ["Foo.Bar"]
    assert completed(index, "bar foo") == ["Foo.Bar"]
    assert completed(index, "") == ["X.Tofoo", "My.Foo", "Kung-Food", "Foot", "Foo.Bar", "Fo"]
    assert completed(index, "zzz") == []


def completed(index: Index, text: str, view: View = STABLE) -> list[str]:
    return [hit.card.id for hit in index.complete(Request(text, view)).hits]


def test_finds_what_depends_on_an_id(tmp_path: Path) -> None:
    index = filled(
        tmp_path,
        [
            package(card("A", dependencies=("Foo.Bar", "X"))),
            package(card("B", dependencies=("foo.bar",)), downloads=3),
            package(card("C", dependencies=("Foo",))),
            package(card("D", "1.0.0-beta", dependencies=("Foo.Bar",))),
        ],
    )
    found = index.dependents(PackageId.parse("FOO.bar"), Request())
    assert ([hit.card.id for hit in found.hits], found.total) == (["B", "A"], 2)
    assert index.dependents(PackageId.parse("Foo.Bar"), Request(view=PRE)).total == 3


def near(index: Index, text: str) -> list[str]:
    return [hit.card.id for hit in index.near(PackageId.parse(text), Request()).hits]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Newtonsoft.Jsn", ["Newtonsoft.Json"]),
        ("newtonsfot.json", ["Newtonsoft.Json"]),
        ("newtonsoft.jso", ["Newtonsoft.Json", "Newtonsoft.Json.Bson"]),
        ("NewtonsoftJson", ["Newtonsoft.Json", "Newtonsoft.Json.Bson"]),
        ("json", ["Newtonsoft.Json", "Newtonsoft.Json.Bson"]),
        ("XMP", ["Xml", "Xmp.Core"]),
        ("abc", []),
    ],
)
def test_names_that_are_near_one_that_is_not_there(
    asked: str, meant: list[str], tmp_path: Path
) -> None:
    ids = ["Newtonsoft.Json", "Newtonsoft.Json.Bson", "Xml", "Xmp.Core", "Else.Where"]
    index = filled(tmp_path, [package(card(each)) for each in ids])
    assert sorted(near(index, asked)) == sorted(meant)


def test_everything_is_counted_and_measured_once(index: Index) -> None:
    assert index.sums() == Sums(0, 0, 0)
    apply(index, pushed("Foo", "1.0.0", size=1), pushed("Foo", "2.0.0-rc", size=10))
    apply(index, pushed("Bar", "1.0.0+x", semver2=True, size=2**40))
    assert index.sums() == Sums(2, 3, 2**40 + 11)
    event, told = pushed("Bar", "1.0.0")
    apply(index, (replace(event, verb=Verb.UNLIST, listed=False), told))
    assert index.sums() == Sums(2, 3, 11)
    apply(index, (replace(event, verb=Verb.DELETE, deleted=True), None))
    assert index.sums() == Sums(1, 2, 11)


def test_downloads_are_taken_in_where_they_matter(tmp_path: Path) -> None:
    ids = ["Foo", "Bar", "Unknown"]
    index = filled(tmp_path, [package(card(each), downloads=100) for each in ids[:2]])
    index.recount({"foo": {"1.0.0": 109}, "bar": {"1.0.0": 111}, "unknown": {"1.0.0": 5}})
    counts = [index.versions(PackageId.parse(each)) for each in ids]
    assert [[known.downloads for known in each] for each in counts] == [[100], [111], []]
    assert find(index, "") == ["Bar", "Foo"]


def test_an_index_that_nobody_changed_has_nothing_to_settle(index: Index) -> None:
    index.settle()
    assert find(index, "") == []


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Index:
    ids = ["Newtonsoft.Json", "jQuery", "log4net", "A", "Contoso.Web-Client_X"]
    return filled(tmp_path_factory.mktemp("index"), [package(card(each)) for each in ids])


_FIELDS = st.sampled_from(["id:", "packageid:", "tags:", "title:", "version:", "owner:", "x:", '"'])
_SYNTAX = st.sampled_from(
    [*'+-&|!(){}[]^"~*?:\\/<>=', "AND ", "OR ", "NOT ", " TO ", "\0", "\u202e"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_FIELDS | _SYNTAX | st.text(max_size=8), max_size=40).map("".join))
def test_whatever_is_typed_is_answered(small: Index, text: str) -> None:
    found = small.search(Request(text, EVERYTHING))
    assert len(found.hits) == found.total <= 5
    assert small.complete(Request(text, EVERYTHING)).total <= 5


@pytest.mark.parametrize(
    "text",
    [
        "x" * 8000,
        "a " * 4000,
        '"' + "the of a " * 900,
        "AbCdEf" * 1400,
        "tags:" + "a," * 4000,
        "\N{PACKAGE}" * 2000,
        "id:a " * 1600,
        " ".join(f"id:{n}x" for n in range(2000)),
        "(" * 8000,
    ],
)
def test_a_long_text_is_answered_too(small: Index, text: str) -> None:
    assert small.search(Request(text, EVERYTHING)).total <= 5
    assert small.complete(Request(text, EVERYTHING)).total <= 5


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("json*", ["Newtonsoft.Json"]),
        ("+json -newtonsoft", ["Newtonsoft.Json"]),
        ("jquery OR json", []),
        ("/j.*/", ["jQuery", "Newtonsoft.Json"]),
        ("jquery~2", []),
        ("[a TO z]", []),
        ("jquery^9", []),
        ("_:x", ["A", "Contoso.Web-Client_X", "jQuery", "log4net", "Newtonsoft.Json"]),
    ],
)
def test_the_engines_own_query_language_is_not_known(
    small: Index, text: str, found: list[str]
) -> None:
    assert sorted(find(small, text), key=str.lower) == found
