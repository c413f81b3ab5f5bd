"""The storage emulator for the tests: one process for all of them, in memory, on free ports."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn
from uuid import uuid4

import pytest

from feed.cli.azurite import get_azurite, get_node
from feed.cli.errors import CannotStart
from feed.storage.azure import AzureStorage
from feed.storage.azure_accounts import ConnectionString, Patience

ACCOUNT = "devstoreaccount1"
# The key of every emulator, as its documentation prints it.
ACCOUNT_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
NO_RETRIES = Patience(tries=1, answer=60, total=60)
"""For tests that are not about retries: a failure shows at once, and slowness is none."""

_LISTENING = re.compile(r"(Blob|Table) service is successfully listening at (\S+)")


@dataclass(frozen=True, slots=True)
class Azurite:
    blob_url: str
    table_url: str
    process: int

    @property
    def connection_string(self) -> str:
        return (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};"
            f"BlobEndpoint={self.blob_url};TableEndpoint={self.table_url}"
        )


@contextmanager
def running_azurite(
    *options: str, folder: Path | None = None, ports: tuple[int, int] = (0, 0)
) -> Iterator[Azurite]:
    """Start an Azurite, and end it; without Node the test is skipped, or fails in CI.

    What it holds is in memory, or in a folder, where the next one finds it. The ports are
    for blobs and for tables, and 0 is any.
    """
    try:
        command = [get_node(), str(get_azurite())]
    except CannotStart as error:
        give_up(str(error))
    command += ["--silent", "--loose", "--skipApiVersionCheck"]
    command += ["--disableTelemetry", *options]
    command += ["--location", str(folder)] if folder else ["--inMemoryPersistence"]
    command += ["--blobPort", str(ports[0]), "--tablePort", str(ports[1]), "--queuePort", "0"]
    with TemporaryDirectory() as output_folder:
        printed = Path(output_folder, "printed.txt")
        with printed.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output)  # noqa: S603  (ours)
        with process:
            try:
                yield _wait_for(process, printed)
            finally:
                process.terminate()


def storage_on(
    azurite: Azurite, name: str | None = None, patience: Patience = NO_RETRIES
) -> AzureStorage:
    """Make a storage that shares nothing with that of any other test, but with its namesakes."""
    name = name or fresh_name()
    return AzureStorage(
        ConnectionString(azurite.connection_string),
        clock=lambda: datetime.now(UTC),
        container=name,
        prefix=name,
        patience=patience,
    )


def fresh_name() -> str:
    """Make a name that is one for a container and begins one for a table."""
    return f"t{uuid4().hex}"


def give_up(reason: str) -> NoReturn:
    """Skip the test on a laptop; fail it in CI, where everything has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _wait_for(process: subprocess.Popen[bytes], printed: Path) -> Azurite:
    """Read the addresses, once it has printed them."""
    while process.poll() is None:
        address = dict(_LISTENING.findall(printed.read_text()))
        if address.keys() == {"Blob", "Table"}:
            blob_url, table_url = (f"{address[each]}/{ACCOUNT}" for each in ("Blob", "Table"))
            return Azurite(blob_url, table_url, process.pid)
        time.sleep(0.05)
    pytest.fail(f"the storage emulator did not start: {printed.read_text()}")
