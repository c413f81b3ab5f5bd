"""The directory of a zip file: which entries it has, and where they lie.

https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT

Python's `zipfile` would read it too, but it forgives, and so hides, what a
package must not have: bytes in front of the first entry, Zip64, a second disk,
an end record that is not the end, two entries that share their bytes.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, Self
from urllib.parse import unquote

from feed.errors import InvalidArchive, shown

# NuGet: at most 0xFFFE entries, of which the signature that a feed may add is one.
MAX_ENTRIES = 0xFFFD
MAX_DIRECTORY = 16 * 2**20
"""Bytes: 65,533 entries with names of 200 characters, which no package comes near."""

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_EXTRA = struct.Struct("<2H")
_ZIP64_LOCATOR = b"PK\x06\x07", 20
_ZIP64_EXTRA = 1
_ELSEWHERE_2, _ELSEWHERE_4 = 0xFFFF, 0xFFFFFFFF
"""What numbers of 2 and 4 bytes are where Zip64 fields hold them."""
_MAX_COMMENT = 0xFFFF


class _End(NamedTuple):
    signature: bytes
    disk: int
    directory_disk: int
    entries_here: int
    entries: int
    size: int
    offset: int
    comment: int


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """What the directory says of one entry. That may be a lie: see `zip_bodies`."""

    name: str
    """As it is stored."""

    path: str
    """Where clients unpack it: percent-decoded, with `/` between its parts."""

    flags: int
    method: int
    modified: int
    """MS-DOS date and time in one number, which grows with time."""

    checksum: int
    compressed: int
    size: int
    offset: int


@dataclass(frozen=True, slots=True)
class Directory:
    entries: tuple[ZipEntry, ...]
    offset: int
    """Where it begins, and where all bodies have ended."""


def read_directory(file: BinaryIO) -> Directory:
    """Return the directory of a single, plain zip file; any other is refused."""
    at, end = _find_end(file)
    _check_end(at, end, is_zip64=_has_zip64_locator(file, at))
    file.seek(end.offset)
    entries = tuple(_parse_entries(file.read(end.size)))
    if len(entries) != end.entries:
        raise _refused(f"it says that it has {end.entries} entries and has {len(entries)}")
    first = min((entry.offset for entry in entries), default=0)
    if first:
        # A signature covers the file from its first byte, which must be an entry's.
        raise _refused(f"{first} bytes stand before its first entry")
    return Directory(entries, end.offset)


def has_zip64_field(extra: bytes) -> bool:
    """Say whether an entry's extra field says that its numbers stand elsewhere."""
    at = 0
    while at + _EXTRA.size <= len(extra):
        kind, length = _EXTRA.unpack_from(extra, at)
        if kind == _ZIP64_EXTRA:
            return True
        at += _EXTRA.size + length
    return False


def _find_end(file: BinaryIO) -> tuple[int, _End]:
    length = file.seek(0, 2)
    start = max(0, length - _END.size - _MAX_COMMENT)
    file.seek(start)
    tail = file.read(length - start)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise _refused("it is not a zip file, or only a part of one")
    end = _End._make(_END.unpack_from(tail, at))
    # Readers that look for the record in different ways must all find this one.
    if at + _END.size + end.comment != len(tail):
        raise _refused("it does not end with its end record")
    return start + at, end


def _has_zip64_locator(file: BinaryIO, end: int) -> bool:
    signature, size = _ZIP64_LOCATOR
    file.seek(max(0, end - size))
    return file.read(len(signature)) == signature


def _check_end(at: int, end: _End, *, is_zip64: bool) -> None:
    if is_zip64 or end.entries == _ELSEWHERE_2 or _ELSEWHERE_4 in (end.size, end.offset):
        raise _refused("it is a Zip64 file, which NuGet clients refuse to verify")
    if end.disk or end.directory_disk or end.entries_here != end.entries:
        raise _refused("it is a part of a zip file that spans several disks")
    if end.entries > MAX_ENTRIES:
        raise _refused(f"it has {end.entries} entries, {MAX_ENTRIES} are allowed")
    if end.size > MAX_DIRECTORY:
        raise _refused(f"its directory takes {end.size} bytes, {MAX_DIRECTORY} are allowed")
    if end.offset + end.size != at:
        # A signature's place is found from these numbers, so they must be exact.
        raise _refused("its directory does not end where its end record begins")


def _parse_entries(directory: bytes) -> Iterator[ZipEntry]:
    at = 0
    while at < len(directory):
        header = _Header.unpack(directory, at)
        name_at = at + _ENTRY.size
        extra_at = name_at + header.name
        comment_at = extra_at + header.extra
        at = comment_at + header.comment
        if at > len(directory):
            raise _refused("its directory is damaged")
        name = _decoded(directory[name_at:extra_at])
        if has_zip64_field(directory[extra_at:comment_at]):
            raise _refused(f"entry {shown(name)} is Zip64, which NuGet clients refuse to verify")
        yield header.entry(name)


class _Header(NamedTuple):
    signature: bytes
    made_by: int
    needed: int
    flags: int
    method: int
    time: int
    date: int
    checksum: int
    compressed: int
    size: int
    name: int
    extra: int
    comment: int
    disk: int
    internal: int
    external: int
    offset: int

    @classmethod
    def unpack(cls, directory: bytes, at: int) -> Self:
        if at + _ENTRY.size > len(directory) or not directory.startswith(b"PK\x01\x02", at):
            raise _refused("its directory is damaged")
        header = cls._make(_ENTRY.unpack_from(directory, at))
        if header.disk:
            raise _refused("it is a part of a zip file that spans several disks")
        return header

    def entry(self, name: str) -> ZipEntry:
        return ZipEntry(
            name=name,
            path=unquote(name).replace("\\", "/"),
            flags=self.flags,
            method=self.method,
            modified=self.date << 16 | self.time,
            checksum=self.checksum,
            compressed=self.compressed,
            size=self.size,
            offset=self.offset,
        )


def _decoded(name: bytes) -> str:
    # .NET reads every name as UTF-8, whether or not its flag says so.
    try:
        return name.decode()
    except UnicodeDecodeError:
        text = name.decode(errors="backslashreplace")
        raise _refused(f"the name of entry {shown(text)} is not UTF-8") from None


def _refused(fault: str) -> InvalidArchive:
    return InvalidArchive([fault])
