"""The reference pages, held to the code: settings, routes, commands, rows and blobs."""

import ast
import inspect
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from feed.app import function_app
from feed.cli.bench.command import Part
from feed.cli.commands import larder
from feed.localhost import Route, routes
from feed.services import paths
from feed.settings import Settings
from tests.feeds import memory_feed

DOCS = Path(__file__).parents[1] / "docs"


def page(name: str) -> str:
    """A page as one line, so that a sentence is found wherever its lines break."""
    return " ".join(text(name).split())


def text(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def settings() -> dict[str, str]:
    """What the code says of each setting, in the text below it."""
    (found,) = ast.parse(inspect.getsource(Settings)).body
    assert isinstance(found, ast.ClassDef)
    return {
        field.target.id: " ".join(str(said.value.value).split())
        for field, said in pairwise(found.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(said, ast.Expr)
        and isinstance(said.value, ast.Constant)
    }


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_in_its_own_words(name: str) -> None:
    assert f"### `FEED_{name.upper()}` {settings()[name]}" in page("settings.md")


def test_no_setting_is_documented_that_is_gone() -> None:
    documented = re.findall(r"### `FEED_([A-Z_]+)`", page("settings.md"))
    assert sorted(map(str.lower, documented)) == sorted(Settings.model_fields)


@pytest.mark.parametrize("route", routes(function_app(memory_feed())), ids=lambda each: each.name)
def test_every_route_is_documented(route: Route) -> None:
    if route.name != "zz_not_found":
        template = route.template.replace("{ignored:maxlength(0)?}", "")
        assert f"/{template}`" in page("protocol.md")


def options() -> dict[str, list[str]]:
    """Every command's options."""
    return {
        name: [option for each in command.params for option in each.opts if option[0] == "-"]
        for name, command in commands(typer.main.get_command(larder()))
    }


def commands(command: object, *names: str) -> Iterator[tuple[str, TyperCommand]]:
    """Every command by what is typed for it, such as `key list`."""
    if isinstance(command, TyperCommand):
        yield " ".join(names), command
        return
    assert isinstance(command, TyperGroup)
    for name, each in command.commands.items():
        yield from commands(each, *names, name)


def test_the_documented_commands_are_those_that_there_are() -> None:
    documented = re.findall(r"^### `(.+)`$", text("operating.md"), re.M)
    assert sorted(documented) == sorted(options())


@pytest.mark.parametrize("command", options())
def test_every_option_is_documented(command: str) -> None:
    section = text("operating.md").partition(f"### `{command}`\n")[2].partition("\n### ")[0]
    assert [each for each in options()[command] if f"`{each}`" not in section] == []


def test_every_part_of_the_benchmark_is_documented() -> None:
    section = text("operating.md").partition("### `bench`\n")[2].partition("\n### ")[0]
    assert [each for each in Part if f"| `{each}` |" not in section] == []


def test_every_table_is_documented() -> None:
    for table in paths.TABLES:
        assert f"`{table}`" in page("storage.md")


def test_everything_that_paths_draws_is_documented() -> None:
    drawn = re.findall(r"^ {4}\w* +((?:packages|leaves|ids|search)/\S+)", paths.__doc__ or "", re.M)
    assert drawn
    for path in drawn:
        assert f"`{path}`" in page("storage.md"), path
