"""The law of merges, held against every subset and order of a set of changes.

Changes may come late, twice and in any order: the document is always the one
that is made of the newest change of each version, and of nothing else.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations, product

import pytest

from feed.errors import NewerSchema
from feed.nuget import content, registration_document
from feed.nuget.leaf import Deprecation
from feed.nuget.registration_document import Change
from feed.nuget.version import Version
from tests.nuget.versions import plain, pushed, state

Merge = Callable[[bytes | None, Iterable[Change]], bytes]

LEGACY = Deprecation(reasons=("Legacy",))
CHANGES: Sequence[Change] = (
    pushed("1.0.0", 10),
    (state("1.0.0", 20, listed=False), plain("1.0.0")),
    (state("1.0.0", 30), plain("1.0.0")),
    (state("1.0.0", 40, deprecation=LEGACY), plain("1.0.0")),
    (state("1.0.0", 50, deleted=True), None),
    pushed("1.0.0", 60),
    pushed("1.0.0-beta.1", 35),
)
EVERY_SUBSET = [
    frozenset(subset) for size in range(8) for subset in combinations(range(len(CHANGES)), size)
]


def merge_content(document: bytes | None, changes: Iterable[Change]) -> bytes:
    return content.merge(document, [changed for changed, _ in changes])


both_documents = pytest.mark.parametrize("merge", [merge_content, registration_document.merge])


def newest(chosen: Iterable[int]) -> list[Change]:
    """Return of each version the newest change, in ascending order."""
    accounts = {}
    for changed, leaf in sorted((CHANGES[at] for at in chosen), key=lambda each: each[0].revision):
        accounts[Version.parse(changed.version)] = changed, leaf
    return [accounts[version] for version in sorted(accounts)]


@both_documents
def test_the_order_of_changes_makes_no_difference(merge: Merge) -> None:
    """One change further than every subset: each order of changes is a path of such steps."""
    scratch = {subset: merge(None, newest(subset)) for subset in EVERY_SUBSET}
    for subset in EVERY_SUBSET:
        for at in set(range(len(CHANGES))) - subset:
            document = scratch[subset] if subset else None
            assert merge(document, [CHANGES[at]]) == scratch[subset | {at}]


@both_documents
def test_many_changes_at_once_are_the_same_as_one_by_one(merge: Merge) -> None:
    """Every subset is merged into the document of every other that it has nothing of."""
    scratch = {subset: merge(None, newest(subset)) for subset in EVERY_SUBSET}
    for first, second in product(EVERY_SUBSET, repeat=2):
        if not first & second:
            merged = merge(scratch[first], [CHANGES[at] for at in sorted(second, reverse=True)])
            assert merged == scratch[first | second]


@both_documents
def test_a_repeated_change_makes_no_difference(merge: Merge) -> None:
    for subset in EVERY_SUBSET:
        document = merge(None, [CHANGES[at] for at in subset])
        assert merge(document, [CHANGES[at] for at in subset]) == document


def test_a_version_that_is_not_deleted_needs_its_leaf() -> None:
    with pytest.raises(ValueError, match=r"Contoso\.Utils 1\.0\.0 is not deleted"):
        registration_document.merge(None, [(state("1.0.0"), None)])


def test_a_registration_of_a_newer_larder_is_refused_before_it_is_lost() -> None:
    with pytest.raises(NewerSchema, match="schema 2 and this Larder knows 1"):
        registration_document.merge(b'{"schema":2,"releases":7}', [pushed("1.0.0")])
