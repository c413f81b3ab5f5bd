"""Addresses that packages name: which of them may become links."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    href: str | None = None


def link(text: str | None) -> Link | None:
    """Link what leads to a website; anything else, such as `javascript:`, stays a text."""
    if not text:
        return None
    return Link(text[:300], text if _is_website(text) else None)


def contact_link(text: str | None) -> Link | None:
    """Link the address of somebody, or a page of theirs."""
    if not text:
        return None
    return Link(text, text if _is_website(text) else f"mailto:{quote(text, safe='@')}")


def license_link(expression: str) -> Link:
    return Link(expression, f"https://licenses.nuget.org/{quote(expression)}")


def _is_website(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
