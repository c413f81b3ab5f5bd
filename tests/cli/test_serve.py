"""`serve`, as a process: what it prints, how it ends, and what it leaves behind."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from feed.cli import ROOT
from feed.cli.addresses import bound
from feed.cli.serve import Place, environment
from feed.cli.watcher import Storage
from tests.builders import nupkg
from tests.cli.processes import is_alive, needs_azurite, wait_until

SERVE = (sys.executable, "-P", "-m", "feed", "serve", "--port", "0")
KEY = "a key that the environment gives"

on_azurite = [pytest.mark.azurite, pytest.mark.usefixtures(needs_azurite.__name__)]


@dataclass(frozen=True, slots=True)
class Served:
    process: subprocess.Popen[str]
    printed: str

    @property
    def service_index(self) -> str:
        return self.printed.split()[3]

    @property
    def address(self) -> str:
        return self.service_index.removesuffix("/v3/index.json")

    @property
    def admin_key(self) -> str:
        return self.printed.partition("Admin key: ")[2].split()[0]

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.address + path)

    def push(self, package_id: str, version: str) -> None:
        answer = httpx.put(
            self.address + "/api/v2/package",
            content=nupkg(package_id, version),
            headers={"X-NuGet-ApiKey": self.admin_key, "Content-Type": "application/octet-stream"},
        )
        assert answer.status_code == 201

    def versions(self, package_id: str) -> list[str]:
        versions: list[str] = self.get(f"/v3/content/{package_id}/index.json").json()["versions"]
        return versions

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


def environ(**changed: str) -> dict[str, str]:
    """Our environment without the settings of a feed that may be in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FEED_")}
    return {**kept, "PYTHONPATH": str(ROOT), **changed}


