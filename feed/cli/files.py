"""Directories that may not be there yet, and files that hold secrets."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feed.cli.errors import DirectoryUnusable


@contextmanager
def made(directory: Path) -> Iterator[None]:
    """Make the directory if need be, and say so if it or what is done in it fails."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise DirectoryUnusable(directory, error) from error


def write_privately(path: Path, text: str) -> None:
    """Write all of it or nothing, from the beginning for the owner's eyes only."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
