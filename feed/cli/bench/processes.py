"""Processes of their own, and how much memory they hold."""

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

HAS_MEMORY: Final = sys.platform == "linux"
"""Whether this machine says how much memory a process holds."""


def apart(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in a process that has loaded nothing yet."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(function, *args, **kwargs).result()


def resident(process: int | str = "self") -> float:
    """How many MB are in memory now."""
    return _memory(process, "VmRSS")


def most_resident(process: int | str = "self") -> float:
    """How many MB have been in memory at most, since it began or since `forget_most`."""
    return _memory(process, "VmHWM")


def forget_most(process: int | str = "self") -> None:
    # proc(5), clear_refs: 5 resets the peak resident set size to what is resident now.
    Path(f"/proc/{process}/clear_refs").write_text("5")


def _memory(process: int | str, name: str) -> float:
    if not HAS_MEMORY:
        return float("nan")
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))
