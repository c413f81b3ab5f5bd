"""Addresses that packages name: which of them may become links."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from feed.nuget.manifest import Repository
from feed.web.texts import plain

# These show a commit at the address of its repository and `/commit/`; others do it otherwise.
_SHOWS_COMMITS: Final = ("https://github.com/", "https://dev.azure.com/")
_COMMIT: Final = re.compile(r"[0-9a-fA-F]{7,64}")


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    href: str | None = None


def link(text: str | None) -> Link | None:
    """Link what leads to a website; anything else, such as `javascript:`, stays a text."""
    if not text:
        return None
    return Link(plain(text)[:300], text if _is_website(text) else None)


def contact_link(text: str | None) -> Link | None:
    """Link the address of somebody, or a page of theirs."""
    if not text:
        return None
    return Link(text, text if _is_website(text) else f"mailto:{quote(text, safe='@')}")


def license_link(expression: str) -> Link:
    return Link(expression, f"https://licenses.nuget.org/{quote(expression)}")


def commit_link(repository: Repository | None) -> Link | None:
    """Link a commit where it is known how its host spells that; else it stays a text."""
    commit = repository.commit if repository else None
    if not commit:
        return None
    url = (repository.url if repository else None) or ""
    if _COMMIT.fullmatch(commit) and url.startswith(_SHOWS_COMMITS) and _is_website(url):
        return Link(commit, f"{url.removesuffix('.git')}/commit/{commit}")
    return Link(plain(commit)[:100])


def _is_website(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
