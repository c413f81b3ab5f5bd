"""Feeds that nobody wrote: any number of packages that look like real ones.

A few owners have most packages and a few words make most names, texts and tags,
as Zipf's law has it; downloads are log-normal. The same number and seed always
give the same packages.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Final

from feed.nuget.identity import MAX_ID
from feed.nuget.manifest import Dependency, DependencyGroup, Manifest, PackageType

COMMON_PARTS: Final = (
    *("Core", "Json", "Extensions", "Client", "Web", "Data", "Logging", "Http", "Common"),
    *("Abstractions", "Azure", "Sql", "Test", "Configuration", "DependencyInjection"),
    *("Serialization", "Xml", "Caching", "Messaging", "Security", "NewtonsoftJson"),
)
COMMON_WORDS: Final = (
    *("the", "a", "for", "and", "of", "to", "library", "with", ".NET", "framework", "json"),
    *("core", "data", "client", "simple", "support", "async", "fast", "ASP.NET", "tools"),
)

_SYLLABLES = (
    *("al", "b", "cli", "co", "con", "da", "del", "ent", "ger", "li", "log", "mes", "mo", "net"),
    *("pha", "que", "qui", "re", "ry", "sage", "ser", "so", "ta", "to", "tor", "vi", "x", "ze"),
)
_HALF = 5
"""Letters of each half of a name that is written as two words, at least."""

_DEPENDS_ON_LAST = 1000
"""Packages depend on some of so many that came before them."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One id, with what all its versions say but for the version itself."""

    manifest: Manifest
    versions: tuple[str, ...]
    """Ascending; some end in a prerelease."""

    downloads: int


def samples(count: int, seed: int = 1) -> Iterator[Sample]:
    """Give as many ids, all different."""
    random = Random(seed)  # noqa: S311  (the same for the same seed is what it is for)
    names = _Names(random)
    recent: deque[str] = deque(maxlen=_DEPENDS_ON_LAST)
    for _ in range(count):
        package_id = names.new_id()
        yield _sample(random, names, package_id, recent)
        recent.append(package_id)


def _sample(random: Random, names: "_Names", package_id: str, recent: deque[str]) -> Sample:
    text = names.words(random.randint(20, 60))
    dependencies = random.sample(recent, min(len(recent), random.choice((0, 0, 1, 2, 5))))
    manifest = Manifest(
        id=package_id,
        version="1.0.0",
        title=package_id if _happens(random, 0.6) else " ".join(text[:3]),
        authors=package_id.partition(".")[0],
        description=" ".join(text),
        tags=tuple(names.words(random.randint(0, 10))),
        package_types=(PackageType(name="DotnetTool"),) if _happens(random, 0.05) else (),
        dependency_groups=(
            DependencyGroup(
                target_framework="net8.0",
                dependencies=tuple(Dependency(id=each, range="1.0.0") for each in dependencies),
            ),
        ),
    )
    versions = [f"1.{minor}.0" for minor in range(min(50, 1 + int(random.expovariate(0.3))))]
    if _happens(random, 0.2):
        versions.append("2.0.0-beta.1")
    return Sample(manifest, tuple(versions), int(random.lognormvariate(6, 3)))


class _Names:
    """Chooses owners, parts and words, the first of each most often."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._ids: set[str] = set()
        self._owner = self._chooser(self._invented(4_000, str.capitalize))
        self._part = self._chooser([*COMMON_PARTS, *self._invented(3_000, _camel)])
        self._word = self._chooser([*COMMON_WORDS, *self._invented(40_000, str)])

    def new_id(self) -> str:
        parts = [*self._owner(1), *self._part(self._random.randint(1, 3))]
        package_id = ".".join(parts)[: MAX_ID - 10].rstrip(".")
        if package_id.lower() in self._ids:
            package_id += str(len(self._ids))
        self._ids.add(package_id.lower())
        return package_id

    def words(self, count: int) -> list[str]:
        return self._word(count)

    def _chooser(self, options: list[str]) -> Callable[[int], list[str]]:
        weights = list(accumulate(1 / rank for rank in range(1, len(options) + 1)))
        return lambda count: self._random.choices(options, cum_weights=weights, k=count)

    def _invented(self, count: int, spell: Callable[[str], str]) -> list[str]:
        words: dict[str, None] = {}
        while len(words) < count:
            syllables = self._random.choices(_SYLLABLES, k=self._random.randint(2, 5))
            words[spell("".join(syllables))] = None
        return list(words)


def _happens(random: Random, probability: float) -> bool:
    return random.random() < probability


def _camel(word: str) -> str:
    """Write a long word as two: `ClientLogger`."""
    half = len(word) // 2
    return (
        word.capitalize() if half < _HALF else word[:half].capitalize() + word[half:].capitalize()
    )
