import asyncio

import pytest

from feed.storage.blobs import Blob, BlobChanged, BlobExists, Blobs
from feed.storage.limits import BeyondLimits
from tests.storage.contract.samples import MIB, STRANGE_NAMES, collect


class BlobBasics:
    async def test_finds_nothing_before_create(self, blobs: Blobs) -> None:
        assert await blobs.find("a/b") is None

    @pytest.mark.parametrize("body", [b"", b"\0", b"body \xff"])
    async def test_gives_back_what_was_created(self, blobs: Blobs, body: bytes) -> None:
        etag = await blobs.create("a/b", body)
        assert await blobs.find("a/b") == Blob(body, etag)

    async def test_create_refuses_a_second_blob(self, blobs: Blobs) -> None:
        etag = await blobs.create("a", b"1")
        with pytest.raises(BlobExists, match="a exists"):
            await blobs.create("a", b"2")
        assert await blobs.find("a") == Blob(b"1", etag)

    async def test_one_of_many_creates_wins(self, blobs: Blobs) -> None:
        bodies = [b"%d" % number for number in range(8)]
        done = await asyncio.gather(
            *(blobs.create("a", body) for body in bodies), return_exceptions=True
        )
        winners = [
            Blob(body, etag)
            for body, etag in zip(bodies, done, strict=True)
            if isinstance(etag, str)
        ]
        assert [await blobs.find("a")] == winners
        assert sum(isinstance(each, BlobExists) for each in done) == 7

    async def test_an_etag_stands_for_one_state(self, blobs: Blobs) -> None:
        first = await blobs.create("a", b"1")
        second = await blobs.replace("a", b"1", etag=first)
        await blobs.delete("a")
        third = await blobs.create("a", b"1")
        assert len({first, second, third}) == 3

    async def test_replaces_what_has_not_changed(self, blobs: Blobs) -> None:
        etag = await blobs.replace("a", b"2", etag=await blobs.create("a", b"1"))
        assert await blobs.find("a") == Blob(b"2", etag)

    async def test_replace_refuses_a_stale_etag(self, blobs: Blobs) -> None:
        stale = await blobs.create("a", b"1")
        etag = await blobs.replace("a", b"2", etag=stale)
        with pytest.raises(BlobChanged, match="a is not what it was"):
            await blobs.replace("a", b"3", etag=stale)
        assert await blobs.find("a") == Blob(b"2", etag)

    async def test_replace_refuses_what_is_gone(self, blobs: Blobs) -> None:
        etag = await blobs.create("a", b"1")
        await blobs.delete("a")
        with pytest.raises(BlobChanged):
            await blobs.replace("a", b"2", etag=etag)
        assert await blobs.find("a") is None

    async def test_one_of_many_replaces_wins(self, blobs: Blobs) -> None:
        etag = await blobs.create("a", b"0")
        done = await asyncio.gather(
            *(blobs.replace("a", b"%d" % number, etag=etag) for number in range(8)),
            return_exceptions=True,
        )
        assert sum(isinstance(each, str) for each in done) == 1
        assert sum(isinstance(each, BlobChanged) for each in done) == 7

    async def test_a_large_document_is_replaced_whole(self, blobs: Blobs) -> None:
        first, second = b"1" * 5 * MIB, b"2" * 3 * MIB
        stale = await blobs.create("a", first)
        etag = await blobs.replace("a", second, etag=stale)
        with pytest.raises(BlobChanged):
            await blobs.replace("a", first, etag=stale)
        assert await blobs.find("a") == Blob(second, etag)

    async def test_what_is_known_is_not_read_again(self, blobs: Blobs) -> None:
        known = Blob(b"1", await blobs.create("a", b"1"))
        assert await blobs.find("a", known=known) is known

    async def test_what_is_known_no_longer_is_read(self, blobs: Blobs) -> None:
        known = Blob(b"1", await blobs.create("a", b"1"))
        etag = await blobs.replace("a", b"2", etag=known.etag)
        assert await blobs.find("a", known=known) == Blob(b"2", etag)
        await blobs.delete("a")
        assert await blobs.find("a", known=known) is None

    async def test_deletes_as_often_as_it_is_told(self, blobs: Blobs) -> None:
        await blobs.create("a", b"1")
        await blobs.delete("a")
        await blobs.delete("a")
        assert await blobs.find("a") is None
        assert await collect(blobs.names("")) == []

    async def test_names_come_in_order_under_their_prefix(self, blobs: Blobs) -> None:
        paths = ["a", "b", "b/1", "b/1/x", "b/10", "b/2", "b/A", "b/_", "b/a", "c"]
        for path in reversed(paths):
            await blobs.create(path, b"")
        assert await collect(blobs.names("")) == paths
        assert await collect(blobs.names("b/")) == paths[2:-1]
        assert await collect(blobs.names("b/1")) == ["b/1", "b/1/x", "b/10"]
        assert await collect(blobs.names("b/3")) == []

    async def test_strange_names_are_names(self, blobs: Blobs) -> None:
        paths = [f"dir {name}/{name}" for name in ["#", *STRANGE_NAMES[:-2], "what?", "ü", "😀"]]
        stored = [Blob(path.encode(), await blobs.create(path, path.encode())) for path in paths]
        assert await collect(blobs.names("dir ")) == paths
        assert [await blobs.find(path) for path in paths] == stored
        for path in paths:
            await blobs.delete(path)
        assert await collect(blobs.names("")) == []

    @pytest.mark.parametrize("path", ["", "/a", "a/", "a//b", "a/./b", "a.", "a\\b", "a\n"])
    async def test_an_impossible_path_is_refused_and_never_found(
        self, blobs: Blobs, path: str
    ) -> None:
        with pytest.raises(BeyondLimits):
            await blobs.create(path, b"")
        with pytest.raises(BeyondLimits):
            await blobs.replace(path, b"", etag='"1"')
        with pytest.raises(BeyondLimits):
            await blobs.delete(path)
        assert await blobs.find(path) is None
        assert await blobs.open(path) is None
