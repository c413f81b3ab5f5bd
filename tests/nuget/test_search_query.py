"""The query language of nuget.org, with its quirks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.nuget.search_query import LONGEST, MOST_TERMS, Clause, Field, Query, parse_query


def plain(*terms: str) -> list[Clause]:
    return [Clause(Field.ANY, (term,)) for term in terms]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", []),
        ("  \t\n ", []),
        ("json", plain("json")),
        ("json client json", plain("json", "client")),
        ('"json client" web', plain("json client", "web")),
        ('"a:b c', plain("a:b c")),
        ('say"so now"please', plain("say", "so now", "please")),
        ('""', []),
        ("tags:json", [Clause(Field.TAG, ("json",))]),
        ("TAG:a,b;c|d tags:e", [Clause(Field.TAG, ("a", "b", "c", "d", "e"))]),
        ("packageId:Foo.Bar", [Clause(Field.PACKAGE_ID, ("Foo.Bar",))]),
        ("id:a id:b", [Clause(Field.ID, ("a", "b"))]),
        ("authors:x author:y", [Clause(Field.AUTHOR, ("x", "y"))]),
        ('owner:"Contoso Ltd" web', [Clause(Field.OWNER, ("Contoso Ltd",)), *plain("web")]),
        ("title: json", [Clause(Field.TITLE, ("json",))]),
        ("*:json", plain("json")),
    ],
)
def test_reads(text: str, clauses: list[Clause]) -> None:
    assert parse_query(text) == Query(tuple(clauses))


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("invalid:jquery", []),
        ("invalid:jquery ui", plain("ui")),
        (":json", plain("json")),
        ("json :", plain("json")),
        ("a:title:json", [Clause(Field.TITLE, ("json",))]),
        ("title:a:json", []),
        ("json AND client OR NOT web", plain("json", "client", "web")),
        ("title:AND json", [Clause(Field.TITLE, ("json",))]),
        ('"AND"', plain("AND")),
        ("and or not", plain("and", "or", "not")),
        ('title:"" json', [Clause(Field.TITLE, ("json",))]),
        ("tags:,", []),
        ("tags:", []),
    ],
)
def test_reads_with_the_quirks_of_nuget_org(text: str, clauses: list[Clause]) -> None:
    assert parse_query(text) == Query(tuple(clauses))


@given(st.text())
def test_nothing_that_is_typed_is_an_error(text: str) -> None:
    for clause in parse_query(text).clauses:
        assert clause.values
        assert all(clause.values)


def test_a_query_is_read_only_so_far() -> None:
    assert parse_query("x" * 9000) == Query(tuple(plain("x" * LONGEST)))
    assert len(parse_query(" ".join(map(str, range(100)))).clauses) == MOST_TERMS
