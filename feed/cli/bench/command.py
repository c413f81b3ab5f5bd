"""`bench`: measures what `docs/benchmarks.md` tells."""

from enum import StrEnum
from typing import Annotated

import typer


class Part(StrEnum):
    OPERATIONS = "operations"
    SERVER = "server"
    RESTORE = "restore"
    MEMORY = "memory"
    IMPORTS = "imports"
    CPU = "cpu"
    SEARCH = "search"
    TESTS = "tests"


def bench(
    parts: Annotated[
        list[Part] | None, typer.Argument(help="What to measure.", show_default="all of it")
    ] = None,
    *,
    ids: Annotated[
        list[int] | None,
        typer.Option(
            min=1, help="How many ids `search` has.", show_default="1000, 10000 and 100000"
        ),
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the sections of docs/benchmarks.md.")
    ] = False,
) -> None:
    """Measure what the feed costs: counts, ratios, memory and times."""
    from feed.cli.bench.machine import describe  # noqa: PLC0415  (slow to import, as the others)
    from feed.cli.bench.parts import PARTS  # noqa: PLC0415
    from feed.cli.bench.report import markdown as as_markdown  # noqa: PLC0415
    from feed.cli.bench.report import plain  # noqa: PLC0415
    from feed.cli.bench.search import search  # noqa: PLC0415

    layout = as_markdown if markdown else plain
    print(f"Measured on {describe()}.", end="\n\n")
    for part in parts or list(Part):
        for table in search(ids) if ids and part is Part.SEARCH else PARTS[part]():
            print(*layout(table), sep="\n", flush=True)
