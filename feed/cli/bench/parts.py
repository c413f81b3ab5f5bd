"""All that can be measured, by the name that it is asked for with."""

from collections.abc import Callable, Mapping
from typing import Final

from feed.cli.bench.cpu import cpu
from feed.cli.bench.imports import imports
from feed.cli.bench.memory import memory
from feed.cli.bench.operations import operations
from feed.cli.bench.report import Table
from feed.cli.bench.restore import restore
from feed.cli.bench.search import search
from feed.cli.bench.server import server
from feed.cli.bench.suite import suite

PARTS: Final[Mapping[str, Callable[[], list[Table]]]] = {
    "operations": operations,
    "server": server,
    "restore": restore,
    "memory": memory,
    "imports": imports,
    "cpu": cpu,
    "search": search,
    "tests": suite,
}
