import asyncio
from datetime import timedelta
from io import BytesIO

import pytest

from feed.storage.blobs import Blobs
from feed.storage.memory import MemoryBlobs, MemoryRows
from feed.storage.rows import RowExists, Rows
from tests.storage.contract import BlobsContract, RowsContract
from tests.storage.contract.samples import MIB, collect, key, read


class TestMemoryBlobs(BlobsContract):
    @pytest.fixture
    def blobs(self) -> Blobs:
        return MemoryBlobs()


class TestMemoryRows(RowsContract):
    @pytest.fixture
    def rows(self) -> Rows:
        return MemoryRows()


async def test_names_go_on_over_the_page_of_a_listing() -> None:
    blobs = MemoryBlobs()
    paths = [f"a/{number:05}" for number in range(5001)]
    for path in [*paths, "b"]:
        await blobs.create(path, b"")
    assert await collect(blobs.names("a/")) == paths


async def test_an_open_stream_keeps_what_was_there() -> None:
    blobs = MemoryBlobs()
    await blobs.create("a", BytesIO(b"1" * 9 * MIB))
    stream = await blobs.open("a")
    await blobs.delete("a")
    assert stream is not None
    assert await read(stream) == b"1" * 9 * MIB


async def test_memory_has_no_address() -> None:
    blobs = MemoryBlobs()
    await blobs.create("a", b"")
    link = blobs.signed_url(
        "a", lifetime=timedelta(minutes=5), filename="a", content_type="text/plain"
    )
    assert await link is None


async def test_etags_of_another_life_do_not_match() -> None:
    etags = [await MemoryBlobs().create("a", b"") for _ in range(2)]
    assert etags[0] != etags[1]


async def test_what_races_on_azure_races_here() -> None:
    rows = MemoryRows()

    async def create_unless_there() -> None:
        if await rows.find(key("a")) is None:
            await rows.create(key("a"), {})

    done = await asyncio.gather(
        create_unless_there(), create_unless_there(), return_exceptions=True
    )
    assert [type(each) for each in done] == [type(None), RowExists]


async def test_what_is_stored_is_not_what_the_caller_goes_on_with() -> None:
    rows = MemoryRows()
    values = {"v": 1}
    await rows.create(key("a"), values)
    values["v"] = 2
    found = await rows.find(key("a"))
    assert found is not None
    assert found.values == {"v": 1}
