import asyncio
from contextlib import suppress
from io import BytesIO

import pytest

from feed.storage.blobs import Blob, BlobChanged, BlobExists, Blobs
from tests.storage.contract.samples import MIB, collect, read


class BlobStreams:
    async def test_opens_nothing_before_create(self, blobs: Blobs) -> None:
        assert await blobs.open("a") is None
        assert await blobs.open("a", offset=5) is None
        assert await blobs.open("a", length=0) is None

    async def test_a_file_goes_up_from_its_start_byte_for_byte(self, blobs: Blobs) -> None:
        body = bytes(range(256)) * (9 * MIB // 256) + b"and a bit"
        file = BytesIO(body)
        file.seek(1000)
        etag = await blobs.create("a", file)
        stream = await blobs.open("a")
        assert stream is not None
        assert (stream.size, stream.etag, await read(stream)) == (len(body), etag, body)

    @pytest.mark.parametrize("size", [0, 10, MIB, MIB + 1, 4 * MIB, 4 * MIB + 1])
    async def test_a_file_of_any_size_goes_up(self, blobs: Blobs, size: int) -> None:
        etag = await blobs.create("a", BytesIO(b"x" * size))
        assert await blobs.find("a") == Blob(b"x" * size, etag)

    @pytest.mark.parametrize("size", [10, 9 * MIB])
    async def test_a_file_over_an_existing_blob_changes_nothing(
        self, blobs: Blobs, size: int
    ) -> None:
        etag = await blobs.create("a", b"old")
        with pytest.raises(BlobExists):
            await blobs.create("a", BytesIO(b"x" * size))
        assert await blobs.find("a") == Blob(b"old", etag)

    async def test_two_files_under_one_path_never_mix(self, blobs: Blobs) -> None:
        bodies = [b"1" * 9 * MIB, b"2" * 9 * MIB]
        done = await asyncio.gather(
            *(blobs.create("a", BytesIO(body)) for body in bodies), return_exceptions=True
        )
        winners = [
            Blob(body, etag)
            for body, etag in zip(bodies, done, strict=True)
            if isinstance(etag, str)
        ]
        assert [await blobs.find("a")] == winners
        assert sum(isinstance(each, BlobExists) for each in done) == 1

    async def test_a_large_blob_comes_in_pieces(self, blobs: Blobs) -> None:
        await blobs.create("a", BytesIO(b"x" * 9 * MIB))
        stream = await blobs.open("a")
        assert stream is not None
        assert [len(chunk) for chunk in await collect(stream.chunks)] == [4 * MIB, 4 * MIB, MIB]

    @pytest.mark.parametrize(
        ("offset", "length", "expected"),
        [
            (0, None, b"0123456789"),
            (0, 0, b""),
            (0, 1, b"0"),
            (3, 4, b"3456"),
            (9, 1, b"9"),
            (7, 100, b"789"),
            (7, None, b"789"),
            (10, None, b""),
            (10, 5, b""),
            (99, 5, b""),
            (99, None, b""),
            (99, 0, b""),
        ],
    )
    async def test_reads_a_range(
        self, blobs: Blobs, offset: int, length: int | None, expected: bytes
    ) -> None:
        etag = await blobs.create("a", b"0123456789")
        stream = await blobs.open("a", offset=offset, length=length)
        assert stream is not None
        assert (stream.size, stream.etag, await read(stream)) == (10, etag, expected)

    async def test_reads_a_range_over_several_pieces(self, blobs: Blobs) -> None:
        body = bytes(range(251)) * (10 * MIB // 251)
        await blobs.create("a", BytesIO(body))
        stream = await blobs.open("a", offset=MIB + 1, length=7 * MIB)
        assert stream is not None
        assert await read(stream) == body[MIB + 1 : 8 * MIB + 1]

    async def test_opens_an_empty_blob(self, blobs: Blobs) -> None:
        etag = await blobs.create("a", b"")
        stream = await blobs.open("a")
        assert stream is not None
        assert (stream.size, stream.etag, await read(stream)) == (0, etag, b"")

    async def test_a_stream_never_mixes_two_states(self, blobs: Blobs) -> None:
        etag = await blobs.create("a", b"1" * 9 * MIB)
        stream = await blobs.open("a")
        assert stream is not None
        await blobs.replace("a", b"2" * 9 * MIB, etag=etag)
        seen = set[int]()
        with suppress(BlobChanged):
            async for chunk in stream.chunks:
                seen.update(chunk)
        assert seen == {ord("1")}

    async def test_a_stream_of_a_deleted_blob_ends_or_says_so(self, blobs: Blobs) -> None:
        await blobs.create("a", b"1" * 9 * MIB)
        stream = await blobs.open("a")
        assert stream is not None
        await blobs.delete("a")
        with suppress(BlobChanged):
            assert await read(stream) == b"1" * 9 * MIB
