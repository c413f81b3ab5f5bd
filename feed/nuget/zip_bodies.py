"""The bodies of a zip file's entries, and whether they are what the directory says.

https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT

Only the few entries that a feed serves by themselves are unpacked, each under a
limit. Unpacking the rest to check it would cost 0.3 s of CPU for 200 MB and gain
little, since clients check what they unpack. But every local header is read:
where the two lists of entries differ, every reader sees another package, and
bodies that overlap are how a small file unpacks to petabytes.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from feed.errors import InvalidArchive, shown
from feed.nuget.zip_directory import Directory, ZipEntry, has_zip64_field

STORED, DEFLATED = 0, 8

_LOCAL = struct.Struct("<4s5H3L2H")
# The body is encrypted, is encrypted strongly, the directory is.
_ENCRYPTED = 0x2041
# The local header has no sizes, they come after the body.
_SIZES_FOLLOW = 0x0008


class _Local(NamedTuple):
    signature: bytes
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


def list_body_faults(file: BinaryIO, directory: Directory) -> Iterator[str]:
    """Yield why an entry cannot be read, or is not the same to all readers."""
    ordered = sorted(directory.entries, key=lambda entry: entry.offset)
    offsets = [*(entry.offset for entry in ordered), directory.offset]
    for entry, limit in zip(ordered, offsets[1:], strict=True):
        fault = _find_coding_fault(entry) or _find_layout_fault(file, entry, limit)
        if fault:
            yield f"entry {shown(entry.name)} {fault}"


def read_body(file: BinaryIO, entry: ZipEntry, limit: int) -> bytes:
    """Return the body of an entry without such faults; a larger or damaged one is refused."""
    largest = max(entry.size, entry.compressed)
    if largest > limit:
        raise _refused(entry, f"takes {largest} bytes, {limit} are allowed")
    file.seek(find_data(file, entry))
    body = file.read(entry.compressed)
    if entry.method == DEFLATED:
        body = _inflated(body, entry)
    if zlib.crc32(body) != entry.checksum:
        raise _refused(entry, "is damaged: its checksum is wrong")
    return body


def find_data(file: BinaryIO, entry: ZipEntry) -> int:
    """Tell where the packed bytes of an entry without such faults begin."""
    file.seek(entry.offset)
    local = _Local._make(_LOCAL.unpack(file.read(_LOCAL.size)))
    return entry.offset + _LOCAL.size + local.name + local.extra


def _find_coding_fault(entry: ZipEntry) -> str | None:
    if entry.flags & _ENCRYPTED:
        return "is encrypted"
    if entry.method not in (STORED, DEFLATED):
        return f"is compressed by method {entry.method}, only deflate is allowed"
    if entry.method == STORED and entry.compressed != entry.size:
        return f"is stored, and declares {entry.size} bytes for {entry.compressed}"
    return None


def _find_layout_fault(file: BinaryIO, entry: ZipEntry, limit: int) -> str | None:
    file.seek(entry.offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
        return "is not where the directory says"
    local = _Local._make(_LOCAL.unpack(header))
    # Before the name is read, so that no byte is read for two entries.
    if entry.offset + len(header) + local.name + local.extra + entry.compressed > limit:
        return "has bytes in common with another"
    if file.read(local.name) != entry.name.encode() or not _agree(local, entry):
        return "is described differently by the directory and by its own header"
    if has_zip64_field(file.read(local.extra)):
        return "is Zip64, which NuGet clients refuse to verify"
    return None


def _agree(local: _Local, entry: ZipEntry) -> bool:
    if (local.method, local.flags & _ENCRYPTED) != (entry.method, 0):
        return False
    sizes = (local.checksum, local.compressed, local.size)
    return bool(local.flags & _SIZES_FOLLOW) or sizes == (
        entry.checksum,
        entry.compressed,
        entry.size,
    )


def _inflated(data: bytes, entry: ZipEntry) -> bytes:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        # One byte more than is declared tells a bomb, which is unpacked no further.
        body = stream.decompress(data, entry.size + 1)
    except zlib.error as error:
        raise _refused(entry, "is damaged: it does not unpack") from error
    if len(body) != entry.size or not stream.eof or stream.unused_data:
        raise _refused(entry, f"does not unpack to the {entry.size} bytes that it declares")
    return body


def _refused(entry: ZipEntry, fault: str) -> InvalidArchive:
    return InvalidArchive([f"entry {shown(entry.name)} {fault}"])
