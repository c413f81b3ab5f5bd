import asyncio
import socket
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from azure.core.exceptions import HttpResponseError

from feed.errors import StorageUnavailable
from feed.storage.azure import AzureStorage
from feed.storage.azure_accounts import PATIENCE, ConnectionString, Patience
from feed.storage.azure_requests import error_code
from feed.storage.rows import Delete, Row, Span
from tests.azurite import ACCOUNT, ACCOUNT_KEY
from tests.storage.contract.samples import MIB, collect, key
from tests.storage.servers import SILENCE, Script, answer, scripted

QUICK = Patience(pause=0)
IMPATIENT = Patience(answer=1.0, total=1.9, pause=0)
BUSY = answer(503, "ServerBusy")
MISSING = answer(404, "BlobNotFound")
ROW = answer(
    200,
    "",
    "Content-Type: application/json",
    body='{"odata.etag": "W/1", "PartitionKey": "p", "RowKey": "a", "v": true}',
)


@asynccontextmanager
async def storage_at(port: int, patience: Patience = QUICK) -> AsyncIterator[AzureStorage]:
    account = ConnectionString(
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};"
        f"BlobEndpoint=http://127.0.0.1:{port}/{ACCOUNT};"
        f"TableEndpoint=http://127.0.0.1:{port}/{ACCOUNT}"
    )
    storage = AzureStorage(account, clock=lambda: datetime.now(UTC), patience=patience)
    try:
        yield storage
    finally:
        await storage.close()


@asynccontextmanager
async def storage_that_answers(
    *answers: bytes, patience: Patience = QUICK
) -> AsyncIterator[tuple[AzureStorage, Script]]:
    async with scripted(*answers) as script, storage_at(script.port, patience) as storage:
        yield storage, script


SORRY = "the feed's storage cannot be used right now:"


def unused_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port


OPERATIONS: list[Callable[[AzureStorage], Awaitable[object]]] = [
    lambda storage: storage.blobs.find("a"),
    lambda storage: storage.blobs.open("a"),
    lambda storage: storage.blobs.open("a", length=0),
    lambda storage: storage.blobs.create("a", b"body"),
    lambda storage: storage.blobs.create("a", b"x" * 5 * MIB),
    lambda storage: storage.blobs.replace("a", b"body", etag='"1"'),
    lambda storage: storage.blobs.delete("a"),
    lambda storage: collect(storage.blobs.names("")),
    lambda storage: storage.rows.find(key("a")),
    lambda storage: storage.rows.create(key("a"), {}),
    lambda storage: storage.rows.replace(key("a"), {}, etag="W/1"),
    lambda storage: storage.rows.put(key("a"), {}),
    lambda storage: storage.rows.delete(key("a")),
    lambda storage: storage.rows.delete(key("a"), etag="W/1"),
    lambda storage: collect(storage.rows.scan("things")),
    lambda storage: storage.rows.transaction([Delete(key("a"))]),
    lambda storage: storage.ensure(["things"]),
]


async def failure_of(operation: Awaitable[object]) -> str:
    with pytest.raises(StorageUnavailable) as raised:
        await operation
    return str(raised.value)


slow = pytest.mark.azurite  # not that it needs one, but it takes its time


async def failures_at(storage: AzureStorage) -> set[str]:
    """What every operation says of a storage that does nothing."""
    async with asyncio.timeout(10):
        return set(
            await asyncio.gather(*(failure_of(operation(storage)) for operation in OPERATIONS))
        )


@pytest.mark.parametrize("patience", [IMPATIENT, pytest.param(PATIENCE, marks=slow)])
async def test_a_dead_storage_is_found_dead(patience: Patience) -> None:
    port = unused_port()
    async with (
        storage_that_answers(SILENCE, patience=patience) as (silent, script),
        storage_at(port, patience) as absent,
    ):
        of_silent, of_absent = await asyncio.gather(failures_at(silent), failures_at(absent))
    assert of_silent == {f"{SORRY} 127.0.0.1:{script.port} does not answer"}
    assert of_absent == {f"{SORRY} 127.0.0.1:{port} cannot be reached"}


async def test_a_storage_that_stops_in_mid_answer_is_found_dead() -> None:
    cut = answer(200, "", body="{}").replace(b"Content-Length: 2", b"Content-Length: 99")
    async with storage_that_answers(cut, patience=IMPATIENT) as (storage, script):
        failure = await failure_of(storage.rows.find(key("a")))
        assert failure == f"{SORRY} 127.0.0.1:{script.port} does not answer"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_what_may_pass_is_tried_again(status: int) -> None:
    passing = answer(status, "ServerBusy")
    async with storage_that_answers(passing, passing, ROW) as (storage, script):
        assert await storage.rows.find(key("a")) == Row(key("a"), {"v": True}, "W/1")
        assert len(script.requests) == 3


async def test_what_does_not_pass_is_unavailable() -> None:
    async with storage_that_answers(BUSY) as (storage, script):
        for attempt in (storage.blobs.find("a"), storage.rows.create(key("a"), {})):
            assert await failure_of(attempt) == (
                f"{SORRY} 127.0.0.1:{script.port} answers 503 ServerBusy"
            )
        assert len(script.requests) == 6


async def test_what_is_no_failure_is_asked_once() -> None:
    async with storage_that_answers(MISSING) as (storage, script):
        assert await storage.blobs.find("a") is None
        assert await storage.rows.find(key("a")) is None
        assert len(script.requests) == 2


