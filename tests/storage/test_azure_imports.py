import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.azurite  # not that it needs one, but it loads all the SDKs anew

PROGRAM = """
import asyncio, json, sys
from datetime import UTC, datetime
from feed.storage.azure import AzureStorage
from feed.storage.azure_accounts import ConnectionString, managed_identity, named_account

seen = set()

def news():
    found = {name for name in sys.modules if name in SDKS} - seen
    seen.update(found)
    return sorted(found)

SDKS = ("azure.core", "azure.data.tables", "azure.storage.blob", "azure.identity", "aiohttp")
key = ConnectionString("AccountName=a;AccountKey=c2VjcmV0;"
    "BlobEndpoint=http://127.0.0.1:1/a;TableEndpoint=http://127.0.0.1:1/a")
identity = named_account("a", managed_identity("client"))
unused, by_key, as_somebody = [
    AzureStorage(account, clock=lambda: datetime.now(UTC)) for account in (key, key, identity)
]
asyncio.run(unused.close())
print(json.dumps([
    news(),
    by_key.rows.scan and news(),
    by_key.blobs.names and news(),
    as_somebody.rows.scan and news(),
]))
"""


def test_no_sdk_is_loaded_before_its_first_use() -> None:
    run = subprocess.run(  # noqa: S603  (ours)
        [sys.executable, "-c", PROGRAM], capture_output=True, check=True, text=True
    )
    assert json.loads(run.stdout) == [
        [],
        ["aiohttp", "azure.core", "azure.data.tables"],
        ["azure.storage.blob"],
        ["azure.identity"],
    ]
