"""A cold restore: the version list and the package of each of many ids, 16 in flight."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from feed.cli.azurite import local_storage
from feed.cli.bench.baseline import sending
from feed.cli.bench.fetching import Answer, Connection
from feed.cli.bench.report import GOALS, Table, left_out
from feed.cli.bench.serving import package_ids, served
from feed.cli.errors import CannotStart

IN_FLIGHT: Final = 16

_GOAL: Final = 3
_OK: Final = 200


def restore(packages: int = 100, rounds: int = 5) -> list[Table]:
    return [_in_memory(packages, rounds), _on_azurite(packages, rounds)]


@dataclass(slots=True)
class _Worker:
    """One of those in flight, with a connection to each server that it has been sent to."""

    answers: dict[str, Answer] = field(default_factory=dict)
    waited: float = 0.0
    """Seconds for answers of any kind, …"""

    redirected: float = 0.0
    """… and of those for what the feed has sent us elsewhere for."""

    connections: dict[int, Connection] = field(default_factory=dict)

    def work(self, port: int, paths: Sequence[str]) -> None:
        for path in paths:
            answer = self._get(port, path)
            if answer.location:
                before = self.waited
                answer = self._get(*answer.location)
                self.redirected += self.waited - before
            self.answers[path] = answer
        for connection in self.connections.values():
            connection.close()

    def _get(self, port: int, path: str) -> Answer:
        began = time.perf_counter()
        if port not in self.connections:
            self.connections[port] = Connection(port)
        answer = self.connections[port].get(path)
        self.waited += time.perf_counter() - began
        return answer


@dataclass(frozen=True, slots=True)
class Restored:
    seconds: float
    answers: dict[str, Answer]
    waited: float
    redirected: float

    @property
    def failed(self) -> int:
        return sum(each.status != _OK for each in self.answers.values())


def fetch_all(port: int, packages: int) -> Restored:
    """Fetch what a restore of as many packages fetches, over fresh connections."""
    ids = package_ids(packages)
    workers = [_Worker() for _ in range(min(IN_FLIGHT, packages))]
    shares = [_paths(ids[number :: len(workers)]) for number in range(len(workers))]
    began = time.perf_counter()
    with ThreadPoolExecutor(len(workers)) as pool:
        for done in [
            pool.submit(each.work, port, share) for each, share in zip(workers, shares, strict=True)
        ]:
            done.result()
    return Restored(
        time.perf_counter() - began,
        {path: answer for each in workers for path, answer in each.answers.items()},
        sum(each.waited for each in workers),
        sum(each.redirected for each in workers),
    )


def _paths(ids: Sequence[str]) -> list[str]:
    folders = [(each, f"/v3/content/{each}") for each in ids]
    return [
        path
        for each, folder in folders
        for path in (f"{folder}/index.json", f"{folder}/1.0.0/{each}.1.0.0.nupkg")
    ]


def _in_memory(packages: int, rounds: int) -> Table:
    with served(packages, downloads="stream") as ours:
        files = {path: each.body for path, each in fetch_all(ours.port, packages).answers.items()}
        with sending(files) as theirs:
            pairs = [
                tuple(fetch_all(port, packages) for port in (ours.port, theirs.port))
                for _ in range(rounds)
            ]
            name = theirs.name
    ratio = median(mine.seconds / other.seconds for mine, other in pairs)
    failed = sum(each.failed for pair in pairs for each in pair)
    mine, other = (median(each.seconds for each in side) for side in zip(*pairs, strict=True))
    rows = (
        ("requests that failed", str(failed), "0"),
        (f"time, against {name}", f"{ratio:.1f} x", f"at most {_GOAL} x nginx"),
        ("of ours", f"{mine * 1000:.0f} ms", ""),
        (f"of {name}", f"{other * 1000:.0f} ms", ""),
    )
    return Table(f"A cold restore of {packages}, on memory storage", GOALS, rows)


def _on_azurite(packages: int, rounds: int) -> Table:
    title = f"A cold restore of {packages}, on Azurite"
    try:
        with TemporaryDirectory() as name, local_storage(Path(name)) as connection:
            return Table(title, GOALS, _from(connection, packages, rounds))
    except CannotStart as error:
        return left_out(title, str(error))


def _from(connection: str, packages: int, rounds: int) -> tuple[tuple[str, ...], ...]:
    with served(packages, storage=connection, downloads="redirect") as ours:
        before = ours.storage_seconds
        found = [fetch_all(ours.port, packages) for _ in range(rounds)]
        within = ours.storage_seconds - before
    waited = sum(each.waited for each in found)
    storage = within + sum(each.redirected for each in found)
    return (
        ("requests that failed", str(sum(each.failed for each in found)), "0"),
        ("time", f"{median(each.seconds for each in found) * 1000:.0f} ms", ""),
        ("of it, storage's", f"{storage / waited:.0%}", ""),
    )
