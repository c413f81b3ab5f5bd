"""How long the tests take that need nothing but Python."""

import re
import subprocess
from typing import Final

from feed.cli import ROOT
from feed.cli.bench.report import GOALS, Table
from feed.cli.test import FAST, PYTEST

_SUMMARY: Final = re.compile(r"(\d+) passed.* in ([0-9.]+)s")
_GOAL: Final = 10


def suite(*arguments: str) -> list[Table]:
    command = [*PYTEST, "-q", "-m", FAST, *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = _SUMMARY.search(run.stdout)
    count, seconds = found.groups() if found and run.returncode == 0 else ("none", "?")
    rows = ((f"{count} passed", f"{seconds} s", f"at most {_GOAL} s"),)
    return [Table("Tests without real services", GOALS, rows, ("Without coverage.",))]
