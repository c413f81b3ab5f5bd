"""What a key looks like: `lrd_{id}_{secret}{checksum}`, one word for people, shells and scanners.

Whoever scans repositories and logs for leaked keys finds ours by the prefix, and
tells them by the checksum from text that only looks like one: of random text in this
shape one in 57 billion passes. The checksum is the CRC-32 of everything before
it, as six digits to the base 62. It is no secret and protects nothing.

The secret is 32 characters out of 62, which is 190 bits that nobody can guess. So what is
stored of it is a plain SHA-256: there is nothing in it to find by trying, at
whatever speed. A slow hash is for secrets that people think of, and would cost
every request what it costs the thief.
"""

import re
import string
import zlib
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Self

from feed.errors import InvalidKey
from feed.services.clock import Choose

PREFIX: Final = "lrd_"

_ID: Final = string.digits + string.ascii_lowercase
_BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_SHAPE: Final = re.compile(r"lrd_([0-9a-z]{10})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})")
# Of any length, for those that are mistyped, and for the admin key that `serve` makes.
_SECRET: Final = re.compile(r"(lrd_[0-9A-Za-z]{1,20}_)[0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class KeyText:
    """A key as its holder has it."""

    id: str
    secret: str = field(repr=False)

    @classmethod
    def make(cls, choose: Choose) -> Self:
        return cls(choose(_ID, 10), choose(_BASE62, 32))

    @classmethod
    def parse(cls, text: str) -> Self:
        match = _SHAPE.fullmatch(text)
        if not match or match[3] != _checksum(text[: match.start(3)]):
            raise InvalidKey
        return cls(match[1], match[2])

    @property
    def text(self) -> str:
        whole = f"{PREFIX}{self.id}_{self.secret}"
        return whole + _checksum(whole)

    @property
    def digest(self) -> str:
        """What is stored of the secret."""
        return sha256(self.secret.encode()).hexdigest()


def without_secrets(text: str) -> str:
    """Cut the secret off every key that stands in a text."""
    return _SECRET.sub(r"\1…", text)


def _checksum(text: str) -> str:
    rest = zlib.crc32(text.encode())
    digits = ""
    for _ in range(6):
        rest, digit = divmod(rest, len(_BASE62))
        digits = _BASE62[digit] + digits
    return digits
