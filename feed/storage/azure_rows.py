"""Rows in the tables of an Azure Storage account.

What the SDK hides is pinned down here. It deletes a row that is not there in silence,
also where an ETag was given: such a delete goes as a transaction of one, which does say so.
It takes an int for 32 bits wide and gives wider ones back in a wrapping: ours are all 64.
"""

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from azure.core import MatchConditions
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import HttpResponseError
from azure.data.tables import EdmType, EntityProperty, TableEntity, UpdateMode
from azure.data.tables.aio import TableClient, TableServiceClient

from feed.storage.azure_accounts import Account, ConnectionString, Patience, client_options
from feed.storage.azure_requests import Requests, error_code, meaning
from feed.storage.limits import (
    BLOCK_SIZE,
    PAGE_ROWS,
    check_key,
    check_row,
    check_transaction,
    key_fault,
)
from feed.storage.rows import (
    Create,
    Delete,
    Key,
    Row,
    RowChanged,
    RowExists,
    Span,
    Value,
    Write,
)

ROLE = "Storage Table Data Contributor"


def table_service(
    account: Account, credential: AsyncTokenCredential | None, patience: Patience
) -> TableServiceClient:
    """Make the SDK's client, which connects when it is first used."""
    options = client_options(account, patience)
    if isinstance(account, ConnectionString):
        return TableServiceClient.from_connection_string(account.text, **options)
    return TableServiceClient(account.table_url, credential=credential, **options)


class AzureRows:
    """What `Rows` promises, over a client whose own retries are off."""

    def __init__(self, service: TableServiceClient, prefix: str, *, patience: Patience) -> None:
        self._service = service
        self._prefix = prefix
        self._requests = Requests(urlsplit(service.url).netloc, ROLE, patience)
        self._tables: dict[str, TableClient] = {}

    async def ensure(self, tables: Iterable[str]) -> None:
        """Make these tables unless they are there."""
        for table in tables:
            try:
                await self._requests.send(self._table(table).create_table)
            except HttpResponseError as error:
                if error_code(error) != "TableAlreadyExists":
                    raise

    async def find(self, key: Key) -> Row | None:
        if key_fault(key):
            return None
        table = self._table(key.table)
        try:
            entity = await self._requests.send(
                partial(table.get_entity, key.partition, key.row), moving=BLOCK_SIZE
            )
        except HttpResponseError as error:
            if error.status_code == HTTPStatus.NOT_FOUND:
                return None
            raise
        return _row(key.table, entity)

    async def create(self, key: Key, values: Mapping[str, Value]) -> str:
        check_row(key, values)
        create = partial(self._table(key.table).create_entity, _entity(key, values))
        with meaning({409: RowExists(key)}):
            return str((await self._requests.send(create))["etag"])

    async def replace(self, key: Key, values: Mapping[str, Value], *, etag: str) -> str:
        check_row(key, values)
        update = partial(self._table(key.table).update_entity, _entity(key, values))
        with meaning({404: RowChanged(key), 412: RowChanged(key)}):
            done = await self._requests.send(
                partial(update, mode=UpdateMode.REPLACE, **_unchanged(etag))
            )
        return str(done["etag"])

    async def put(self, key: Key, values: Mapping[str, Value]) -> None:
        check_row(key, values)
        upsert = partial(self._table(key.table).upsert_entity, _entity(key, values))
        await self._requests.send(partial(upsert, mode=UpdateMode.REPLACE))

    async def delete(self, key: Key, *, etag: str | None = None) -> None:
        check_key(key)
        if etag is not None:
            await self.transaction([Delete(key, etag)])
            return
        table = self._table(key.table)
        await self._requests.send(partial(table.delete_entity, key.partition, key.row))

    async def query(self, span: Span, *, select: Sequence[str] | None = None) -> AsyncIterator[Row]:
        if key_fault(Key(span.table, span.partition, "")):
            return
        condition = "PartitionKey eq @partition and RowKey ge @low"
        query = partial(
            self._table(span.table).query_entities,
            condition if span.high is None else f"{condition} and RowKey lt @high",
            parameters={"partition": span.partition, "low": span.low, "high": span.high},
            select=None if select is None else ["PartitionKey", "RowKey", *select],
        )
        async for entity in self._requests.read(query(results_per_page=PAGE_ROWS).by_page()):
            yield _row(span.table, entity)

    async def scan(self, table: str) -> AsyncIterator[Row]:
        pages = self._table(table).list_entities(results_per_page=PAGE_ROWS).by_page()
        async for entity in self._requests.read(pages):
            yield _row(table, entity)

    async def transaction(self, writes: Sequence[Write]) -> None:
        check_transaction(writes)
        table = self._table(writes[0].key.table)
        operations = [_operation(write) for write in writes]
        try:
            await self._requests.send(
                partial(table.submit_transaction, operations), moving=BLOCK_SIZE
            )
        except HttpResponseError as error:
            refused = _refused(writes, error)
            key = refused.key if refused else None
            with meaning({404: RowChanged(key), 409: RowExists(key), 412: RowChanged(key)}):
                raise

    async def close(self) -> None:
        await self._service.close()

    def _table(self, name: str) -> TableClient:
        if name not in self._tables:
            self._tables[name] = self._service.get_table_client(self._prefix + name)
        return self._tables[name]


def _entity(key: Key, values: Mapping[str, Value] | None = None) -> dict[str, Any]:
    entity: dict[str, Any] = {"PartitionKey": key.partition, "RowKey": key.row}
    for name, value in (values or {}).items():
        entity[name] = EntityProperty(value, EdmType.INT64) if type(value) is int else value
    return entity


def _row(table: str, entity: TableEntity) -> Row:
    key = Key(table, entity.pop("PartitionKey"), entity.pop("RowKey"))
    values = {name: _value(value) for name, value in entity.items() if value is not None}
    return Row(key, values, str(entity.metadata["etag"]))


def _value(stored: Any) -> Value:  # whatever a table can hold, but we stored it
    value: Value = stored.value if isinstance(stored, EntityProperty) else stored
    return value


def _operation(
    write: Write,
) -> tuple[str, dict[str, Any]] | tuple[str, dict[str, Any], dict[str, Any]]:
    if isinstance(write, Create):
        return "create", _entity(write.key, write.values)
    if isinstance(write, Delete):
        return "delete", _entity(write.key), _unchanged(write.etag)
    options = {"mode": UpdateMode.REPLACE, **_unchanged(write.etag)}
    return "update", _entity(write.key, write.values), options


def _unchanged(etag: str | None) -> dict[str, Any]:
    return {} if etag is None else {"etag": etag, "match_condition": MatchConditions.IfNotModified}


def _refused(writes: Sequence[Write], error: HttpResponseError) -> Write | None:
    """Find the write that failed. Azure: the message starts with its index and a colon."""
    index = re.match(r"\d+(?=:)", error.message or "")
    return writes[int(index[0])] if index else None
