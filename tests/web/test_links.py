"""Addresses and texts of packages, as they are shown."""

import pytest

from feed.nuget.manifest import Repository
from feed.web.links import Link, commit_link, link
from feed.web.texts import counted, cut, size

COMMIT = "4f2c9a81d0b7e6f53a1c2b3d4e5f60718293a4b5"


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://github.com/a/b.git", f"https://github.com/a/b/commit/{COMMIT}"),
        ("https://dev.azure.com/o/p/_git/r", f"https://dev.azure.com/o/p/_git/r/commit/{COMMIT}"),
        ("https://git.example/a/b", None),
        ("https://github.com.evil.example/a", None),
        ("javascript:alert(1)//https://github.com/", None),
        (None, None),
    ],
)
def test_a_commit_is_a_link_where_its_host_is_known(url: str | None, href: str | None) -> None:
    assert commit_link(Repository(url=url, commit=COMMIT)) == Link(COMMIT, href)


@pytest.mark.parametrize("commit", ["../../x", "main", "a b", '"><b>'])
def test_what_is_no_commit_is_no_link(commit: str) -> None:
    assert commit_link(Repository(url="https://github.com/a/b", commit=commit)) == Link(commit)


def test_nothing_is_shown_of_no_commit() -> None:
    assert commit_link(None) is commit_link(Repository(url="https://github.com/a/b")) is None


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//a.example", "http://", "http://[", "x"]
)
def test_only_websites_are_links(url: str) -> None:
    assert link(url) == Link(url)


def test_characters_are_shown_in_the_order_in_which_they_stand() -> None:
    assert cut("\u202egnp.exe\u2066") == "gnp.exe"
    assert link("https://a.example/\u202ex") == Link(
        "https://a.example/x", "https://a.example/\u202ex"
    )


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1024, "1.0 KB"), (2**31, "2.0 GB")],
)
def test_sizes_are_spelled_for_people(count: int, text: str) -> None:
    assert size(count) == text


def test_one_thing_is_not_several() -> None:
    assert (counted(1, "download"), counted(1234, "download")) == ("1 download", "1,234 downloads")
