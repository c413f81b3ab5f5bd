"""What was measured: tables for the terminal, or for `docs/benchmarks.md`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from feed.cli import tables

GOALS = ("what", "measured", "goal")
"""The columns of a table of figures that have a goal."""


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def left_out(title: str, reason: str) -> Table:
    """Say that this was not measured, and why."""
    return Table(title, GOALS, (("not measured", reason, ""),))


def plain(table: Table) -> Iterator[str]:
    """Lay a table out for the terminal."""
    yield from (table.title, "")
    yield from (f"  {line}" for line in tables.lines(table.columns, *table.rows))
    yield ""
    yield from _block([f"  {note}" for note in table.notes])


def markdown(table: Table) -> Iterator[str]:
    """Lay it out as a section of a page."""
    yield from (f"## {table.title}", "")
    yield _row(table.columns)
    yield _row(["---"] * len(table.columns))
    yield from map(_row, table.rows)
    yield ""
    yield from _block(list(table.notes))


def _block(lines: Sequence[str]) -> list[str]:
    """End what is there with an empty line."""
    return [*lines, ""] if lines else []


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
