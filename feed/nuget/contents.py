"""The files inside a package, of which exactly one is its nuspec.

https://learn.microsoft.com/nuget/create-packages/creating-a-package
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO

from feed.errors import InvalidArchive, shown
from feed.nuget.entry_rules import list_entry_faults
from feed.nuget.zip_bodies import list_body_faults, read_body
from feed.nuget.zip_directory import ZipEntry, read_directory
from feed.nuget.zip_stream import Packing, find_packing, open_body

MAX_FILE = 2**20
"""Bytes of any file that the feed reads out of a package."""


class Contents:
    """The entries of a package, all readable, and what is wrong with them otherwise."""

    def __init__(self, file: BinaryIO, now: datetime) -> None:
        directory = read_directory(file)
        unreadable = list(list_body_faults(file, directory))
        if unreadable:
            raise InvalidArchive(unreadable)
        self.entries = directory.entries
        self.faults = list(list_entry_faults(directory.entries, now))
        self._file = file
        self._by_path = {entry.path: entry for entry in directory.entries}

    def find(self, path: str) -> ZipEntry | None:
        return self._by_path.get(path.replace("\\", "/"))

    def read(self, path: str) -> bytes:
        """Return the body of a small file that has to be there."""
        entry = self.find(path)
        if entry is None:
            raise InvalidArchive([f"the package has no file {shown(path)}"])
        return read_body(self._file, entry, MAX_FILE)

    def open(self, entry: ZipEntry) -> BinaryIO:
        """Open a file of any size, which ends early if it is damaged."""
        return open_body(self._file, entry)

    def find_packing(self, entry: ZipEntry) -> Packing:
        return find_packing(self._file, entry)

    def read_nuspec(self) -> bytes:
        try:
            return self.read(self._nuspec_path())
        except InvalidArchive as error:
            raise InvalidArchive([*self.faults, *error.faults]) from error

    def _nuspec_path(self) -> str:
        paths = [entry.path for entry in self.entries if entry.path.lower().endswith(".nuspec")]
        if len(paths) != 1:
            found = f"{len(paths)} nuspecs" if paths else "no nuspec"
            raise InvalidArchive([f"it has {found}, a package has one"])
        if "/" in paths[0]:
            raise InvalidArchive([f"its nuspec {shown(paths[0])} is not in its root"])
        return paths[0]


@contextmanager
def adding(faults: list[str]) -> Iterator[None]:
    """Take note of what an invalid archive is refused for, and go on."""
    try:
        yield
    except InvalidArchive as error:
        faults += error.faults
