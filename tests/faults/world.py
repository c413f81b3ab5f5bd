"""Storage that several instances of the feed share, and a clock that can be moved."""

import asyncio
from dataclasses import dataclass, field

from feed.app import Feed
from feed.services import paths
from feed.services.clock import MINUTE, Clock
from feed.storage.blobs import Blobs
from feed.storage.memory import MemoryBlobs, MemoryRows
from feed.storage.rows import Rows
from tests.faults.process import Process, ProcessBlobs, ProcessRows
from tests.feeds import memory_feed

HOUR = 60 * MINUTE


def virtual_now() -> int:
    """Stand still but for what is slept."""
    return 18_000_000_000_000_000 + int(asyncio.get_running_loop().time() * 10_000_000)


@dataclass(slots=True)
class MovableClock:
    now: Clock = virtual_now
    ahead: int = 0

    def __call__(self) -> int:
        return self.now() + self.ahead


@dataclass(frozen=True, slots=True)
class World:
    blobs: Blobs = field(default_factory=MemoryBlobs)
    rows: Rows = field(default_factory=MemoryRows)
    clock: MovableClock = field(default_factory=MovableClock)

    def feed(self, process: Process | None = None) -> Feed:
        """Start another instance of the feed."""
        process = process or Process()
        blobs, rows = ProcessBlobs(self.blobs, process), ProcessRows(self.rows, process)
        return memory_feed(blobs, rows, self.clock, delete="hard", reuse_deleted="true")

    async def copy(self) -> "World":
        """What is stored now, in a world of its own."""
        copied = World(clock=MovableClock(ahead=self.clock.ahead))
        async for path in self.blobs.names(""):
            blob = await self.blobs.find(path)
            assert blob
            await copied.blobs.create(path, blob.body)
        for table in paths.TABLES:
            async for row in self.rows.scan(table):
                await copied.rows.create(row.key, row.values)
        return copied

    async def repair(self, *, after: int) -> None:
        """Let time pass, and the timer come."""
        self.clock.ahead += after
        await self.feed().repair.run()


async def finish_background() -> None:
    """Wait until everything else that runs has come to its end."""
    if others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)
