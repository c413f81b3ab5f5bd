"""The local storage: a real Azurite under a real watcher."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from azure.storage.blob import BlobServiceClient

from feed.cli.azurite import is_running, local_storage, running
from feed.cli.errors import AzuriteFailed
from feed.cli.watcher import Storage
from tests.cli.processes import is_alive, needs_azurite, wait_until

pytestmark = [pytest.mark.azurite, pytest.mark.usefixtures(needs_azurite.__name__)]

USER = """
import sys
from pathlib import Path
from feed.cli.azurite import local_storage
with local_storage(Path(sys.argv[1])) as connection:
    print(connection, flush=True)
    sys.stdin.read()
"""


@contextmanager
def used_elsewhere(directory: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Have another process use the storage until its input closes."""
    command = [sys.executable, "-c", USER, str(directory)]
    with subprocess.Popen(  # noqa: S603  (our own)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout
        yield process, process.stdout.readline().decode().strip()


def write(connection: str, content: bytes) -> None:
    with BlobServiceClient.from_connection_string(connection, retry_total=0) as service:
        service.create_container("things").upload_blob("thing", content)


def read(connection: str) -> bytes:
    with BlobServiceClient.from_connection_string(connection, retry_total=0) as service:
        return service.get_blob_client("things", "thing").download_blob().readall()


def azurite_of(directory: Path) -> int:
    storage = Storage.find(directory)
    assert storage
    return storage.process


def test_keeps_what_was_written_and_its_address(tmp_path: Path) -> None:
    with local_storage(tmp_path) as first:
        write(first, b"kept")
    with local_storage(tmp_path) as second:
        assert (second, read(second)) == (first, b"kept")


def test_has_ended_when_its_last_user_leaves(tmp_path: Path) -> None:
    with local_storage(tmp_path):
        process = azurite_of(tmp_path)
        assert is_alive(process)
    assert not is_alive(process)
    assert not is_running(tmp_path)


def test_is_found_by_another_command(tmp_path: Path) -> None:
    with local_storage(tmp_path) as ours, used_elsewhere(tmp_path) as (process, theirs):
        assert theirs == ours
        process.kill()


def test_outlives_the_command_that_started_it_while_another_uses_it(tmp_path: Path) -> None:
    with used_elsewhere(tmp_path) as (process, theirs), local_storage(tmp_path) as ours:
        write(ours, b"kept")
        process.kill()
        process.wait()
        azurite = azurite_of(tmp_path)
        assert (ours, read(ours)) == (theirs, b"kept")
    assert not is_alive(azurite)


def test_ends_gently_when_its_users_process_group_is_killed(tmp_path: Path) -> None:
    with used_elsewhere(tmp_path) as (process, connection):
        azurite = azurite_of(tmp_path)
        write(connection, b"kept")
        os.killpg(process.pid, signal.SIGKILL)
    with local_storage(tmp_path) as again:
        assert read(again) == b"kept"
    wait_until(lambda: not is_alive(azurite))


def test_says_why_it_does_not_start(tmp_path: Path) -> None:
    script = "print('starting'); raise OSError('no room'); print('bye')"
    with pytest.raises(AzuriteFailed) as caught, running(tmp_path, [sys.executable, "-c", script]):
        pass
    assert str(caught.value) == (
        "Azurite, the local storage, did not start: OSError: no room "
        f"({tmp_path / 'storage.log'} has more)"
    )
