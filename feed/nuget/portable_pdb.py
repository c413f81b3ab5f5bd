"""Portable PDBs: what tells one from all others, and whether it is whole.

https://github.com/dotnet/runtime/blob/main/docs/design/specs/PortablePdb-Metadata.md

The file is ECMA-335 metadata: a header that lists streams, of which one is called
`#Pdb` and begins with the PDB's id. A compiler takes the id from a hash of the
rest, and tells both the id and a hash of the file to the assembly (`pe.py`).
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from feed.errors import InvalidPdb

ID_SIZE = 20
"""Bytes: a GUID, then a stamp of 4."""

_BEGINNING = b"BSJB"
_WINDOWS_BEGINNING = b"Microsoft C/C++ MSF"
_ROOT = struct.Struct("<4s2HLL")
_COUNTS = struct.Struct("<2H")
_STREAM = struct.Struct("<2L")
_ID_STREAM = b"#Pdb"

# ECMA-335, II.24.2: a version has at most 255 bytes, a stream's name 32. No compiler writes
# more than seven streams.
_MAX_VERSION = 256
_MAX_NAME = 32
_MAX_STREAMS = 32
_MAX_HEADER = _ROOT.size + _MAX_VERSION + 4 + _MAX_STREAMS * (_STREAM.size + _MAX_NAME)

_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class PortablePdb:
    id: bytes
    offset: int
    """Of the id in the file."""


def read_portable_pdb(file: BinaryIO) -> PortablePdb:
    """Find a PDB's id; what is no portable PDB is refused."""
    file.seek(0)
    header = file.read(_MAX_HEADER)
    if header.startswith(_WINDOWS_BEGINNING):
        raise InvalidPdb("is a Windows PDB, only portable ones are served")
    if not header.startswith(_BEGINNING):
        raise InvalidPdb("is not a portable PDB")
    try:
        offset = _find_id(header)
    except struct.error:
        raise InvalidPdb("has a damaged header") from None
    file.seek(offset)
    pdb_id = file.read(ID_SIZE)
    if len(pdb_id) < ID_SIZE:
        raise InvalidPdb("is cut short")
    return PortablePdb(pdb_id, offset)


def hash_pdb(file: BinaryIO, pdb: PortablePdb, algorithm: str) -> str:
    """Hash a PDB as its compiler did, and return that as hex.

    PE-COFF.md: "the checksum is calculated by hashing the entire content of the PDB
    file with the PDB ID set to 0 (20 zeroed bytes)".
    """
    digest = hashlib.new(algorithm)
    file.seek(0)
    left = pdb.offset
    while left and (chunk := file.read(min(left, _CHUNK))):
        digest.update(chunk)
        left -= len(chunk)
    digest.update(bytes(len(file.read(ID_SIZE))))
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _find_id(header: bytes) -> int:
    found = [(offset, size) for offset, size, name in _streams(header) if name == _ID_STREAM]
    if len(found) != 1:
        raise InvalidPdb(f"has {len(found)} streams with an id, a portable PDB has one")
    offset, size = found[0]
    if size < ID_SIZE:
        raise InvalidPdb("is cut short")
    return offset


def _streams(header: bytes) -> Iterator[tuple[int, int, bytes]]:
    *_, version = _ROOT.unpack_from(header)
    if version > _MAX_VERSION:
        raise InvalidPdb("has a damaged header")
    at = _ROOT.size + version
    _flags, count = _COUNTS.unpack_from(header, at)
    at += _COUNTS.size
    if count > _MAX_STREAMS:
        raise InvalidPdb(f"has {count} streams, a portable PDB has a few")
    for _ in range(count):
        offset, size = _STREAM.unpack_from(header, at)
        at += _STREAM.size
        name, end, _rest = header[at : at + _MAX_NAME].partition(b"\0")
        if not end:
            raise InvalidPdb("has a damaged header")
        at += len(name) // 4 * 4 + 4  # padded with zeros, at least one
        yield offset, size, name