async def test_what_nobody_foresaw_is_the_sdks_error() -> None:
    async with storage_that_answers(answer(400, "InvalidHeaderValue")) as (storage, script):
        for operation in OPERATIONS:
            with pytest.raises(HttpResponseError) as raised:
                await operation(storage)
            assert error_code(raised.value) == "InvalidHeaderValue"
        assert len(script.requests) == len(OPERATIONS)


@slow
async def test_retry_after_is_heeded() -> None:
    wait = answer(503, "ServerBusy", "Retry-After: 1")
    async with storage_that_answers(wait, ROW) as (storage, _):
        began = time.monotonic()
        await storage.rows.find(key("a"))
        assert time.monotonic() - began >= 1


async def test_nobody_waits_longer_than_patience_lasts() -> None:
    wait = answer(503, "ServerBusy", "Retry-After: 3600")
    async with storage_that_answers(wait, ROW) as (storage, script):
        assert "503 ServerBusy" in await failure_of(storage.rows.find(key("a")))
        assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (
            answer(403, "AuthorizationPermissionMismatch"),
            "the feed's identity lacks the role Storage Blob Data Contributor",
        ),
        (
            answer(403, "AuthorizationFailure"),
            "its firewall keeps the feed out, or the feed lacks the role "
            "Storage Blob Data Contributor",
        ),
        (
            answer(403, "AuthenticationFailed"),
            "it does not accept the feed's credentials, or the clocks differ",
        ),
        (
            answer(403, "KeyBasedAuthenticationNotPermitted"),
            "it takes identities only, and no account key",
        ),
        (
            answer(403, "Whatever"),
            "it refuses the feed (Whatever), whose role must be Storage Blob Data Contributor",
        ),
        (
            answer(403, ""),
            "it refuses the feed (with status 403), whose role must be "
            "Storage Blob Data Contributor",
        ),
        (
            answer(401, "InvalidAuthenticationInfo"),
            "it refuses the feed (InvalidAuthenticationInfo), whose role must be "
            "Storage Blob Data Contributor",
        ),
        (answer(403, "AccountIsDisabled"), "the account is disabled"),
        (answer(404, "ContainerNotFound"), "the feed's container is not there"),
        (answer(409, "ContainerBeingDeleted"), "the feed's container is being deleted"),
    ],
)
async def test_a_refusal_says_what_to_mend(refusal: bytes, reason: str) -> None:
    async with storage_that_answers(refusal) as (storage, script):
        for attempt in (
            storage.blobs.find("a"),
            storage.blobs.open("a"),
            storage.blobs.create("a", b""),
            storage.blobs.delete("a"),
        ):
            assert await failure_of(attempt) == f"{SORRY} 127.0.0.1:{script.port}: {reason}"
        assert len(script.requests) == 4


async def test_an_empty_page_is_not_the_end() -> None:
    more = "x-ms-continuation-NextPartitionKey: p", "x-ms-continuation-NextRowKey: a"
    json = "Content-Type: application/json"
    row = '{"odata.etag": "W/1", "PartitionKey": "p", "RowKey": "a", "v": true}'
    empty = answer(200, "", json, *more, body='{"value": []}')
    last = answer(200, "", json, body=f'{{"value": [{row}]}}')
    async with storage_that_answers(empty, BUSY, last) as (storage, _):
        found = await collect(storage.rows.query(Span("things", "p")))
    assert found == [Row(key("a"), {"v": True}, "W/1")]


async def test_a_missing_table_is_no_missing_row() -> None:
    body = '{"odata.error":{"code":"TableNotFound","message":{"lang":"en-US","value":"…"}}}'
    missing = answer(404, "", "Content-Type: application/json", body=body)
    async with storage_that_answers(missing) as (storage, script):
        for attempt in (
            storage.rows.find(key("a")),
            storage.rows.create(key("a"), {}),
            storage.rows.replace(key("a"), {}, etag="W/1"),
            storage.rows.put(key("a"), {}),
            collect(storage.rows.scan("things")),
        ):
            assert await failure_of(attempt) == (
                f"{SORRY} 127.0.0.1:{script.port}: one of the feed's tables is not there"
            )


@pytest.mark.parametrize(
    "text",
    [
        "AccountKey=c2VjcmV0",
        "DefaultEndpointsProtocol=http;c2VjcmV0",
        "BlobEndpoint=https://;TableEndpoint=https://;SharedAccessSignature=sig=c2VjcmV0",
    ],
)
async def test_a_bad_connection_string_is_unavailable_and_keeps_its_secret(text: str) -> None:
    storage = AzureStorage(ConnectionString(text), clock=lambda: datetime.now(UTC))
    for used in (lambda: storage.blobs.find("a"), lambda: storage.rows.find(key("a"))):
        with pytest.raises(StorageUnavailable) as raised:
            await used()
        assert str(raised.value) == f"{SORRY} its address or connection string cannot be used"
        assert "c2VjcmV0" not in "".join(traceback.format_exception(raised.value))
    assert "c2VjcmV0" not in repr(ConnectionString(text))


async def test_tables_that_cannot_be_made_are_not_made_up() -> None:
    made, refused = answer(201), answer(400, "InvalidHeaderValue")
    async with storage_that_answers(made, refused) as (storage, _):
        with pytest.raises(HttpResponseError, match="InvalidHeaderValue"):
            await storage.ensure(["things"])


async def test_a_key_that_is_no_key_keeps_its_secret() -> None:
    text = f"AccountName={ACCOUNT};AccountKey=c2Vj;BlobEndpoint=http://127.0.0.1:1/{ACCOUNT}"
    storage = AzureStorage(
        ConnectionString(text), clock=lambda: datetime.now(UTC), patience=IMPATIENT
    )
    assert "c2Vj" not in await failure_of(storage.blobs.find("a"))
    await storage.close()
