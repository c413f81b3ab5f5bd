"""Every part of the benchmark runs at a tiny size and says something sane; no time is looked at."""

import re
from collections.abc import Mapping

import pytest
from typer.testing import CliRunner

from feed.cli.bench.command import Part
from feed.cli.bench.cpu import cpu
from feed.cli.bench.imports import imports
from feed.cli.bench.memory import memory
from feed.cli.bench.operations import count_all
from feed.cli.bench.parts import PARTS
from feed.cli.bench.processes import HAS_MEMORY
from feed.cli.bench.report import Table
from feed.cli.bench.restore import restore
from feed.cli.bench.search import search
from feed.cli.bench.searches import SEARCHES
from feed.cli.bench.server import server
from feed.cli.bench.suite import suite
from feed.cli.commands import larder

PAIR = re.compile(r"[0-9.]+ / [0-9.]+ ms")


def figures(table: Table) -> Mapping[str, str]:
    """What was measured, by what it is; of several columns the first."""
    return {row[0]: row[1] for row in table.rows}


def number(text: str) -> float:
    return float(text.split(maxsplit=1)[0].replace(",", ""))


def test_every_part_can_be_asked_for() -> None:
    assert list(Part) == list(PARTS)


async def test_no_request_costs_more_operations_than_it_may() -> None:
    counts = await count_all(versions=(1, 3))
    assert len(counts) == 14
    assert [each for each in counts if each.count > each.goal] == []
    assert {each.what: each.count for each in counts}["version list"] == 1


def test_a_part_is_printed_for_the_page() -> None:
    said = CliRunner().invoke(larder(), ["bench", "operations", "--markdown"])
    assert said.exit_code == 0
    assert said.output.startswith("Measured on ")
    assert (
        "## Storage operations\n\n| what | measured | goal |\n| --- | --- | --- |\n" in said.output
    )
    assert "| push of a new version to 2,000 | 11 | at most 12 |\n" in said.output


def test_processor_time_of_requests() -> None:
    (table,) = cpu(requests=2)
    assert len(table.rows) == 3
    assert all(number(each) >= 0 for each in figures(table).values())


@pytest.mark.process
def test_imports() -> None:
    (table,) = imports(runs=1)
    seconds, loaded = figures(table).values()
    assert number(seconds) > 0
    assert loaded == "none"


@pytest.mark.process
def test_searches() -> None:
    times, sizes = search(ids=(30, 60), repeats=1, events=10)
    assert times.columns == ("typed", "30 ids", "60 ids")
    assert [row[0] for row in times.rows][: len(SEARCHES)] == list(SEARCHES)
    assert all(PAIR.fullmatch(cell) for row in times.rows for cell in row[1:])
    assert 0 < number(figures(sizes)["snapshot"]) < 10


@pytest.mark.process
def test_the_local_server() -> None:
    (table,) = server(seconds=0.1, rounds=1)
    assert all(number(each) > 0 for each in figures(table).values())


@pytest.mark.azurite
@pytest.mark.process
def test_a_restore() -> None:
    in_memory, on_azurite = restore(packages=3, rounds=1)
    for table in (in_memory, on_azurite):
        assert figures(table)["requests that failed"] == "0"


@pytest.mark.azurite
@pytest.mark.process
@pytest.mark.skipif(not HAS_MEMORY, reason="needs /proc")
def test_memory_while_packages_are_pushed() -> None:
    (table,) = memory(pushes=((1, 1), (2, 1)))
    assert list(figures(table)) == ["1 x 1 MB", "2 x 1 MB"]


@pytest.mark.process
def test_the_tests() -> None:
    (table,) = suite("tests/test_shape.py", "-k", "short")
    assert list(figures(table)) == ["1 passed"]
