"""A feed in a process of its own, as people run it, and what was asked of it."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse
from itertools import count
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.cli.processes import wait_until
from tests.clients.packages import SHELF

ROOT = Path(__file__).parents[2]
ADMIN_KEY = "an admin key for the clients"
START_SECONDS = 60.0

_SERVING = re.compile(r"^Larder is serving (\S+)/v3/index\.json$", re.MULTILINE)
_ACCESS = re.compile(r"^[0-9:]{8} ([A-Z]+ .+ [0-9]{3}) [0-9]+ bytes [0-9.]+ ms$", re.MULTILINE)


class ServedFeed:
    def __init__(self, url: str, log: Path) -> None:
        self.url = url
        self._log = log
        self._read = 0
        self._marks = (f"/mark/{number}" for number in count())

    def push(self, package: bytes) -> None:
        """Put a package on the feed that a case takes for granted."""
        with self._open("/api/v2/package", "PUT", package):
            pass

    def fill(self) -> None:
        """Put the packages on the feed that cases share."""
        for package in SHELF.values():
            self.push(package)

    def download(self, package_id: str, version: str = "1.0.0") -> bytes:
        """Read back what was pushed."""
        name = package_id.lower()
        with self._open(f"/v3/content/{name}/{version}/{name}.{version}.nupkg") as answer:
            return answer.read()

    def _open(self, path: str, method: str = "GET", body: bytes | None = None) -> HTTPResponse:
        headers = {"X-NuGet-ApiKey": ADMIN_KEY, "Content-Type": "application/octet-stream"}
        request = Request(self.url + path, body, headers, method=method)  # noqa: S310  (our own)
        answer: HTTPResponse = urlopen(request)  # noqa: S310
        return answer

    def requests(self) -> list[str]:
        """Say what was asked and answered since this was last said: `GET /v3/index.json 200`."""
        mark = next(self._marks)
        with suppress(HTTPError), self._open(mark):
            pass
        wait_until(lambda: mark in self._log.read_text("utf-8"))
        logged = self._log.read_text("utf-8")
        news, self._read = logged[self._read :], len(logged)
        return [each for each in _ACCESS.findall(news) if mark not in each]


@contextmanager
def served(folder: Path, *options: str, **settings: str) -> Iterator[ServedFeed]:
    """Run `serve` on a free port, with settings such as `read="private"`."""
    folder.mkdir(parents=True, exist_ok=True)
    given = {"admin_key": ADMIN_KEY, **settings}
    usual = {name: value for name, value in os.environ.items() if not name.startswith("FEED_")}
    command = [sys.executable, "-m", "feed", "serve", "--port", "0", *options]
    log = folder / "feed.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  (our own)
            command,
            cwd=ROOT,
            env=usual | {f"FEED_{name.upper()}": value for name, value in given.items()},
            stdout=output,
            stderr=output,
        )
    try:
        yield ServedFeed(_address(process, log), log)
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        found = _SERVING.search(log.read_text("utf-8"))
        if found:
            return found[1]
        time.sleep(0.02)
    pytest.fail(f"the feed did not start: {log.read_text('utf-8')}")


def await_health(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a feed answers that it is well."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), urlopen(f"{url}/health"):  # noqa: S310
            return
        time.sleep(0.05)
    pytest.fail(f"the feed did not start: {log.read_text('utf-8')}")
