"""The directory in which `serve` keeps everything: who serves it, and its admin key."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feed.cli.errors import DirectoryServed
from feed.cli.files import made, write_privately
from feed.cli.locks import FileLock

SERVE_LOCK = "serve.lock"
ADMIN_KEY = "admin.key"


@contextmanager
def served(directory: Path, address: str) -> Iterator[None]:
    """Be the only one who serves this directory, which is made if need be."""
    with made(directory):
        lock = FileLock(directory / SERVE_LOCK)
    with lock:
        if not lock.try_exclusive():
            raise DirectoryServed(directory, (directory / SERVE_LOCK).read_text("utf-8"))
        os.ftruncate(lock.fileno(), 0)
        os.write(lock.fileno(), f"at {address} by process {os.getpid()}".encode())
        yield


def keep_admin_key(directory: Path) -> str:
    """Give the directory's admin key, made on first use and for the owner's eyes only."""
    path = directory / ADMIN_KEY
    with made(directory):
        if not path.exists():
            write_privately(path, make_admin_key())
        return path.read_text("utf-8").strip()


def make_admin_key() -> str:
    return f"lrd_admin_{secrets.token_hex(20)}"
