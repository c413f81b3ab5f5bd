import orjson
import pytest

from feed.errors import NewerSchema
from feed.nuget import content
from feed.nuget.content import VersionEntry
from feed.nuget.leaf import find_file
from feed.nuget.version import Version
from tests.nuget.versions import START, state

RC = Version.parse("1.0.0-RC.1")


def test_lists_lower_case_versions_in_ascending_order() -> None:
    given = ["1.10.0", "1.9.0", "1.0.0-RC.1+sha.5", "1.0.0", "1.0.0.1", "0.1.0", "1.0.0-beta.11"]
    document = content.merge(None, [state(version) for version in given])
    expected = ["0.1.0", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.0.1", "1.9.0", "1.10.0"]
    assert content.versions(document) == orjson.dumps({"versions": expected})


def test_lists_unlisted_versions_and_no_deleted_ones() -> None:
    states = [state("1.0.0", listed=False), state("2.0.0", deleted=True), state("3.0.0")]
    assert content.versions(content.merge(None, states)) == b'{"versions":["1.0.0","3.0.0"]}'


def test_lists_nothing_when_every_version_is_deleted() -> None:
    assert content.versions(content.merge(None, [state("1.0.0", deleted=True)])) is None


def test_finds_a_version_in_any_spelling() -> None:
    stored = state("1.0.0-rc.1+sha.5", 7, listed=False, files=("icon.png", "readme.md"))
    assert content.find_version(content.merge(None, [stored]), RC) == VersionEntry(
        revision=START + 7,
        listed=False,
        attempt=stored.attempt,
        size=20_480,
        files=("icon.png", "readme.md"),
    )


def test_remembers_that_a_version_was_deleted() -> None:
    document = content.merge(None, [state("1.0.0-rc.1", 7, deleted=True, files=("icon.png",))])
    assert content.find_version(document, RC) == VersionEntry(revision=START + 7, deleted=True)


def test_does_not_find_what_was_never_pushed() -> None:
    assert content.find_version(content.merge(None, [state("1.0.0")]), RC) is None


def test_a_document_of_a_newer_larder_is_refused_before_it_is_lost() -> None:
    document = orjson.dumps({"schema": 2, "releases": {}})
    with pytest.raises(NewerSchema, match="schema 2 and this Larder knows 1"):
        content.merge(document, [state("1.0.0")])


@pytest.mark.parametrize(
    ("kind", "name"), [("icon", "icon.jpg"), ("license", "license"), ("readme", None)]
)
def test_finds_a_stored_file_by_what_it_is(kind: str, name: str | None) -> None:
    assert find_file(("icon.jpg", "license", "iconic.png"), kind) == name
