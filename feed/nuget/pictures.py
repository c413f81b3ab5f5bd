"""The pictures in a package that its readme may show.

They are not unpacked when a package is pushed: each is read out of the nupkg when
somebody looks at it. So a readme looks as it does where its source lies, and on a
private feed its pictures are private too.
"""

import posixpath
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict

from feed.nuget.contents import MAX_FILE, Contents
from feed.nuget.zip_stream import Packing

MOST: Final = 200

# No SVG: it is a document, and holds scripts.
MEDIA_TYPES: Final = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}


class Picture(BaseModel):
    """A picture, and where it lies in its package."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    path: str
    size: int
    packing: Packing

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[_suffix(self.path)]


def list_pictures(contents: Contents) -> tuple[Picture, ...]:
    return tuple(islice(_pictures(contents), MOST))


def resolve(address: str, readme: str) -> str | None:
    """Say which file of the package a readme means, by an address that leads to no host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path:
        return None
    path = posixpath.join("/", posixpath.dirname(readme.replace("\\", "/")), unquote(parts.path))
    return posixpath.normpath(path).lstrip("/")


def unpack(picture: Picture, packed: bytes) -> bytes | None:
    """Return the picture out of its place in the package, or None if it is damaged."""
    try:
        body = _inflated(packed, picture.size) if picture.packing.is_deflated else packed
    except zlib.error:
        return None
    return body if len(body) == picture.size else None


def _inflated(packed: bytes, size: int) -> bytes:
    # One byte more than is declared tells a bomb, which is unpacked no further.
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, size + 1)


def _pictures(contents: Contents) -> Iterator[Picture]:
    for entry in contents.entries:
        if _suffix(entry.path) in MEDIA_TYPES and max(entry.size, entry.compressed) <= MAX_FILE:
            packing = contents.find_packing(entry)
            yield Picture(path=entry.path, size=entry.size, packing=packing)


def _suffix(path: str) -> str:
    return posixpath.splitext(path)[1].lower()
