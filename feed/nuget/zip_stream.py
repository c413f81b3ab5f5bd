"""The body of a zip file's entry as a file: unpacked as it is read, never held as a whole.

What is damaged ends early. Who must know whether a body is whole compares a
checksum of their own.
"""

import io
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from typing_extensions import Buffer

from feed.nuget.zip_bodies import DEFLATED, find_data
from feed.nuget.zip_directory import ZipEntry

_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Packing:
    """Where the body of an entry lies in its zip file."""

    offset: int
    length: int
    is_deflated: bool


def find_packing(file: BinaryIO, entry: ZipEntry) -> Packing:
    return Packing(find_data(file, entry), entry.compressed, entry.method == DEFLATED)


def open_body(file: BinaryIO, entry: ZipEntry) -> BinaryIO:
    """Open an entry for reading; to go back in it means to unpack it again from its start."""
    return io.BufferedReader(_Body(file, entry), _CHUNK)


class _Body(io.RawIOBase):
    def __init__(self, file: BinaryIO, entry: ZipEntry) -> None:
        self._file = file
        self._packing = find_packing(file, entry)
        self._size = entry.size
        self._position = 0
        self._restart()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = (0, self._position, self._size)[whence]
        self._position = start + offset
        return self._position

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        data = self._read(min(len(view), self._size - self._position))
        view[: len(data)] = data
        return len(data)

    def _read(self, size: int) -> bytes:
        if size <= 0:
            return b""
        if self._position < self._unpacked:
            self._restart()
        while self._unpacked < self._position:
            if not self._unpack(min(_CHUNK, self._position - self._unpacked)):
                return b""
        data = self._unpack(size)
        self._position = self._unpacked
        return data

    def _restart(self) -> None:
        self._fed = 0
        self._unpacked = 0
        self._stream = zlib.decompressobj(-zlib.MAX_WBITS)

    def _unpack(self, size: int) -> bytes:
        """Return the next bytes, at most so many; none where the entry ends or is damaged."""
        data = self._inflate(size) if self._packing.is_deflated else self._feed(size)
        self._unpacked += len(data)
        return data

    def _inflate(self, size: int) -> bytes:
        while not self._stream.eof:
            packed = self._stream.unconsumed_tail or self._feed(_CHUNK)
            try:
                data = self._stream.decompress(packed, size)
            except zlib.error:
                return b""
            if data or not packed:
                return data
        return b""

    def _feed(self, size: int) -> bytes:
        self._file.seek(self._packing.offset + self._fed)
        packed = self._file.read(min(size, self._packing.length - self._fed))
        self._fed += len(packed)
        return packed
