"""`test`: the tests, by pytest."""

import sys
from typing import Annotated

import typer

from feed.cli.programs import become

PYTEST = (sys.executable, "-m", "pytest")
FAST = "not (azurite or browser or client or faults or process or runtime)"
"""The tests that need no other program."""


def run_tests(
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="[PYTEST ARGUMENTS]...", show_default=False)
    ] = None,
) -> None:
    """Run the tests. All arguments go to pytest, which runs in the checkout.

    The fast ones, without Azurite, Chromium, NuGet clients and the worker:
    test -m "not (azurite or browser or client or faults or process or runtime)"
    """
    become([*PYTEST, *(arguments or [])])
