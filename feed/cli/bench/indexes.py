"""A synthetic feed as search keeps it: in a snapshot, and with events that come after."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

import orjson

from feed.cli.bench.processes import most_resident
from feed.cli.synthetic import Sample, samples
from feed.nuget.catalog import Event, Verb
from feed.nuget.leaf import Leaf
from feed.nuget.search_card import Card
from feed.nuget.search_package import Known, Package
from feed.services import paths, records
from feed.services.callers import Actor
from feed.services.clock import DAY, system_clock, system_random
from feed.services.records import Head
from feed.services.search.index import Index
from feed.services.search.snapshots import Snapshot, Snapshots, pack
from feed.storage.blobs import BlobStream
from feed.storage.memory import MemoryBlobs, MemoryRows, MemoryStorage
from feed.storage.rows import Rows

_BATCH: Final = 1000
_PIECE: Final = 2**20
_PACKED: Final = "snapshot.tar"
_BEGAN: Final = 20_000 * DAY


@dataclass(frozen=True, slots=True)
class Built:
    snapshot: Snapshot
    seconds: float
    memory: float
    """How many MB the process held at most."""


def build(folder: Path, count: int) -> Built:
    """Index as many ids, and leave a snapshot of them in the folder."""
    started = time.perf_counter()
    (folder / "index").mkdir()
    index = Index(folder / "index")
    for batch in _batches(samples(count)):
        index.put({each.manifest.id.lower(): _package(each) for each in batch}, count)
    seconds = time.perf_counter() - started
    index.settle()
    with (folder / _PACKED).open("w+b") as packed:
        pack(index.folder, packed)
        snapshots = Snapshots(MemoryBlobs(), system_clock, system_random)
        memory = most_resident()
        return Built(asyncio.run(snapshots.keep(packed, count)), seconds, memory)


async def storage(folder: Path, snapshot: Snapshot) -> MemoryStorage:
    """Make a storage that holds the snapshot, and a log that is as long."""
    blobs, rows = _WithSnapshot(folder / _PACKED), MemoryRows()
    await blobs.create(paths.SEARCH_NEWEST, orjson.dumps([snapshot]))
    await _put_head(rows, snapshot.sequence)
    return MemoryStorage(blobs, rows)


async def append(rows: Rows, first: int, count: int) -> None:
    """Let the log tell of as many pushes: most of ids that it knows, some of new ones."""
    known = count - count // 10
    pushed = [*samples(known), *samples(count - known, seed=2)]
    for sequence, sample in enumerate(pushed, first):
        event = _pushed(sequence, sample)
        values = records.event_values(event, Actor("bench"), _leaf(sample, event.version))
        await rows.put(paths.event(sequence), values)
    await _put_head(rows, first + count)


class _WithSnapshot(MemoryBlobs):
    """Blobs in memory, but for snapshots: memory is what is measured, so one stays in its file."""

    def __init__(self, packed: Path) -> None:
        super().__init__()
        self._packed = packed

    async def open(
        self, path: str, *, offset: int = 0, length: int | None = None
    ) -> BlobStream | None:
        return BlobStream(self._packed.stat().st_size, '"snapshot"', _pieces(self._packed))

    async def create(self, path: str, body: bytes | BinaryIO) -> str:
        return await super().create(path, body if isinstance(body, bytes) else b"")


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _batches(given: Iterable[Sample]) -> Iterator[list[Sample]]:
    rest = iter(given)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _package(sample: Sample) -> Package:
    known = [
        Known(version, _attempt(f"{sample.manifest.id} {version}"), downloads=sample.downloads // n)
        for n, version in enumerate(sample.versions, 1)
    ]
    package = Package(tuple(known))
    cards = {each.attempt: Card.of(_leaf(sample, each.version)) for each in package.missing}
    return package.with_cards(cards)


def _pushed(sequence: int, sample: Sample) -> Event:
    attempt = _attempt(str(sequence))
    return Event(
        sequence=sequence,
        stamp=sequence,
        commit=attempt,
        verb=Verb.PUSH,
        id=sample.manifest.id,
        version="3.0.0",
        attempt=attempt,
        revision=sequence,
        published=sequence,
    )


def _leaf(sample: Sample, version: str) -> Leaf:
    manifest = sample.manifest.model_copy(update={"version": version})
    return Leaf(manifest=manifest, size=1, sha512="")


def _attempt(of: str) -> str:
    """Name an attempt that takes as much room as a real one: half of it is chance."""
    return paths.attempt(_BEGAN, sha256(of.encode()).hexdigest()[:16])


async def _put_head(rows: Rows, length: int) -> None:
    await rows.put(paths.HEAD, Head(length, stamp=length).values())
