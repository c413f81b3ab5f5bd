import asyncio

import pytest

from feed.errors import Contended
from feed.storage.blobs import Blob, Blobs, update
from feed.storage.counting import CountingBlobs, Ledger


class Rival(CountingBlobs):
    """Somebody who writes between another's read and write, once for each of `bodies`."""

    def __init__(self, blobs: Blobs, bodies: list[bytes]) -> None:
        super().__init__(blobs, Ledger())
        self._bodies = bodies

    async def find(self, path: str, *, known: Blob | None = None) -> Blob | None:
        found = await super().find(path, known=known)
        if self._bodies and found:
            await self.replace(path, self._bodies.pop(0), etag=found.etag)
        elif self._bodies:
            await self.create(path, self._bodies.pop(0))
        return found


def add_ours(body: bytes | None) -> bytes:
    return (body or b"") + b"+ours"


class BlobUpdates:
    async def test_update_creates_what_is_missing(self, blobs: Blobs) -> None:
        updated = await update(blobs, "a", add_ours)
        assert updated == Blob(b"+ours", updated.etag)
        assert await blobs.find("a") == updated

    async def test_update_replaces_what_is_there(self, blobs: Blobs) -> None:
        await blobs.create("a", b"mine")
        updated = await update(blobs, "a", add_ours)
        assert updated == Blob(b"mine+ours", updated.etag)
        assert await blobs.find("a") == updated

    async def test_update_writes_nothing_when_nothing_changes(self, blobs: Blobs) -> None:
        etag = await blobs.create("a", b"same")
        assert await update(blobs, "a", lambda _: b"same") == Blob(b"same", etag)
        assert await blobs.find("a") == Blob(b"same", etag)

    async def test_update_starts_again_after_another_writer(self, blobs: Blobs) -> None:
        await blobs.create("a", b"mine")
        updated = await update(Rival(blobs, [b"theirs", b"theirs too"]), "a", add_ours)
        assert updated == Blob(b"theirs too+ours", updated.etag)
        assert await blobs.find("a") == updated

    async def test_update_starts_again_when_another_creates_first(self, blobs: Blobs) -> None:
        updated = await update(Rival(blobs, [b"theirs"]), "a", add_ours)
        assert updated == Blob(b"theirs+ours", updated.etag)
        assert await blobs.find("a") == updated

    async def test_update_gives_up_when_others_keep_coming_first(self, blobs: Blobs) -> None:
        rival = Rival(blobs, [b"1", b"2", b"3"])
        with pytest.raises(Contended, match="too many writers at a"):
            await update(rival, "a", add_ours, attempts=3)
        found = await blobs.find("a")
        assert found == Blob(b"3", found.etag if found else "")

    async def test_updates_at_once_all_count(self, blobs: Blobs) -> None:
        async def add(letter: str) -> None:
            def change(body: bytes | None) -> bytes:
                return "".join(sorted({*(body or b"").decode(), letter})).encode()

            await update(blobs, "a", change, attempts=12)

        await asyncio.gather(*(add(letter) for letter in "fedcba"))
        found = await blobs.find("a")
        assert found == Blob(b"abcdef", found.etag if found else "")
