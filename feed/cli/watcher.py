"""Runs Azurite for as long as somebody uses it, then ends it gently.

Azurite keeps what it has acknowledged when it gets SIGTERM, and loses some of it
when it is killed. So it is no child of the feed: this process stands between
them, in a session of its own, where nothing that kills the feed reaches it. It
reads from a pipe whose other end only the feed holds. When that closes, because
the feed closed it or is no more, and no other command uses the storage, Azurite
gets its SIGTERM.

Two lock files keep the order. `storage.lock` is the watcher's, as long as it and
its Azurite live. `storage.users` is shared by everyone who uses the storage; to
stop, the watcher takes it for itself alone, so nobody new comes in meanwhile.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from json import dumps, loads
from pathlib import Path
from socket import AF_INET, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, create_connection, socket
from threading import Event, Thread
from typing import Self

from feed.cli.files import write_privately
from feed.cli.locks import FileLock

HOST = "127.0.0.1"
ACCOUNT = "larder"
READY = b"ready"
ALREADY_RUNNING = 3
START_SECONDS = 120.0

FLAGS = ("--silent", "--loose", "--skipApiVersionCheck", "--disableTelemetry")


@dataclass(frozen=True, slots=True)
class Storage:
    """Where a directory's Azurite listens and what its account's key is; kept for the next time."""

    blob_port: int
    queue_port: int
    table_port: int
    account_key: str
    process: int = 0
    """Azurite's process id; 0 while it is not to be reached."""

    @classmethod
    def find(cls, directory: Path) -> Self | None:
        try:
            return cls(**loads(_record(directory).read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def save(self, directory: Path) -> None:
        write_privately(_record(directory), dumps(asdict(self), indent=2))

    @property
    def ports(self) -> tuple[int, int, int]:
        return self.blob_port, self.queue_port, self.table_port

    @property
    def connection_string(self) -> str:
        return (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={self.account_key};"
            f"BlobEndpoint=http://{HOST}:{self.blob_port}/{ACCOUNT};"
            f"TableEndpoint=http://{HOST}:{self.table_port}/{ACCOUNT};"
        )


def log_file(directory: Path) -> Path:
    return directory / "storage.log"


def users_lock(directory: Path) -> FileLock:
    return FileLock(directory / "storage.users")


def watcher_lock(directory: Path) -> FileLock:
    return FileLock(directory / "storage.lock")


def _record(directory: Path) -> Path:
    return directory / "storage.json"


def watch(directory: Path, azurite: Sequence[str], lifeline: int, answer: int) -> int:
    """Run Azurite until the lifeline closes or a signal comes; give its exit code."""
    with watcher_lock(directory) as lock:
        if not lock.try_exclusive():
            return ALREADY_RUNNING
        storage = choose_storage(directory)
        over = Event()
        signal.signal(signal.SIGTERM, lambda *_: over.set())
        Thread(target=_wait_until_unused, args=(directory, lifeline, over), daemon=True).start()
        with _start(directory, azurite, storage, lock) as process:
            Thread(target=_wait_until_ended, args=(process, over), daemon=True).start()
            if _becomes_ready(storage.ports, over):
                replace(storage, process=process.pid).save(directory)
                os.write(answer, READY)
                over.wait()
            _stop(process)
        storage.save(directory)
        return process.returncode


def choose_storage(directory: Path) -> Storage:
    """Take the ports of the last time where they are free, and the key of the last time."""
    last = Storage.find(directory)
    with ExitStack() as held:
        blob, queue, table = (
            _choose_port(each, held) for each in (last.ports if last else (0, 0, 0))
        )
    key = last.account_key if last else b64encode(secrets.token_bytes(64)).decode()
    return Storage(blob, queue, table, key)


def _choose_port(wanted: int, held: ExitStack) -> int:
    listener = held.enter_context(socket(AF_INET, SOCK_STREAM))
    if sys.platform != "win32":  # there it would take a port that another program listens on
        listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, wanted))
    except OSError:
        listener.bind((HOST, 0))
    port: int = listener.getsockname()[1]
    return port


def _start(
    directory: Path, azurite: Sequence[str], storage: Storage, lock: FileLock
) -> subprocess.Popen[bytes]:
    location = directory / "azurite"
    location.mkdir(exist_ok=True)
    blob, queue, table = map(str, storage.ports)
    ports = ("--blobPort", blob, "--queuePort", queue, "--tablePort", table)
    with log_file(directory).open("wb") as log:
        return subprocess.Popen(
            [*azurite, *FLAGS, *ports, "--location", str(location)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{storage.account_key}"},
            # It holds our lock as well: nobody starts a second one on its data if we are killed.
            pass_fds=() if sys.platform == "win32" else (lock.fileno(),),
        )


def _becomes_ready(ports: Sequence[int], over: Event) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and not over.wait(0.05):
        if all(map(is_listening, ports)):
            return True
    return False


def is_listening(port: int) -> bool:
    try:
        with create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def _wait_until_unused(directory: Path, lifeline: int, over: Event) -> None:
    os.read(lifeline, 1)
    users = users_lock(directory)  # ours until this process ends
    while not users.try_exclusive():
        time.sleep(0.05)
    over.set()


def _wait_until_ended(process: subprocess.Popen[bytes], over: Event) -> None:
    process.wait()
    over.set()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask once: the first SIGTERM has Azurite save its data, a second one would kill it."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        # The only gentle end that Windows has; it reaches all of the watcher's own console.
        os.kill(0, signal.CTRL_C_EVENT)
    else:
        process.terminate()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(watch(Path(sys.argv[1]), sys.argv[2:], sys.stdin.fileno(), sys.stdout.fileno()))
