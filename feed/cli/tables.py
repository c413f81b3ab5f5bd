"""What a command found: as a table for people, or as JSON for programs."""

from collections.abc import Iterator, Sequence

import orjson


def lines(*rows: Sequence[str]) -> Iterator[str]:
    """Lay out rows in columns as wide as what stands in them."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def print_json(value: object) -> None:
    print(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
