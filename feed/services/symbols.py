"""The PDBs that debuggers get: each a part of a package or of a symbol package."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Final

from feed.errors import FileGone, PdbNotFound
from feed.nuget.ssqp import PdbAddress
from feed.nuget.zip_stream import Packing
from feed.services.packages import LargeFile
from feed.services.pointers import Pointers
from feed.storage.blobs import Blobs

_PIECE: Final = 2**20


@dataclass(frozen=True, slots=True)
class PdbFile(LargeFile):
    """A PDB, where it lies in the file under `path`."""

    packing: Packing


@dataclass(frozen=True, slots=True)
class Symbols:
    blobs: Blobs
    pointers: Pointers

    async def get_pdb(self, address: PdbAddress | None, checksums: Iterable[str] = ()) -> PdbFile:
        """Find a PDB; with `checksums`, one that has any of them."""
        if address is None:
            raise PdbNotFound
        known = frozenset(checksums)
        found = self.pointers.find_counting(
            address, lambda pointer: not known or pointer.checksum in known
        )
        async for pointer, path in found:
            return PdbFile(
                path=path,
                media_type="application/octet-stream",
                etag=f'"{pointer.checksum}"',
                size=pointer.size,
                filename=address.file,
                packing=pointer.packing,
            )
        raise PdbNotFound

    async def start(self, pdb: PdbFile, offset: int, length: int) -> AsyncIterator[bytes]:
        """Begin to read a part of a PDB, piece by piece."""
        packing = pdb.packing
        if not packing.is_deflated:
            return await self._open(pdb.path, packing.offset + offset, length)
        chunks = await self._open(pdb.path, packing.offset, packing.length)
        return _part(_inflated(chunks), offset, length)

    async def _open(self, path: str, offset: int, length: int) -> AsyncIterator[bytes]:
        stream = await self.blobs.open(path, offset=offset, length=length)
        if stream is None:
            raise FileGone
        return stream.chunks


async def _inflated(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    async for chunk in chunks:
        packed = chunk
        while piece := await asyncio.to_thread(stream.decompress, packed, _PIECE):
            yield piece
            packed = stream.unconsumed_tail


async def _part(pieces: AsyncIterator[bytes], offset: int, length: int) -> AsyncIterator[bytes]:
    async for piece in pieces:
        part = piece[offset : offset + length]
        offset = max(0, offset - len(piece))
        length -= len(part)
        if part:
            yield part
        if not length:
            return
