"""What a warm request costs of the processor, from the server's first look at it to its answer.

Storage is in memory, so what its SDK would cost is not in these figures.
"""

import asyncio
import time
from typing import Final

from feed.app import Feed
from feed.cli.bench.feeds import AddressedBlobs, Client, grow, settings
from feed.cli.bench.report import GOALS, Table
from feed.storage.memory import MemoryRows, MemoryStorage
from feed.streams import calm_garbage_collection

VERSIONS: Final = 64

_MS: Final = 1000


def cpu(requests: int = 2_000) -> list[Table]:
    rows = asyncio.run(_measure(requests))
    notes = ("Without what the storage's SDK costs for its one call.",)
    return [Table("Processor time of a warm request", GOALS, tuple(rows), notes)]


async def _measure(requests: int) -> list[tuple[str, ...]]:
    feed = Feed.on(MemoryStorage(AddressedBlobs(), MemoryRows()), settings())
    await grow(feed, "Measured", VERSIONS)
    client = Client(feed)
    calm_garbage_collection()
    content, registration = "/v3/content/measured", "/v3/registration-gz-semver2/measured"
    paths = {
        f"version list of {VERSIONS} versions": (f"{content}/index.json", 1.5),
        "redirect to one of their packages": (f"{content}/1.0.0/measured.1.0.0.nupkg", 1.5),
        "registration of them, gzipped": (f"{registration}/index.json", 3.0),
    }
    return [
        (what, f"{await _cost(client, path, requests):.2f} ms", f"at most {goal:g} ms")
        for what, (path, goal) in paths.items()
    ]


async def _cost(client: Client, path: str, requests: int) -> float:
    await client.get(path)
    began = time.process_time()
    for _ in range(requests):
        await client.get(path)
    return (time.process_time() - began) / requests * _MS
