import sys
import tomllib

import pytest
from typer.testing import CliRunner

from feed import __version__
from feed.cli import ROOT
from feed.cli.check import STEPS, find_failed
from feed.cli.commands import larder

COMMANDS = ["serve", "key", "log", "repair", "rebuild", "test", "check", "bench", "version"]
EXIT = "raise SystemExit({})"


def test_help_lists_every_command() -> None:
    said = CliRunner().invoke(larder(), ["--help"], env={"COLUMNS": "200"}).output
    assert [each for each in COMMANDS if each in said] == COMMANDS


def test_version_is_the_one_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    said = CliRunner().invoke(larder(), ["version"]).output
    assert (said, __version__) == (f"larder {__version__}\n", project["version"])


def test_check_ends_with_the_tests() -> None:
    """CI shows the last lines, and they are to be pytest's summary."""
    assert list(STEPS) == ["format", "lint", "types", "layers", "coverage", "tests"]


def test_check_goes_on_after_a_failure_and_names_them_all(
    capfd: pytest.CaptureFixture[str],
) -> None:
    codes = {"format": 1, "lint": 0, "types": 2, "tests": 0}
    steps = {name: (sys.executable, "-c", EXIT.format(code)) for name, code in codes.items()}
    assert find_failed(steps) == ["format", "types"]
    assert capfd.readouterr().out.splitlines() == ["== format", "== lint", "== types", "== tests"]
