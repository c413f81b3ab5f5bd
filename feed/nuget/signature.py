"""Who signed a package.

https://github.com/NuGet/Home/wiki/Package-Signatures-Technical-Details
"""

import re
from typing import Literal

from feed.errors import InvalidArchive

SIGNATURE = ".signature.p7s"

Signer = Literal["author", "repository"]

# RFC 5126, 5.11.1: the signed attribute "commitment-type-indication" holds a SEQUENCE that
# begins with the identifier of a commitment. DER spells that in one way, but for two lengths.
_INDICATION = bytes.fromhex("060b 2a864886f70d0109100210")
_COMMITMENT = bytes.fromhex("060b 2a864886f70d01091006")
_PATTERN = re.compile(
    re.escape(_INDICATION) + rb"\x31.\x30." + re.escape(_COMMITMENT) + rb"(.)", re.DOTALL
)

# NuGet: "proof of origin" (1) makes it an author's signature, "proof of receipt" (2) a
# repository's. Only an author's may be countersigned, once, by a repository. The primary
# signer's attributes come first in the file.
_SIGNERS: dict[tuple[bytes, ...], Signer] = {
    (b"\x01",): "author",
    (b"\x01", b"\x02"): "author",
    (b"\x02",): "repository",
}


def parse_signer(signature: bytes) -> Signer:
    """Return who made the primary signature; whether it holds is for clients to verify."""
    signer = _SIGNERS.get(tuple(_PATTERN.findall(signature)))
    if signer is None:
        raise InvalidArchive([f"{SIGNATURE} is neither an author's nor a repository's signature"])
    return signer