@contextmanager
def serving(*options: object, **changed: str) -> Iterator[Served]:
    """Serve in a process group of its own until the test is over."""
    with subprocess.Popen(  # noqa: S603  (our own)
        [*SERVE, *map(str, options)],
        env=environ(**changed),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield Served(process, _welcome(process))
        finally:
            process.terminate()


def _welcome(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    printed = ""
    for line in process.stdout:
        printed += line
        if line == "Ctrl+C ends it.\n":
            return printed
    raise AssertionError(f"serve ended with {process.wait()} after {printed!r}")


def refused(*options: object, **changed: str) -> tuple[int, str]:
    """Serve in vain: the exit code, and all that was printed."""
    done = subprocess.run(  # noqa: S603  (our own)
        [*SERVE, *map(str, options)],
        env=environ(**changed),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def storage_of(directory: Path) -> Storage:
    storage = Storage.find(directory)
    assert storage
    return storage


@pytest.mark.process
class TestInMemory:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_answers_until_it_is_told_to_end(self, number: signal.Signals) -> None:
        with serving("--memory") as served:
            assert served.get("/health").status_code == 200
            assert served.get("/v3/index.json").json()["version"] == "3.0.0"
            assert served.end(number) == 0

    def test_no_answer_tells_what_made_it(self) -> None:
        with serving("--memory") as served:
            for path in ("/health", "/", "/v3/index.json", "/nothing", "/v3/content/x/index.json"):
                headers = served.get(path).headers
                assert {"server", "x-powered-by", "via"} & {*headers} == set(), path

    def test_prints_the_key_that_it_made(self) -> None:
        with serving("--memory") as served:
            assert re.fullmatch("lrd_admin_[0-9a-f]{40}", served.admin_key)

    def test_never_prints_a_key_that_it_was_given(self) -> None:
        with serving("--memory", FEED_ADMIN_KEY=KEY) as served:
            assert KEY not in served.printed

    def test_is_reached_at_the_address_that_the_environment_names(self) -> None:
        with serving("--memory", FEED_PUBLIC_URL="https://feed.example") as served:
            assert served.service_index == "https://feed.example/v3/index.json"


@pytest.mark.process
class TestSaysInOneLineThat:
    def test_the_port_is_taken(self) -> None:
        with bound("127.0.0.1", 0) as listener:
            listener.listen()
            port = listener.getsockname()[1]
            assert refused("--memory", "--port", port) == (
                2,
                f"larder: cannot listen on 127.0.0.1 port {port}: address already in use; "
                "--port takes another\n",
            )

    def test_the_directory_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        assert refused("--data", tmp_path / "file") == (
            2,
            f"larder: cannot write to {tmp_path / 'file'}: it is a file; --data takes another\n",
        )

    def test_node_is_missing(self, tmp_path: Path) -> None:
        assert refused("--data", tmp_path, PATH="") == (
            2,
            "larder: Node.js was not found, which the local storage runs on: "
            "install Node.js 20 or newer, or start with --memory\n",
        )

    def test_settings_are_wrong(self) -> None:
        code, line = refused("--memory", FEED_READ="nobody", FEED_ADMIN_KEY="short")
        assert (code, line.count("\n")) == (2, 1)
        assert "FEED_READ" in line
        assert "FEED_ADMIN_KEY" in line

    def test_storage_does_not_answer(self) -> None:
        nowhere = "BlobEndpoint=http://127.0.0.1:9/a;TableEndpoint=http://127.0.0.1:9/a"
        dead = f"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;{nowhere}"
        assert refused(FEED_STORAGE=dead, FEED_ADMIN_KEY=KEY) == (
            2,
            "larder: the feed's storage cannot be used right now: 127.0.0.1:9 cannot be reached\n",
        )

    def test_memory_keeps_nothing(self, tmp_path: Path) -> None:
        assert refused("--memory", "--data", tmp_path) == (
            2,
            "larder: --memory keeps nothing, so it goes without --data\n",
        )


class TestOnDisk:
    pytestmark = on_azurite

    def test_keeps_everything_and_leaves_nothing_running(self, tmp_path: Path) -> None:
        with serving("--data", tmp_path) as served:
            storage = storage_of(tmp_path)
            served.push("Tiny", "1.0.0")
            assert served.end(signal.SIGINT) == 0
            assert not is_alive(storage.process)
        with serving("--data", tmp_path) as again:
            assert again.get("/health").status_code == 200
            assert again.versions("Tiny") == ["1.0.0"]

    def test_keeps_what_was_pushed_just_before_it_was_killed(self, tmp_path: Path) -> None:
        """Azurite loses acknowledged writes on SIGKILL: its watcher is there to prevent that."""
        with serving("--data", tmp_path) as served:
            storage = storage_of(tmp_path)
            for number in range(5):
                served.push("Tiny", f"1.0.{number}")
            os.killpg(served.process.pid, signal.SIGKILL)
        with serving("--data", tmp_path) as again:
            assert again.versions("Tiny") == [f"1.0.{number}" for number in range(5)]
        wait_until(lambda: not is_alive(storage.process))

    def test_a_directory_is_served_once_at_a_time(self, tmp_path: Path) -> None:
        with serving("--data", tmp_path) as served:
            assert refused("--data", tmp_path) == (
                2,
                f"larder: {tmp_path} is already being served at {served.address} "
                f"by process {served.process.pid}\n",
            )


class TestTheEnvironment:
    PLACE = Place("In a drawer.", {"FEED_STORAGE": "memory:"}, "a key that was made")

    def test_beats_what_serve_takes_for_granted(self) -> None:
        given = {"FEED_READ": "private", "FEED_ADMIN_KEY": "", "PATH": "/bin"}
        assert environment(given, self.PLACE, "http://127.0.0.1:7071") == {
            "FEED_PUBLIC_URL": "http://127.0.0.1:7071",
            "FEED_READ": "private",
            "FEED_DOWNLOADS": "redirect",
            "FEED_ADMIN_KEY": "a key that was made",
            "FEED_STORAGE": "memory:",
            "PATH": "/bin",
        }

    def test_does_not_beat_where_serve_was_told_to_keep_everything(self) -> None:
        given = {"FEED_STORAGE": "the storage of all customers"}
        assert environment(given, self.PLACE, "")["FEED_STORAGE"] == "memory:"

    def test_streams_packages_from_where_clients_cannot_reach(self) -> None:
        place = replace(self.PLACE, can_redirect=False)
        assert environment({}, place, "")["FEED_DOWNLOADS"] == "stream"
