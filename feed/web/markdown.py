"""Readmes: CommonMark with tables as HTML that can do no harm.

https://spec.commonmark.org

Raw HTML is left out by the renderer, and what it renders is cleaned again by a
second engine that knows nothing of Markdown. Both have an input on which they
are slow, so what is too large or nested too deeply is not rendered at all.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Final

FindPicture = Callable[[str], str | None]
"""Says where a picture is that lies beside the readme."""

LARGEST: Final = 256 * 1024
_LARGEST_HTML: Final = 2 * 1024 * 1024
_DEEPEST: Final = 100

_TAG: Final = re.compile(r"<(/?)([a-z][a-z0-9]*)[^>]*>")
_HEADING: Final = re.compile(r"<(/?)h([1-6])>")
_VOID: Final = frozenset({"br", "hr", "img", "input"})

_TAGS: Final = {
    *("a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "img", "li"),
    *("ol", "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
_ATTRIBUTES: Final[dict[str, set[str]]] = {
    "*": set(),
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}


def _find_none(address: str) -> None:
    """Know no picture."""


def render(readme: bytes, find_picture: FindPicture = _find_none) -> str | None:
    """Return safe HTML, or None for what is too large or too deep to be rendered."""
    import cmarkgfm  # noqa: PLC0415  (only who reads a page needs it)
    import nh3  # noqa: PLC0415

    if len(readme) > LARGEST:
        return None
    text = readme.decode("utf-8", "replace").removeprefix("\ufeff")
    html: str = cmarkgfm.github_flavored_markdown_to_html(text)
    if len(html) > _LARGEST_HTML or _depth(html) > _DEEPEST:
        return None
    return nh3.clean(
        _HEADING.sub(_lower_heading, html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=partial(_filter, find_picture),
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )


def _depth(html: str) -> int:
    """Count how deeply elements are nested; the renderer closes all that it opens."""
    depth = deepest = 0
    for closing, name in _TAG.findall(html):
        if name not in _VOID:
            depth += -1 if closing else 1
            deepest = max(deepest, depth)
    return deepest


def _lower_heading(match: re.Match[str]) -> str:
    """Put the readme's headings below those of the page."""
    return f"<{match[1]}h{min(6, int(match[2]) + 2)}>"


def _filter(find_picture: FindPicture, element: str, attribute: str, value: str) -> str | None:
    """Drop what points to a file that we do not show, or loads a picture in the clear."""
    if (element, attribute) == ("img", "src"):
        return value if value.lower().startswith("https://") else find_picture(value)
    if (element, attribute) == ("a", "href"):
        known = ("https://", "http://", "mailto:")
        return value if value.lower().startswith(known) else None
    return value
