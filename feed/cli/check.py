"""`check`: everything that CI runs."""

import sys
from collections.abc import Mapping, Sequence

import typer

from feed.cli.programs import run
from feed.cli.test import FAST, PYTEST

LAYERS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# The fast tests alone: to follow every line of the others too would take minutes more.
COVERAGE = (
    *(*PYTEST, "--quiet", "-m", FAST),
    *("--cov=feed.nuget", "--cov=feed.services", "--cov-branch", "--cov-fail-under=100"),
    "--cov-report=term-missing:skip-covered",
)

# The tests come last, so that what one reads last is their summary.
STEPS = {
    "format": (sys.executable, "-m", "ruff", "format", "--check", "."),
    "lint": (sys.executable, "-m", "ruff", "check", "."),
    "types": (sys.executable, "-m", "mypy"),
    "layers": (sys.executable, "-c", LAYERS),
    "coverage": COVERAGE,
    "tests": PYTEST,
}


def check() -> None:
    """Run everything that CI runs: format, lint, types, layers, coverage, tests."""
    failed = find_failed(STEPS)
    if failed:
        print(f"larder: check failed: {', '.join(failed)}", file=sys.stderr)
        raise typer.Exit(1)


def find_failed(steps: Mapping[str, Sequence[str]]) -> list[str]:
    """Run every step, whatever became of those before it."""
    return [name for name, command in steps.items() if not _passes(name, command)]


def _passes(name: str, command: Sequence[str]) -> bool:
    print(f"== {name}", flush=True)
    return run(command) == 0
