"""Other programs, run from the checkout."""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn

from feed.cli import ROOT


def run(command: Sequence[str]) -> int:
    """Run a program to its end and give its exit code."""
    with subprocess.Popen(command, cwd=ROOT) as program:
        try:
            return program.wait()
        except KeyboardInterrupt:  # the program has heard it too, and ends by itself
            program.wait()
            raise


def become(command: Sequence[str]) -> NoReturn:
    """Let a program take our place; Windows cannot, and waits for it instead."""
    if sys.platform == "win32":
        sys.exit(run(command))
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(command[0], list(command))
