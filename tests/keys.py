"""Keys in tests: made on a feed whose clock stands still until it is moved."""

from dataclasses import dataclass
from random import Random

from feed.app import Feed
from feed.services.api_key import Terms
from feed.services.callers import Actor, Scope
from feed.services.keys import NewKey

NOW = 18_934_560_000_000_000
"""2030-01-01, in ticks: later than the entries of packages in tests."""

ME = Actor("me", address="192.0.2.7")


@dataclass(slots=True)
class ManualClock:
    now: int = NOW

    def __call__(self) -> int:
        return self.now

    def advance(self, ticks: int) -> None:
        self.now += ticks


class Chooser:
    """Chooses like the system, but the same in every run."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)  # noqa: S311  (nobody is kept out by keys in tests)

    def __call__(self, alphabet: str, count: int) -> str:
        return "".join(self._random.choices(alphabet, k=count))


async def make_key(
    feed: Feed,
    *scopes: Scope,
    name: str = "ci",
    patterns: tuple[str, ...] = (),
    lifetime: int | None = None,
) -> NewKey:
    terms = Terms(name, frozenset(scopes or {Scope.READ}), patterns, lifetime)
    return await feed.keys.create(terms, ME)
