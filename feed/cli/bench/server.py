"""The local server against one that only sends files: how many version lists each sends."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Final

from feed.cli.bench.baseline import NGINX, sending
from feed.cli.bench.fetching import Connection
from feed.cli.bench.load import requests_per_second
from feed.cli.bench.report import GOALS, Table
from feed.cli.bench.serving import package_ids, served

_OURS: Final = "ours"
_GOALS: Final = {NGINX: "at least 0.25 x"}


def server(seconds: float = 2.0, rounds: int = 5) -> list[Table]:
    path = f"/v3/content/{package_ids(1)[0]}/index.json"
    with served(packages=1) as ours:
        with Connection(ours.port) as connection:
            files = {path: connection.get(path).body}
        with sending(files) as theirs, sending(files, uses_nginx=False) as bare:
            ports = {_OURS: ours.port, theirs.name: theirs.port, bare.name: bare.port}
            # In turns, so that whatever else the machine does meets all of them.
            found = [
                {name: requests_per_second(port, path, seconds) for name, port in ports.items()}
                for _ in range(rounds)
            ]
    note = "One process each, 16 connections from one process on the same machine, in turns."
    return [Table("The local server, on memory storage", GOALS, tuple(_rows(found)), (note,))]


def _rows(found: Sequence[Mapping[str, float]]) -> Iterator[tuple[str, ...]]:
    names = list(found[0])
    for name in names[1:]:
        ratio = median(each[_OURS] / each[name] for each in found)
        yield f"version lists, against {name}", f"{ratio:.2f} x", _GOALS.get(name, "")
    for name in names:
        yield f"version lists per second, {name}", f"{median(e[name] for e in found):,.0f}", ""
