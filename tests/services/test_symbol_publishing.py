"""The push of symbols, where others come between, and what it leaves in storage."""

import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import BinaryIO

import pytest

from feed.app import Feed
from feed.errors import FileGone, InvalidArchive, NothingToDebug, PdbNotFound
from feed.nuget.ssqp import PdbAddress, find_address
from feed.services import paths, records
from feed.services.pointers import Stored
from feed.storage.blobs import BlobStream
from feed.storage.limits import BLOCK_SIZE
from feed.storage.memory import MemoryBlobs
from tests.assemblies import Compiled, assembly, compiled, portable_pdb
from tests.builders import nupkg, nuspec, snupkg
from tests.feeds import memory_feed
from tests.nuget.zips import Part, zip_of
from tests.services.pushes import ADMIN, identity, received

TINY, MORE = compiled(size=600_000), compiled("More")


class InterruptedBlobs(MemoryBlobs):
    """Lets something else happen once, before a symbol package is stored."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def create(self, path: str, body: bytes | BinaryIO) -> str:
        if path.endswith(paths.SNUPKG) and self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        return await super().create(path, body)


class WatchedBlobs(MemoryBlobs):
    """Counts the pieces of large blobs that are read."""

    pieces = 0

    async def open(
        self, path: str, *, offset: int = 0, length: int | None = None
    ) -> BlobStream | None:
        stream = await super().open(path, offset=offset, length=length)
        return stream and replace(stream, chunks=self._count(stream.chunks))

    async def _count(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            self.pieces += 1
            yield chunk


async def push(feed: Feed, *pairs: Compiled) -> None:
    files = {name: body for pair in pairs for name, body in pair.assembly().items()}
    await feed.publishing.push(received(nupkg("Tiny", files=files)), ADMIN)


async def push_symbols(feed: Feed, *pairs: Compiled) -> None:
    files = {name: body for pair in pairs for name, body in pair.symbols().items()}
    await feed.symbol_publishing.push(received(snupkg("Tiny", files=files)), ADMIN)


def address_of(pair: Compiled) -> PdbAddress | None:
    return find_address(pair.address.removeprefix("/symbols/"))


async def read(feed: Feed, pair: Compiled, part: range | None = None) -> bytes:
    file = await feed.symbols.get_pdb(address_of(pair))
    part = part or range(file.size)
    chunks = await feed.symbols.start(file, part.start, len(part))
    return b"".join([chunk async for chunk in chunks])


async def rows(feed: Feed) -> list[str]:
    return [row.key.partition async for row in feed.storage.rows.scan("symbols")]


@pytest.mark.parametrize("is_pushed_again", [False, True])
async def test_symbols_of_a_package_that_is_deleted_meanwhile_leave_nothing(
    is_pushed_again: bool,
) -> None:
    blobs = InterruptedBlobs()
    feed = memory_feed(blobs, delete="hard", reuse_deleted="true")
    await push(feed, TINY)

    async def meanwhile() -> None:
        await feed.changes.delete(*identity("Tiny", "1.0.0"), ADMIN)
        if is_pushed_again:
            await push(feed, TINY)

    blobs.meanwhile = meanwhile
    with pytest.raises(NothingToDebug):
        await push_symbols(feed, TINY)
    assert [name async for name in blobs.names("") if "symbols" in name or "snupkg" in name] == []
    assert await rows(feed) == []
    assert [each async for each in feed.log.intents()] == []


async def test_of_two_pushes_of_symbols_at_once_the_later_one_holds_whole() -> None:
    blobs = InterruptedBlobs()
    feed = memory_feed(blobs)
    await push(feed, TINY, MORE)
    blobs.meanwhile = lambda: push_symbols(feed, MORE)
    await push_symbols(feed, TINY)
    assert await read(feed, TINY) == TINY.pdb
    assert await rows(feed) == ["tiny.pdb"]
    assert len([name async for name in blobs.names("packages/") if "snupkg" in name]) == 1


@pytest.mark.parametrize("method", [0, 8])
async def test_of_a_pdb_no_more_is_read_than_is_asked_for(method: int) -> None:
    blobs = WatchedBlobs()
    feed = memory_feed(blobs)
    large = compiled(size=3 * BLOCK_SIZE)
    manifest = Part("Tiny.nuspec", nuspec("Tiny").encode())
    package = zip_of(manifest, *(Part(*each, method=method) for each in large.files().items()))
    await feed.publishing.push(received(package), ADMIN)
    for part, pieces in (
        (range(10), 1),
        (range(BLOCK_SIZE, BLOCK_SIZE + 10), 2 if method else 1),
        (range(len(large.pdb)), 4),
    ):
        blobs.pieces = 0
        assert await read(feed, large, part) == large.pdb[part.start : part.stop]
        assert blobs.pieces == pieces


@pytest.mark.parametrize("flags", [0, 8])
async def test_a_pdb_is_served_whose_sizes_follow_it_in_its_package(flags: int) -> None:
    """Packers that stream write the sizes behind the body, and nothing in front of it."""
    feed = memory_feed()
    manifest = Part("Tiny.nuspec", nuspec("Tiny").encode())
    parts = []
    for name, body in TINY.files().items():
        unknown = Part(name, body, flags=8, size=0, compressed=0, checksum=0)
        parts.append(Part(name, body, flags=flags, local=unknown if flags else None))
    await feed.publishing.push(received(zip_of(manifest, *parts)), ADMIN)
    assert await read(feed, TINY) == TINY.pdb


async def test_the_first_owner_may_push_again_whoever_came_after() -> None:
    forged = portable_pdb(seed="forged", pdb_id=TINY.pdb[64:84])
    evil = Compiled("Tiny", assembly(forged), forged)
    feed = memory_feed()
    await push(feed, TINY)
    await push_symbols(feed, TINY)
    await feed.publishing.push(received(nupkg("Evil", files=evil.files())), ADMIN)
    await push_symbols(feed, TINY)
    assert await read(feed, TINY) == TINY.pdb


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
async def test_what_a_push_has_stored_that_never_came_to_be_is_not_served(version: str) -> None:
    feed = memory_feed()
    await feed.publishing.push(received(nupkg("Tiny", files=TINY.files())), ADMIN)
    state = records.state(await feed.truth.get_row(*identity("Tiny", "1.0.0")))
    [pdb] = (await feed.truth.get_leaf(*identity("Tiny", "1.0.0"), state.attempt)).pdbs
    place = identity("Tiny", version)
    pending = pdb.model_copy(update={"checksum": "sha256:00"})
    stored = Stored(*place, state.attempt, "f" * 32, (pending,))
    await feed.attempts.pointers.insert(stored, pending)
    assert await read(feed, TINY) == TINY.pdb
    with pytest.raises(PdbNotFound):
        await feed.symbols.get_pdb(pdb.address, ["sha256:00"])


async def test_a_pdb_whose_file_is_lost_is_gone() -> None:
    feed = memory_feed()
    await push(feed, TINY)
    await push_symbols(feed, TINY)
    async for name in feed.storage.blobs.names("packages/"):
        await feed.storage.blobs.delete(name)
    with pytest.raises(FileGone):
        await read(feed, TINY)


@pytest.mark.parametrize("packed", [b"\xff", b"\x03\x00"], ids=["nonsense", "ends early"])
async def test_a_pdb_that_is_damaged_in_storage_breaks_off(packed: bytes) -> None:
    feed = memory_feed()
    await feed.publishing.push(received(nupkg("Tiny", files=TINY.files())), ADMIN)
    file = await feed.symbols.get_pdb(address_of(TINY))
    await feed.storage.blobs.delete(file.path)
    damaged = bytes(file.packing.offset) + packed + bytes(file.packing.length)
    await feed.storage.blobs.create(file.path, damaged)
    with suppress(zlib.error):
        assert await read(feed, TINY) == b""


async def test_who_shares_a_pdb_cannot_put_another_in_its_place() -> None:
    """The package of the stranger is older, so what it has comes first."""
    forged = portable_pdb(seed="forged", pdb_id=TINY.pdb[64:84])
    evil = Compiled("Tiny", assembly(forged), forged)
    feed = memory_feed()
    files = TINY.assembly("a") | evil.assembly("b")
    await feed.publishing.push(received(nupkg("Evil", files=files)), ADMIN)
    await push(feed, TINY)
    await push_symbols(feed, TINY)
    shared, other = (snupkg("Evil", files=each) for each in (TINY.symbols("a"), evil.symbols("b")))
    await feed.symbol_publishing.push(received(shared), ADMIN)
    with pytest.raises(InvalidArchive, match=r"a PDB of Tiny 1\.0\.0, and is another"):
        await feed.symbol_publishing.push(received(other), ADMIN)
    assert await read(feed, TINY) == TINY.pdb


async def test_builds_for_several_frameworks_have_a_pdb_each() -> None:
    builds = {folder: compiled(seed=n) for n, folder in enumerate(["net6.0", "net8.0"])}
    files: dict[str, bytes] = {}
    symbols: dict[str, bytes] = {}
    for folder, pair in builds.items():
        files |= pair.assembly(f"lib/{folder}")
        symbols |= pair.symbols(f"lib/{folder}")
    feed = memory_feed()
    await feed.publishing.push(received(nupkg("Tiny", files=files)), ADMIN)
    await feed.symbol_publishing.push(received(snupkg("Tiny", files=symbols)), ADMIN)
    for pair in builds.values():
        assert await read(feed, pair) == pair.pdb
