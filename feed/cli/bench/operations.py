"""How many storage operations each kind of request costs, on a feed in memory."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from feed.app import Feed
from feed.cli.bench.feeds import AddressedBlobs, Client, grow, settings
from feed.cli.bench.packages import FILES, push
from feed.cli.bench.report import GOALS, Table
from feed.services.api_key import Terms
from feed.services.callers import Actor
from feed.storage.counting import CountingBlobs, CountingRows, Ledger
from feed.storage.memory import MemoryRows, MemoryStorage

VERSIONS: Final = (1, 2_000)
"""How many an id has when one more is pushed."""

_CONTENT: Final = "/v3/content/measured"
_NUPKG: Final = f"{_CONTENT}/1.0.0/measured.1.0.0.nupkg"
_READS: Final = {
    "service index": ("/v3/index.json", 0),
    "version list": (f"{_CONTENT}/index.json", 1),
    "version list of an unknown id": ("/v3/content/unknown/index.json", 1),
    "nupkg, redirected": (_NUPKG, 1),
    "registration index": ("/v3/registration-gz-semver2/measured/index.json", 1),
    "search": ("/v3/search?q=measured", 1),
    "autocomplete": ("/v3/autocomplete?q=measured", 1),
}


@dataclass(frozen=True, slots=True)
class Count:
    what: str
    count: int
    goal: int


def operations(versions: Sequence[int] = VERSIONS) -> list[Table]:
    counts = asyncio.run(count_all(versions))
    rows = tuple((each.what, str(each.count), f"at most {each.goal}") for each in counts)
    note = "A file that goes up in blocks is one; a query is one for each thousand rows."
    return [Table("Storage operations", GOALS, rows, (note,))]


async def count_all(versions: Sequence[int]) -> list[Count]:
    return [*await _reads(), await _key(), *await _pushes(versions), await _timer()]


class _Counted:
    """A feed whose storage is watched."""

    def __init__(self, **changed: str) -> None:
        self.ledger = Ledger()
        blobs = CountingBlobs(AddressedBlobs(), self.ledger)
        storage = MemoryStorage(blobs, CountingRows(MemoryRows(), self.ledger))
        self.feed = Feed.on(storage, settings(search_freshness="0", **changed))

    async def count(self, what: str, goal: int, act: Callable[[], Awaitable[object]]) -> Count:
        self.ledger.clear()
        await act()
        return Count(what, len(self.ledger), goal)


async def _reads() -> list[Count]:
    counted = _Counted()
    await push(counted.feed, "Measured")
    client = Client(counted.feed)
    await counted.feed.search.following.keep_snapshot()  # or the first search would read the log
    found = []
    for what, (path, goal) in _READS.items():
        found.append(await counted.count(what, goal, partial(client.get, path)))
    await counted.feed.search.following.close()
    return [*found, await _streamed()]


async def _streamed() -> Count:
    counted = _Counted(downloads="stream")
    await push(counted.feed, "Measured")
    return await counted.count("nupkg, streamed", 2, partial(Client(counted.feed).get, _NUPKG))


async def _key() -> Count:
    counted = _Counted()
    feed, client = counted.feed, Client(counted.feed)
    key = await feed.keys.create(Terms("measured"), Actor("bench"))
    ask = partial(client.get, "/v3/index.json", x_nuget_apikey=key.text.text)
    await ask()  # its use is written down once an hour, beside the request
    await feed.keyring.settle()
    feed.keyring.forget(key.key.id)
    return await counted.count("service index, with a key that is not cached", 1, ask)


async def _pushes(versions: Iterable[int]) -> list[Count]:
    counted = _Counted()
    feed = counted.feed
    found = [await counted.count("push of a new id", 12, partial(push, feed, "New"))]
    for count in versions:
        package_id = f"Large{count}"
        await grow(feed, package_id, count)
        what = f"push of a new version to {count:,}"
        found.append(await counted.count(what, 12, partial(push, feed, package_id, "2.0.0")))
    what = "the same with icon, readme and licence file"
    add = partial(push, feed, package_id, "3.0.0", FILES)
    return [*found, await counted.count(what, 12 + len(FILES), add)]


async def _timer() -> Count:
    counted = _Counted()
    await push(counted.feed, "Measured")

    async def tick() -> None:
        await counted.feed.repair.run()
        await counted.feed.search.following.keep_snapshot()

    await tick()
    found = await counted.count("timer with nothing to do", 3, tick)
    await counted.feed.search.following.close()
    return found
