"""Snapshots of the index: what a fresh instance begins with.

A snapshot is one blob, a tar of the index's folder, and never changes. A pointer
names the last two, the newest first, and only ever moves on: it is replaced under
its ETag by whoever has a snapshot that holds more events, and never by anybody
else. So any number of instances may write snapshots at the same time.

Nothing depends on a snapshot. One that is missing, cut short or damaged, or was
written by a Larder that indexes otherwise, is passed over, and without any the
log is read from its beginning.
"""

import asyncio
import logging
import shutil
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from pydantic import TypeAdapter, ValidationError

from feed.services import paths
from feed.services.clock import MINUTE, Clock, Random
from feed.storage.blobs import BlobChanged, Blobs, BlobStream, update

logger = logging.getLogger("feed")

SCHEMA: Final = 2
"""Of what is in an index: it grows whenever that changes, and with the engine's own format."""

EVENTS: Final = 500
AGE: Final = 24 * 60 * MINUTE
"""A snapshot is due after so many events, or so long after the last when there were any."""

_KEPT: Final = 2
# tantivy: whoever writes holds this; it is of no use to anybody else.
_LOCK_SUFFIX: Final = ".lock"


@dataclass(frozen=True, slots=True)
class Snapshot:
    path: str
    sequence: int
    """It holds every event before this one."""

    size: int
    digest: str
    """SHA-256, in hex."""

    written: int
    """In ticks."""

    schema: int = SCHEMA


@dataclass(frozen=True, slots=True)
class Snapshots:
    blobs: Blobs
    clock: Clock
    random: Random
    _damaged: set[str] = field(default_factory=set)

    async def find_all(self) -> list[Snapshot]:
        """Return those that may be of use, the newest first."""
        pointer = await self.blobs.find(paths.SEARCH_NEWEST)
        return self._usable(pointer.body if pointer else None)

    async def find_newest(self) -> Snapshot | None:
        return next(iter(await self.find_all()), None)

    def is_due(self, newest: Snapshot | None, length: int) -> bool:
        """Tell whether one of so many events is worth writing."""
        events = length - (newest.sequence if newest else 0)
        is_old = newest is None or self.clock() - newest.written >= AGE
        return events >= EVENTS or (is_old and events > 0)

    async def unpack(self, snapshot: Snapshot, folder: Path) -> bool:
        """Fetch a snapshot into a new folder, if it is there and whole."""
        packed = folder.with_suffix(".tar")
        try:
            stream = await self.blobs.open(snapshot.path)
            if stream is None or await _save(stream, packed) != snapshot.digest:
                raise tarfile.ReadError("it is not what was written")
            await asyncio.to_thread(_unpack, packed, folder)
        except (BlobChanged, tarfile.TarError, OSError) as error:  # the disk may be full, too
            self.reject(snapshot, error)
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            return False
        finally:
            packed.unlink(missing_ok=True)
        return True

    def reject(self, snapshot: Snapshot, reason: Exception) -> None:
        """Pass over a snapshot from now on."""
        self._damaged.add(snapshot.path)
        logger.warning("snapshot rejected", extra={"path": snapshot.path, "reason": str(reason)})

    async def keep(self, packed: BinaryIO, sequence: int) -> Snapshot:
        """Store what `pack` has made of an index, and point to it unless another is newer."""
        digest, size = await asyncio.to_thread(_measure, packed)
        path = paths.search_snapshot(sequence, self.random())
        await self.blobs.create(path, packed)
        snapshot = Snapshot(path, sequence, size, digest, self.clock())
        blob = await update(self.blobs, paths.SEARCH_NEWEST, lambda old: self._point(old, snapshot))
        await self._clean(_read(blob.body), snapshot)
        return snapshot

    def _point(self, old: bytes | None, snapshot: Snapshot) -> bytes:
        others = [each for each in self._usable(old) if each.path != snapshot.path]
        is_late = any(each.sequence >= snapshot.sequence for each in others)
        if old and (is_late or any(each.schema > SCHEMA for each in _read(old))):
            return old
        return _POINTER.dump_json((snapshot, *others)[:_KEPT])

    def _usable(self, pointer: bytes | None) -> list[Snapshot]:
        return [
            each
            for each in _read(pointer)
            if each.schema == SCHEMA and each.path not in self._damaged
        ]

    async def _clean(self, kept: Sequence[Snapshot], ours: Snapshot) -> None:
        """Remove what is older than all that are kept, and ours if another was faster.

        What is newer may be another's, on its way to the pointer.
        """
        named = {each.path for each in kept}
        async for path in self.blobs.names(paths.SEARCH):
            if path not in named and (path < min(named) or path == ours.path):
                await self.blobs.delete(path)


_POINTER: Final = TypeAdapter(tuple[Snapshot, ...])


def _read(pointer: bytes | None) -> tuple[Snapshot, ...]:
    try:
        return _POINTER.validate_json(pointer or b"[]")
    except ValidationError as error:
        logger.warning("snapshots lost", extra={"reason": str(error)})
        return ()


def pack(folder: Path, packed: BinaryIO) -> None:
    """Write a folder that nobody changes meanwhile as a tar."""
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in sorted(folder.iterdir()):
            if path.suffix != _LOCK_SUFFIX:
                archive.add(path, path.name)


def _unpack(packed: Path, folder: Path) -> None:
    folder.mkdir()
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")


async def _save(stream: BlobStream, path: Path) -> str:
    """Write a stream to a file, and say what its digest is."""
    digest = sha256()
    with await asyncio.to_thread(path.open, "wb") as file:
        async for chunk in stream.chunks:
            digest.update(chunk)
            await asyncio.to_thread(file.write, chunk)
    return digest.hexdigest()


def _measure(packed: BinaryIO) -> tuple[str, int]:
    packed.seek(0)
    digest = sha256()
    for chunk in iter(partial(packed.read, 2**20), b""):
        digest.update(chunk)
    return digest.hexdigest(), packed.tell()
