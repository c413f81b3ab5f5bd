"""Zip files that no packer writes: every number in their headers can be a lie."""

import io
import struct
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from feed.errors import Faults
from feed.nuget.archive import Archive, read_archive
from tests.builders import nuspec

NOW = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
JANUARY_2024 = 0x5821_0000
ZIP64_EXTRA = struct.pack("<2HQ", 1, 8, 0)


@dataclass(frozen=True, slots=True)
class Part:
    """One entry. What is None is told as it is."""

    name: str | bytes
    body: bytes = b""
    method: int = 8
    flags: int = 0
    modified: int = JANUARY_2024
    size: int | None = None
    compressed: int | None = None
    checksum: int | None = None
    extra: bytes = b""
    disk: int = 0
    local: "Part | None" = None
    """What the local header says instead."""

    packed: bytes | None = None

    @property
    def raw_name(self) -> bytes:
        return self.name if isinstance(self.name, bytes) else self.name.encode()

    @property
    def data(self) -> bytes:
        if self.packed is not None:
            return self.packed
        return deflated(self.body) if self.method == 8 else self.body

    @property
    def common(self) -> bytes:
        """The fields that a local header and a central one share, from the flags on."""
        checksum = zlib.crc32(self.body) if self.checksum is None else self.checksum
        compressed = len(self.data) if self.compressed is None else self.compressed
        size = len(self.body) if self.size is None else self.size
        lengths = len(self.raw_name), len(self.extra)
        head = struct.pack("<2HL", self.flags, self.method, self.modified)
        return head + struct.pack("<3L2H", checksum, compressed, size, *lengths)

    def local_bytes(self) -> bytes:
        told = self.local or self
        head = b"PK\x03\x04\x14\x00" + told.common + told.raw_name + told.extra
        return head + self.data

    def central_bytes(self, offset: int) -> bytes:
        tail = struct.pack("<2HH2L", 0, self.disk, 0, 0, offset)
        return b"PK\x01\x02\x14\x00\x14\x00" + self.common + tail + self.raw_name + self.extra


def zip_of(
    *parts: Part,
    stub: bytes = b"",
    gap: bytes = b"",
    comment: bytes = b"",
    count: int | None = None,
    disk: int = 0,
) -> bytes:
    """Return a zip file; its offsets hold, also behind a stub."""
    body, directory = bytearray(stub), bytearray()
    for part in parts:
        directory += part.central_bytes(len(body))
        body += part.local_bytes()
    entries = len(parts) if count is None else count
    end = end_record(entries, size=len(directory), offset=len(body), disk=disk, comment=comment)
    return bytes(body + directory + gap) + end


def end_record(entries: int, size: int, offset: int, disk: int = 0, comment: bytes = b"") -> bytes:
    numbers = disk, disk, entries, entries, size, offset, len(comment)
    return b"PK\x05\x06" + struct.pack("<4H2LH", *numbers) + comment


def package_of(*parts: Part, manifest: str | None = None) -> bytes:
    """Return a package: a nuspec, and the parts behind it."""
    return zip_of(Part("Tiny.nuspec", (manifest or nuspec()).encode()), *parts)


def deflated(body: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


def read(package: bytes) -> Archive:
    return read_archive(io.BytesIO(package), NOW)


def faults_of(package: bytes) -> tuple[str, ...]:
    """Return all that a package is refused for."""
    with pytest.raises(Faults) as refused:
        read(package)
    return refused.value.faults
