"""The reference pages, held to the code: settings, routes, rows and blobs."""

import re
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from feed.app import function_app
from feed.localhost import Route, routes
from feed.services import paths
from feed.settings import Settings
from tests.feeds import memory_feed

DOCS = Path(__file__).parents[1] / "docs"


def page(name: str) -> str:
    """A page as one line, so that a sentence is found wherever its lines break."""
    return " ".join((DOCS / name).read_text("utf-8").split())


@pytest.mark.parametrize(("name", "field"), Settings.model_fields.items())
def test_every_setting_is_documented_in_its_own_words(name: str, field: FieldInfo) -> None:
    description = " ".join((field.description or "").split())
    assert description
    assert f"### `FEED_{name.upper()}` {description}" in page("settings.md")


def test_no_setting_is_documented_that_is_gone() -> None:
    documented = re.findall(r"### `FEED_([A-Z_]+)`", page("settings.md"))
    assert sorted(map(str.lower, documented)) == sorted(Settings.model_fields)


@pytest.mark.parametrize("route", routes(function_app(memory_feed())), ids=lambda each: each.name)
def test_every_route_is_documented(route: Route) -> None:
    if route.name != "zz_not_found":
        assert f"/{route.template}`" in page("protocol.md")


def test_every_table_is_documented() -> None:
    for table in paths.TABLES:
        assert f"`{table}`" in page("storage.md")


def test_everything_that_paths_draws_is_documented() -> None:
    drawn = re.findall(r"^ {4}\w* +((?:packages|leaves|ids|search)/\S+)", paths.__doc__ or "", re.M)
    assert drawn
    for path in drawn:
        assert f"`{path}`" in page("storage.md"), path
