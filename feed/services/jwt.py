"""Signed tokens and the keys that they are signed with: read and verified, and nothing decided.

https://www.rfc-editor.org/rfc/rfc7515, https://www.rfc-editor.org/rfc/rfc7517 and
https://www.rfc-editor.org/rfc/rfc8017#section-8.2.2

One algorithm is known, RS256. So nothing in a token can choose another one: neither none at
all, nor one that would take a public key for a shared secret.
"""

import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Self

import orjson

from feed.errors import TokenRefused, shown

MOST_CHARACTERS: Final = 16 * 1024

_ALGORITHM: Final = "RS256"
_BASE64URL: Final = re.compile(r"[0-9A-Za-z_-]+")
_EXPONENT: Final = 65537
_MODULUS_BITS: Final = range(2048, 8193)
# RFC 8017, 9.2, note 1: the DER encoding of DigestInfo for SHA-256.
_SHA256_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")

_SECOND: Final = 10_000_000
"""In ticks, of which every time here is made."""

_LATEST: Final = 1 << 36
"""In seconds since 1970: what is later is no time that anybody means."""

Claims = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An RSA key with the one exponent that issuers use."""

    modulus: int

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Verify by making the whole encoding anew, so that there is nothing in it to parse."""
        size = (self.modulus.bit_length() + 7) // 8
        number = int.from_bytes(signature)
        if len(signature) != size or number >= self.modulus:
            return False
        info = _SHA256_INFO + sha256(message).digest()
        # RFC 8017, 9.2: EM = 0x00 || 0x01 || PS || 0x00 || T, and PS is 0xff throughout.
        expected = b"\x00\x01" + b"\xff" * (size - len(info) - 3) + b"\x00" + info
        return pow(number, _EXPONENT, self.modulus) == int.from_bytes(expected)


@dataclass(frozen=True, slots=True)
class Token:
    """What somebody claims, as long as the signature is not verified."""

    key_id: str
    claims: Claims
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        if len(text) > MOST_CHARACTERS:
            raise TokenRefused(f"it has {len(text)} characters, {MOST_CHARACTERS} are allowed")
        parts = text.split(".")
        if len(parts) != 3:  # noqa: PLR2004  (header, claims, signature)
            raise TokenRefused("it is no signed token")
        key_id = _key_id(json_object(_decode(parts[0])))
        claims, signature = json_object(_decode(parts[1])), _decode(parts[2])
        return cls(key_id, claims, ".".join(parts[:2]).encode(), signature)

    def text(self, claim: str) -> str:
        """Return what a claim says; "" where that is not a text."""
        return text_in(self.claims, claim)

    @property
    def start(self) -> int:
        """When it begins to be good, in ticks."""
        return max(self._find_ticks("iat") or 0, self._find_ticks("nbf") or 0)

    @property
    def end(self) -> int:
        """When it ends to be good, in ticks."""
        ticks = self._find_ticks("exp")
        if ticks is None:
            raise TokenRefused("it does not expire")
        return ticks

    def _find_ticks(self, claim: str) -> int | None:
        value = self.claims.get(claim)
        if value is None:
            return None
        if type(value) is not int or not 0 <= value < _LATEST:  # JSON's true is an int in Python
            raise TokenRefused(f"{claim} is {shown(str(value))}, not a time")
        return value * _SECOND


def public_keys(document: bytes) -> dict[str, PublicKey]:
    """Read a JWK set by key id; what is no RSA key for RS256 signatures is left out."""
    keys = json_object(document).get("keys")
    listed = keys if isinstance(keys, list) else []
    found = (_public_key(each) for each in listed if isinstance(each, dict))
    return dict(each for each in found if each)


def _public_key(jwk: Mapping[str, object]) -> tuple[str, PublicKey] | None:
    key_id, modulus, exponent = (text_in(jwk, name) for name in ("kid", "n", "e"))
    is_for_this = (
        jwk.get("kty") == "RSA"
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", _ALGORITHM) == _ALGORITHM
    )
    if not (is_for_this and key_id and modulus and exponent):
        return None
    try:
        key = PublicKey(int.from_bytes(_decode(modulus)))
        is_usual = int.from_bytes(_decode(exponent)) == _EXPONENT
    except TokenRefused:  # one that is misspelt does not take the others with it
        return None
    return (key_id, key) if is_usual and key.modulus.bit_length() in _MODULUS_BITS else None


def _key_id(header: Mapping[str, object]) -> str:
    if header.get("alg") != _ALGORITHM:
        raise TokenRefused(f"its algorithm is {shown(str(header.get('alg')))}, not {_ALGORITHM}")
    # RFC 7515, 4.1.11: what `crit` lists MUST be understood, and we understand none of it.
    if "crit" in header:
        raise TokenRefused("it has critical extensions")
    key_id = text_in(header, "kid")
    if not key_id:
        raise TokenRefused("it names no key")
    return key_id


def _decode(text: str) -> bytes:
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise TokenRefused("it is not encoded as a token is")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def json_object(document: bytes) -> dict[str, object]:
    """Read a document that has to be one JSON object."""
    try:
        value = orjson.loads(document)
    except orjson.JSONDecodeError as error:
        raise TokenRefused("it is not JSON") from error
    if not isinstance(value, dict):
        raise TokenRefused("it is not a JSON object")
    return value


def text_in(values: Mapping[str, object], name: str) -> str:
    """Return the text under a name; "" where there is none."""
    value = values.get(name)
    return value if isinstance(value, str) else ""
