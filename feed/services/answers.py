"""JSON that is ready to be sent, as text or gzipped."""

import gzip
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Self

# A third smaller than at level 1 for three times the work, which pays for what is sent again.
_LEVEL: Final = 6


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    etag: str
    """Of the text: the same whether it is sent gzipped or not, and therefore weak."""

    is_gzipped: bool = False

    @classmethod
    def plain(cls, text: bytes) -> Self:
        return cls(text, weak_etag(text))

    @classmethod
    def gzipped(cls, text: bytes) -> Self:
        return cls(gzip.compress(text, _LEVEL, mtime=0), weak_etag(text), is_gzipped=True)

    @property
    def text(self) -> bytes:
        return gzip.decompress(self.body) if self.is_gzipped else self.body


def weak_etag(text: bytes) -> str:
    return f'W/"{blake2b(text, digest_size=12).hexdigest()}"'
