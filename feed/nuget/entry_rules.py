"""What the entries of a package may be called, and how large and how young they may be.

https://learn.microsoft.com/nuget/api/package-publish-resource
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from feed.errors import shown
from feed.nuget.zip_directory import ZipEntry

# Who restores a package unpacks all of it: these protect the clients' disks. A package of
# 200 MB that is all text unpacks to 1 or 2 GB.
MAX_EXPANSION = 4 * 2**30
MAX_RATIO = 100
ALWAYS_ALLOWED = 64 * 2**20
"""Bytes that a package may unpack to, however small it is."""

# A packer's clock, or its time zone, may be wrong by so much.
MAX_AHEAD = timedelta(days=1)

_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def list_entry_faults(entries: Sequence[ZipEntry], now: datetime) -> Iterator[str]:
    latest = _dos_time(now + MAX_AHEAD)
    for entry in entries:
        fault = _find_path_fault(entry.path)
        if fault:
            yield f"entry {shown(entry.name)} {fault}"
        if entry.modified > latest:
            yield f"entry {shown(entry.name)} is dated more than a day in the future"
    yield from _list_collisions(entries)
    yield from _list_expansion_faults(entries)


def _find_path_fault(path: str) -> str | None:
    if _CONTROL.search(path):
        return "has a control character in its name"
    if path.startswith("/") or _DRIVE.match(path):
        return "has an absolute path"
    parts = path.removesuffix("/").split("/")
    if "" in parts:
        return "has an empty part in its path"
    if "." in parts or ".." in parts:
        return "has . or .. in its path"
    return None


def _list_collisions(entries: Sequence[ZipEntry]) -> Iterator[str]:
    # Windows and macOS tell files apart by neither case nor the kind of slash.
    paths = Counter(entry.path.removesuffix("/").lower() for entry in entries)
    for path, count in paths.items():
        if count > 1:
            yield f"{count} entries unpack to {shown(path)}"


def _list_expansion_faults(entries: Sequence[ZipEntry]) -> Iterator[str]:
    expanded = sum(entry.size for entry in entries)
    packed = sum(entry.compressed for entry in entries)
    most = min(MAX_EXPANSION, max(ALWAYS_ALLOWED, packed * MAX_RATIO))
    if expanded > most:
        yield f"it unpacks to {expanded} bytes, {most} are allowed for its size"


def _dos_time(moment: datetime) -> int:
    """Return a time as zip directories hold it. Later is more, and no value is invalid."""
    date = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return date << 16 | moment.hour << 11 | moment.minute << 5 | moment.second // 2
