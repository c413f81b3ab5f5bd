"""Time and chance, handed to whoever needs them, so that tests can decide both."""

import asyncio
import random
import secrets
import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Says what time it is, in ticks of 100 ns since 1970."""


SECOND = 10_000_000
"""In ticks."""

MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

Random = Callable[[], str]
"""Gives 16 hex digits that nobody can guess."""

Choose = Callable[[str, int], str]
"""Gives so many characters of an alphabet, which nobody can guess."""


def system_clock() -> int:
    return time.time_ns() // 100


async def pause(attempt: int, *, longest: float = 2.0) -> None:
    """Wait before trying again: longer each time, and never two callers alike."""
    await asyncio.sleep(random.uniform(0, min(longest, 0.02 * 2**attempt)))  # noqa: S311  (jitter)


def system_random() -> str:
    return secrets.token_hex(8)


def system_choose(alphabet: str, count: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(count))
