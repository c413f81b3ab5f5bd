"""The PDBs that debuggers get: each a part of a package or of a symbol package."""

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

_PIECE: Final = 256 * 1024


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
        if address:
            async for pointer, path in self.pointers.find_counting(address, checksums):
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
        stream = await self.blobs.open(pdb.path, offset=packing.offset, length=packing.length)
        if stream is None:
            raise FileGone
        pieces = _inflated(stream.chunks) if packing.is_deflated else stream.chunks
        return _part(pieces, offset, length)


async def _inflated(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    async for chunk in chunks:
        packed = chunk
        while packed:
            yield stream.decompress(packed, _PIECE)
            packed = stream.unconsumed_tail
    yield stream.flush()


async def _part(pieces: AsyncIterator[bytes], offset: int, length: int) -> AsyncIterator[bytes]:
    async for piece in pieces:
        part = piece[offset : offset + length]
        offset = max(0, offset - len(piece))
        length -= len(part)
        yield part
