"""The local server against one that only sends files: how many version lists each sends."""

from statistics import median
from typing import Final

from feed.cli.bench.baseline import sending
from feed.cli.bench.fetching import Connection
from feed.cli.bench.load import requests_per_second
from feed.cli.bench.report import GOALS, Table
from feed.cli.bench.serving import package_ids, served

_GOAL: Final = 0.25


def server(seconds: float = 2.0, rounds: int = 5) -> list[Table]:
    path = f"/v3/content/{package_ids(1)[0]}/index.json"
    with served(packages=1) as ours:
        with Connection(ours.port) as connection:
            body = connection.get(path).body
        with sending({path: body}) as theirs:
            # In turns, so that whatever else the machine does meets both.
            pairs = [
                tuple(requests_per_second(port, path, seconds) for port in (ours.port, theirs.port))
                for _ in range(rounds)
            ]
            name = theirs.name
    ratio = median(mine / other for mine, other in pairs)
    mine, other = (median(each) for each in zip(*pairs, strict=True))
    rows = (
        (f"version lists, against {name}", f"{ratio:.2f} x", f"at least {_GOAL} x nginx"),
        ("requests per second of ours", f"{mine:,.0f}", ""),
        (f"requests per second of {name}", f"{other:,.0f}", ""),
    )
    note = "One process each, 16 connections from one process on the same machine, in turns."
    return [Table("The local server, on memory storage", GOALS, rows, (note,))]
