"""The command line: one module per command, each registered in `commands.py`.

A command parses, asks the feed, prints. It imports what is slow to import when
it runs, not when it is listed. Why it cannot start is one line and exit code 2.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout that all this runs from."""

DATA = ROOT / ".larder"
"""Where `serve` keeps everything, unless told otherwise."""
