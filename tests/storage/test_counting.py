from datetime import timedelta
from io import BytesIO

import pytest

from feed.storage.blobs import BlobExists, Blobs
from feed.storage.counting import CountingBlobs, CountingRows, Ledger, Operation
from feed.storage.memory import MemoryBlobs, MemoryRows
from feed.storage.rows import Create, Delete, RowExists, Rows, Span
from tests.storage.contract import BlobsContract, RowsContract
from tests.storage.contract.samples import MIB, collect, key, read


class TestCountingBlobs(BlobsContract):
    @pytest.fixture
    def blobs(self) -> Blobs:
        return CountingBlobs(MemoryBlobs(), Ledger())


class TestCountingRows(RowsContract):
    @pytest.fixture
    def rows(self) -> Rows:
        return CountingRows(MemoryRows(), Ledger())


async def test_every_blob_operation_counts_once() -> None:
    ledger = Ledger()
    blobs = CountingBlobs(MemoryBlobs(), ledger)
    etag = await blobs.create("a", BytesIO(b"x" * 9 * MIB))
    with pytest.raises(BlobExists):
        await blobs.create("a", b"")
    stream = await blobs.open("a")
    assert stream is not None
    await read(stream)
    await blobs.replace("a", b"2", etag=etag)
    await blobs.find("a")
    await collect(blobs.names("a"))
    await blobs.signed_url("a", lifetime=timedelta(1), filename="a", content_type="b")
    await blobs.delete("a")
    await blobs.close()
    assert ledger.operations == [
        Operation("blob create", "a"),
        Operation("blob create", "a"),
        Operation("blob open", "a"),
        Operation("blob replace", "a"),
        Operation("blob find", "a"),
        Operation("blob names", "a"),
        Operation("blob delete", "a"),
    ]


async def test_every_row_operation_counts_once() -> None:
    ledger = Ledger()
    rows = CountingRows(MemoryRows(), ledger)
    etag = await rows.create(key("a"), {})
    with pytest.raises(RowExists):
        await rows.create(key("a"), {})
    await rows.replace(key("a"), {}, etag=etag)
    await rows.put(key("b"), {})
    await rows.find(key("b"))
    await rows.delete(key("b"))
    await rows.transaction([Create(key("c"), {}), Delete(key("a"))])
    await collect(rows.query(Span("things", "p", "a", "z")))
    await collect(rows.scan("things"))
    await rows.close()
    assert ledger.operations == [
        Operation("row create", "things/p/a"),
        Operation("row create", "things/p/a"),
        Operation("row replace", "things/p/a"),
        Operation("row put", "things/p/b"),
        Operation("row find", "things/p/b"),
        Operation("row delete", "things/p/b"),
        Operation("row transaction", "create c, delete a"),
        Operation("row query", "things/p/a..z"),
        Operation("row scan", "things"),
    ]


@pytest.mark.parametrize(("stored", "pages"), [(0, 1), (1, 1), (1000, 1), (1001, 2), (2001, 3)])
async def test_a_query_counts_its_pages(stored: int, pages: int) -> None:
    ledger = Ledger()
    rows = CountingRows(MemoryRows(), ledger)
    for number in range(stored):
        await rows.put(key(f"{number}"), {})
    ledger.clear()
    await collect(rows.query(Span("things", "p")))
    assert ledger.counts() == {"row query": pages}


async def test_a_query_counts_only_the_pages_that_are_read() -> None:
    ledger = Ledger()
    rows = CountingRows(MemoryRows(), ledger)
    for number in range(1500):
        await rows.put(key(f"{number}"), {})
    ledger.clear()
    query = rows.query(Span("things", "p"))
    assert len(ledger) == 0
    await anext(query)
    assert len(ledger) == 1


async def test_a_ledger_reads_as_a_list() -> None:
    ledger = Ledger()
    await CountingBlobs(MemoryBlobs(), ledger).find("ids/tiny/versions.json")
    await CountingRows(MemoryRows(), ledger).find(key("r"))
    assert str(ledger) == "blob find        ids/tiny/versions.json\nrow find         things/p/r"
    assert ledger.counts() == {"blob find": 1, "row find": 1}
