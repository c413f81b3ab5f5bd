import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.nuget.search_words import LONGEST, Word, beginnings, index_words, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Newtonsoft.Json", ["newtonsoft", "json"]),
        ("NewtonsoftJson", ["newtonsoftjson", "newtonsoft", "json"]),
        ("my_package-name", ["my", "package", "name"]),
        ("EFCore", ["efcore", "ef", "core"]),
        ("XMLHttpRequest", ["xmlhttprequest", "xml", "http", "request"]),
        ("net8", ["net8", "net", "8"]),
        ("log4net", ["log4net", "log", "4", "net"]),
        ("JSON json Json", ["json"]),
        ("Größe des Цвета", ["größe", "des", "цвета"]),
        ("¡¿++#", []),
        ("", []),
    ],
)
def test_a_text_is_found_by_its_words_and_their_parts(text: str, expected: list[str]) -> None:
    assert index_words(text) == expected


def test_a_word_knows_its_parts_in_their_order() -> None:
    assert words("Use IOStream2!") == [
        Word("use"),
        Word("iostream2", ("io", "stream", "2")),
    ]


def test_every_beginning_of_a_text_is_listed() -> None:
    assert set(beginnings(["json", "js"])) == {"j", "js", "jso", "json"}


@given(st.text())
def test_words_are_lower_case_and_hold_no_blank(text: str) -> None:
    for word in index_words(text):
        assert word == word.lower()
        assert word.split() == [word]


def test_no_word_is_longer_than_any_id() -> None:
    assert index_words("x" * 70_000) == ["x" * LONGEST]
