"""What it costs to import `function_app`, which every cold start does before its first answer."""

import os
import subprocess
import sys
from typing import Final

from feed.cli import ROOT
from feed.cli.bench.report import GOALS, Table

LATER: Final = (
    "azure.storage.blob",
    "cryptography",
    "azure.identity",
    "jinja2",
    "tantivy",
    "typer",
)
"""What is to be imported when it is first used, and not before."""

_PROGRAM: Final = f"""
import sys, time
began = time.process_time()
import function_app
print(time.process_time() - began, *({set(LATER)!r} & sys.modules.keys()))
"""
_GOAL: Final = 0.30


def imports(runs: int = 15) -> list[Table]:
    found = [_run() for _ in range(runs + 1)][1:]  # the first one writes the bytecode
    seconds = min(float(each[0]) for each in found)
    loaded = ", ".join(found[0][1:]) or "none"
    rows = (
        ("import of function_app, with bytecode", f"{seconds:.2f} s", f"at most {_GOAL:.2f} s"),
        (f"loaded with it of {', '.join(LATER)}", loaded, "none"),
    )
    return [Table("Import", GOALS, rows, (f"Processor time, the best of {runs}.",))]


def _run() -> list[str]:
    told = {"FEED_STORAGE": "memory:", "FEED_PUBLIC_URL": "http://feed.example"}
    command = [sys.executable, "-c", _PROGRAM]
    printed = subprocess.run(
        command, cwd=ROOT, env=os.environ | told, capture_output=True, check=True, text=True
    )
    return printed.stdout.split()
