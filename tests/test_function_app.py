"""What the Functions host checks when it starts, checked here without one."""

import inspect
import re
import subprocess
import sys
import typing
from pathlib import Path

import azure.functions as func
import pytest
from starlette.requests import Request
from starlette.responses import Response

from feed.app import function_app
from feed.localhost import Route, routes
from tests.feeds import memory_feed

ROOT = Path(__file__).parents[1]
_NAMES = re.compile(r"\{\*?(\w+)")


@pytest.fixture
def app() -> func.FunctionApp:
    return function_app(memory_feed())


@pytest.fixture
def table(app: func.FunctionApp) -> list[Route]:
    return routes(app)


def test_every_handler_has_the_shape_that_the_worker_looks_for(table: list[Route]) -> None:
    for route in table:
        assert list(inspect.signature(route.handler).parameters) == ["req"], route.name
        hints = typing.get_type_hints(route.handler)
        assert (hints["req"], hints["return"]) == (Request, Response), route.name
        assert inspect.iscoroutinefunction(route.handler), route.name


def test_no_route_is_one_that_the_host_keeps_for_itself(table: list[Route]) -> None:
    for route in table:
        assert not route.template.lower().startswith(("admin", "runtime", "/"))


def test_no_parameter_stands_twice_in_a_route(table: list[Route]) -> None:
    for route in table:
        names = _NAMES.findall(route.template)
        assert len(names) == len(set(names)), route.name


def test_whatever_answers_get_answers_head(table: list[Route]) -> None:
    for route in table:
        assert ("GET" in route.methods) == ("HEAD" in route.methods), route.name


def test_the_catch_all_is_tried_last(table: list[Route]) -> None:
    assert table[-1].name == "zz_not_found"


def test_no_two_routes_take_the_same_request(table: list[Route]) -> None:
    for number, first in enumerate(table[:-1]):
        for second in table[number + 1 : -1]:
            if first.methods & second.methods:
                assert not _overlap(first.template, second.template), (first.name, second.name)


def _overlap(first: str, second: str) -> bool:
    """Whether some path could fit both: segment by segment, a parameter fits anything."""
    (a, is_a_open), (b, is_b_open) = _segments(first), _segments(second)
    if (len(a) < len(b) and not is_a_open) or (len(b) < len(a) and not is_b_open):
        return False
    return all(_fits(x, y) for x, y in zip(a, b, strict=False))


def _segments(template: str) -> tuple[list[str], bool]:
    """Split a template, and say whether it takes whatever follows."""
    *fixed, last = template.split("/")
    is_open = last.startswith("{*")
    return (fixed if is_open else [*fixed, last]), is_open


def _fits(a: str, b: str) -> bool:
    if "maxlength(0)" in a or "maxlength(0)" in b:
        return False
    return "{" in a or "{" in b or a.lower() == b.lower()


def test_the_entry_point_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED_STORAGE", "memory:")
    monkeypatch.setenv("FEED_PUBLIC_URL", "https://feed.example")
    import function_app as entry_point  # noqa: PLC0415  (importing is starting)

    assert entry_point.app.get_functions()


@pytest.mark.process
def test_a_cold_start_loads_nothing_that_waits_for_its_first_use() -> None:
    late = (
        "azure.core",
        "azure.identity",
        "aiohttp",
        "cmarkgfm",
        "cryptography",
        "jinja2",
        "nh3",
        "tantivy",
        "typer",
    )
    code = f"import sys, function_app; print([each for each in {late!r} if each in sys.modules])"
    environment = {"FEED_STORAGE": "memory:", "FEED_PUBLIC_URL": "https://feed.example"}
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)  # noqa: S603  (our own)
    assert ran.stdout.decode().strip() == "[]"
