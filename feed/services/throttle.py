"""Slows down who guesses at keys, and nobody else.

It is asked only when a key or a token has turned out to be wrong, so whoever holds a good one
never meets it. Failures are counted where they come from, as far as that is
known, and all together otherwise. A few are free, since people mistype. Those that
follow are answered later and later, and then with 429 until the count has gone down,
by one in six seconds.

Nothing here grows with what comes. So many counts are kept, and the one that was touched
longest ago goes first. And only so many answers wait at once, since one that waits holds a place
that somebody with a good key may need.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Final

from feed.errors import TooManyGuesses
from feed.services.clock import MINUTE, Clock

Sleep = Callable[[float], Awaitable[None]]
"""Waits for so many seconds."""

_SECOND: Final = MINUTE // 60
_FREE: Final = 5
_MOST: Final = 20
_ONE_LESS: Final = 6 * _SECOND
_STEP: Final = 0.1
_WAITING: Final = 4


@dataclass(frozen=True, slots=True)
class _Count:
    """How many failures weigh on a place: a number that goes down with time."""

    level: float = 0
    time: int = 0

    def at(self, now: int) -> float:
        return max(0.0, self.level - max(0, now - self.time) / _ONE_LESS)


class Throttle:
    """Counts failures, and says how long each has to wait."""

    def __init__(self, clock: Clock, sleep: Sleep, *, limit: int = 1000) -> None:
        self._clock = clock
        self._sleep = sleep
        self._limit = limit
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._waiting = 0

    async def slow_down(self, address: str) -> None:
        """Count a failure and wait, or refuse where too many came."""
        level = self._count(_place(address))
        if level > _MOST or self._waiting >= _WAITING:
            raise TooManyGuesses(max(1, ceil((level - _MOST) * _ONE_LESS / _SECOND)))
        if level > _FREE:
            await self._wait((level - _FREE) * _STEP)

    def _count(self, place: str) -> float:
        now = self._clock()
        level = self._counts.get(place, _Count()).at(now) + 1
        # What is refused does not add up: after a million it is as after twenty.
        self._counts[place] = _Count(min(level, _MOST), now)
        self._counts.move_to_end(place)
        if len(self._counts) > self._limit:
            self._counts.popitem(last=False)
        return level

    async def _wait(self, seconds: float) -> None:
        self._waiting += 1
        try:
            await self._sleep(seconds)
        finally:
            self._waiting -= 1


def _place(address: str) -> str:
    """An address, or of IPv6 the network that one customer has."""
    # RFC 4291, 2.5.1: "Interface IDs are required to be 64 bits long", and hosts choose them.
    if not address or ip_address(address).version == 4:  # noqa: PLR2004  (the protocol)
        return address
    return str(ip_network(f"{address}/64", strict=False))
