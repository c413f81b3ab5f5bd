from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO

import pytest

from feed.errors import StorageUnavailable
from feed.storage.azure import AzureStorage
from feed.storage.azure_accounts import Patience
from feed.storage.blobs import Blob, BlobChanged, BlobExists, Blobs, update
from feed.storage.limits import BeyondLimits, check_transaction
from feed.storage.rows import Create, Row, RowChanged, RowExists, Rows
from tests.azurite import Azurite, fresh_name, storage_on
from tests.storage.contract import BlobsContract, RowsContract
from tests.storage.contract.samples import MIB, TABLES, collect, key
from tests.storage.servers import losing_answers

pytestmark = pytest.mark.azurite


@pytest.fixture
async def storage(azurite: Azurite) -> AsyncIterator[AzureStorage]:
    storage = storage_on(azurite)
    await storage.ensure(TABLES)
    yield storage
    await storage.close()


class TestAzureBlobs(BlobsContract):
    @pytest.fixture
    def blobs(self, storage: AzureStorage) -> Blobs:
        return storage.blobs


class TestAzureRows(RowsContract):
    @pytest.fixture
    def rows(self, storage: AzureStorage) -> Rows:
        return storage.rows


async def test_what_is_there_is_not_made_again(storage: AzureStorage) -> None:
    etag = await storage.blobs.create("a", b"1")
    await storage.ensure(TABLES)
    assert await storage.blobs.find("a") == Blob(b"1", etag)


async def test_a_storage_that_was_not_made_is_not_an_empty_one(azurite: Azurite) -> None:
    storage = storage_on(azurite)
    with pytest.raises(StorageUnavailable, match="the feed's container is not there"):
        await storage.blobs.find("a")
    with pytest.raises(StorageUnavailable, match="the feed's container is not there"):
        await collect(storage.blobs.names(""))
    with pytest.raises(StorageUnavailable, match="one of the feed's tables is not there"):
        await storage.rows.create(key("a"), {})
    await storage.close()


async def test_two_containers_and_two_prefixes_share_nothing(
    storage: AzureStorage, azurite: Azurite
) -> None:
    other = storage_on(azurite)
    await other.ensure(TABLES)
    await storage.blobs.create("a", b"1")
    await storage.rows.create(key("a"), {})
    assert await other.blobs.find("a") is None
    assert await other.rows.find(key("a")) is None
    await other.close()


async def test_a_proxy_does_not_stand_before_this_machine(
    azurite: Azurite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    storage = storage_on(azurite)
    await storage.ensure(TABLES)
    assert await storage.blobs.find("a") is None
    await storage.close()


# The SDK has no other way to send a transaction than in one piece.
@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")
async def test_a_transaction_of_nearly_four_mebibytes_is_taken(storage: AzureStorage) -> None:
    fits = [Create(key(f"{number:03}"), {"a": "x" * 32768, "b": 1}) for number in range(100)]
    filled = [Create(each.key, {**each.values, "c": "ü" * 900}) for each in fits]
    check_transaction(filled)
    with pytest.raises(BeyondLimits):
        check_transaction([Create(each.key, {**each.values, "d": "ü" * 700}) for each in filled])
    await storage.rows.transaction(filled)


FORGIVING = Patience(tries=2, answer=60, total=600, pause=0)


@pytest.fixture
async def deaf(azurite: Azurite) -> AsyncIterator[tuple[AzureStorage, AzureStorage]]:
    """Two ways into one storage; on the second one the first answer of each service is lost."""
    name = fresh_name()
    storage = storage_on(azurite, name)
    await storage.ensure(TABLES)
    async with (
        losing_answers(azurite.blob_url, 1) as blob_url,
        losing_answers(azurite.table_url, 1) as table_url,
    ):
        behind = replace(azurite, blob_url=blob_url, table_url=table_url)
        deaf = storage_on(behind, name, FORGIVING)
        yield storage, deaf
        await deaf.close()
    await storage.close()


Deaf = tuple[AzureStorage, AzureStorage]


class TestALostAnswer:
    async def test_of_a_read_costs_nothing(self, deaf: Deaf) -> None:
        etag = await deaf[0].blobs.create("a", b"1")
        assert await deaf[1].blobs.find("a") == Blob(b"1", etag)

    async def test_of_a_create_meets_its_own_blob(self, deaf: Deaf) -> None:
        with pytest.raises(BlobExists):
            await deaf[1].blobs.create("a", b"ours")
        found = await deaf[0].blobs.find("a")
        assert found == Blob(b"ours", found.etag if found else "")

    async def test_of_a_block_is_made_good(self, deaf: Deaf) -> None:
        etag = await deaf[1].blobs.create("a", BytesIO(b"x" * 9 * MIB))
        assert await deaf[0].blobs.find("a") == Blob(b"x" * 9 * MIB, etag)

    async def test_of_a_replace_meets_its_own_blob(self, deaf: Deaf) -> None:
        etag = await deaf[0].blobs.create("a", b"1")
        with pytest.raises(BlobChanged):
            await deaf[1].blobs.replace("a", b"ours", etag=etag)
        found = await deaf[0].blobs.find("a")
        assert found == Blob(b"ours", found.etag if found else "")

    async def test_of_an_update_does_no_harm(self, deaf: Deaf) -> None:
        await deaf[0].blobs.create("a", b"1")
        assert await deaf[1].blobs.find("b") is None  # this answer is the lost one
        updated = await update(deaf[1].blobs, "a", lambda _: b"2")
        assert await deaf[0].blobs.find("a") == updated

    async def test_of_a_create_meets_its_own_row(self, deaf: Deaf) -> None:
        with pytest.raises(RowExists) as raised:
            await deaf[1].rows.create(key("a"), {"attempt": "ours"})
        assert raised.value.key == key("a")
        found = await deaf[0].rows.find(key("a"))
        assert found == Row(key("a"), {"attempt": "ours"}, found.etag if found else "")

    async def test_of_a_replace_meets_its_own_row(self, deaf: Deaf) -> None:
        etag = await deaf[0].rows.create(key("a"), {})
        with pytest.raises(RowChanged):
            await deaf[1].rows.replace(key("a"), {"attempt": "ours"}, etag=etag)
        found = await deaf[0].rows.find(key("a"))
        assert found == Row(key("a"), {"attempt": "ours"}, found.etag if found else "")

    async def test_of_a_delete_costs_nothing(self, deaf: Deaf) -> None:
        await deaf[0].rows.create(key("a"), {})
        await deaf[1].rows.delete(key("a"))
        assert await deaf[0].rows.find(key("a")) is None

    async def test_of_a_transaction_meets_its_own_rows(self, deaf: Deaf) -> None:
        with pytest.raises(RowExists) as raised:
            await deaf[1].rows.transaction([Create(key("a"), {}), Create(key("b"), {})])
        assert raised.value.key == key("a")
        assert [row.key.row for row in await collect(deaf[0].rows.scan("things"))] == ["a", "b"]
