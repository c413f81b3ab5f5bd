"""Tokens as such: signatures that only look right, and values that are not what they should be."""

from collections.abc import Callable
from hashlib import sha1, sha256, sha512

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from feed.errors import TokenRefused
from feed.services.jwt import PublicKey, Token
from tests.issuers import encoded, modulus, private_key, unsigned

MESSAGE = b"header.claims"
SIZE = 256
# The DER encodings of DigestInfo, which stand before the digest.
SHA1 = bytes.fromhex("3021300906052b0e03021a05000414")
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
SHA256_WITHOUT_NULL = bytes.fromhex("302f300b0609608648016503040201 0420")
SHA512 = bytes.fromhex("3051300d060960864801650304020305000440")

KEY = PublicKey(modulus("first"))
RIGHT = SHA256_INFO + sha256(MESSAGE).digest()


def raised(block: bytes) -> bytes:
    """Sign a block as it is, whatever it says."""
    private = private_key("first").private_numbers()
    return pow(int.from_bytes(block), private.d, modulus("first")).to_bytes(SIZE)


def padded(info: bytes, *, kind: int = 1, filler: int = 0xFF, end: bytes = b"") -> bytes:
    filling = bytes([filler]) * (SIZE - 3 - len(info) - len(end))
    return raised(bytes([0, kind]) + filling + b"\0" + info + end)


def by_pss() -> bytes:
    padding = PSS(MGF1(SHA256()), PSS.DIGEST_LENGTH)
    return private_key("first").sign(MESSAGE, padding, SHA256())


def with_short_padding() -> bytes:
    """What a verifier takes that looks for the digest and not for the end of the block."""
    block = b"\0\1" + b"\xff" * 8 + b"\0" + RIGHT
    return raised(block.ljust(SIZE, b"\xaa"))


def test_a_signature_is_verified() -> None:
    usual = private_key("first").sign(MESSAGE, PKCS1v15(), SHA256())
    assert usual == padded(RIGHT)
    assert KEY.has_signed(MESSAGE, usual)


FORGED: dict[str, Callable[[], bytes]] = {
    "of another message": lambda: padded(SHA256_INFO + sha256(b"other").digest()),
    "by another key": lambda: private_key("another").sign(MESSAGE, PKCS1v15(), SHA256()),
    "with PSS": by_pss,
    "over SHA-1": lambda: padded(SHA1 + sha1(MESSAGE, usedforsecurity=False).digest()),
    "over SHA-512": lambda: padded(SHA512 + sha512(MESSAGE).digest()),
    "without the parameters of the algorithm": (
        lambda: padded(SHA256_WITHOUT_NULL + sha256(MESSAGE).digest())
    ),
    "of the bare digest": lambda: padded(sha256(MESSAGE).digest()),
    "with little padding and something behind": with_short_padding,
    "with a byte behind": lambda: padded(RIGHT, end=b"\0"),
    "padded with zeros": lambda: padded(RIGHT, filler=0),
    "padded with something": lambda: padded(RIGHT, filler=0xFE),
    "of the kind for encryption": lambda: padded(RIGHT, kind=2),
    "of the kind without padding": lambda: padded(RIGHT, kind=0),
    "with a zero before": lambda: b"\0" + padded(RIGHT),
    "with a byte less": lambda: padded(RIGHT)[:-1],
    "with a byte more": lambda: padded(RIGHT) + b"\0",
    "of nothing": lambda: b"",
    "of zero": lambda: bytes(SIZE),
    "of the modulus": lambda: modulus("first").to_bytes(SIZE),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_signature_that_only_looks_right_is_none(forge: Callable[[], bytes]) -> None:
    assert not KEY.has_signed(MESSAGE, forge())


def parsed(claims: bytes) -> Token:
    """Read a token whose claims are spelled so."""
    header = unsigned({}).partition(".")[0]
    return Token.parse(f"{header}.{encoded(claims)}.AAAA")


@pytest.mark.parametrize(
    "value",
    [
        b"1e9", b"1893456000.0", b"1893456000.5", b"-1", b"true", b'"1893456000"', b"[1893456000]",
        b"{}", b"68719476736", b"18446744073709551616", b"9" * 300,
    ],
)  # fmt: skip
@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
def test_a_time_is_a_whole_number_of_seconds(claim: str, value: bytes) -> None:
    token = parsed(b'{"%b":%b}' % (claim.encode(), value))
    with pytest.raises(TokenRefused) as refused:
        assert token.end if claim == "exp" else token.start
    assert f"{claim} is " in refused.value.reason
    assert refused.value.reason.endswith("not a time")
    assert len(refused.value.reason) < 120


def test_a_token_without_times_has_begun_and_does_not_end() -> None:
    token = parsed(b'{"nbf":null}')
    assert token.start == 0
    with pytest.raises(TokenRefused):
        assert token.end


def test_what_an_issuer_says_twice_is_what_it_says_last() -> None:
    """RFC 7519, 4: "returns only the lexically last duplicate member name"."""
    token = parsed(b'{"repository":"contoso/tools","repository":"evil/tools"}')
    assert token.text("repository") == "evil/tools"


@pytest.mark.parametrize(
    "claims", [b"[" * 5000 + b"]" * 5000, b'{"a":' * 2000, b'{"a":NaN}', b'{"a":1}x', b"\xff", b"1"]
)
def test_claims_are_one_json_object(claims: bytes) -> None:
    with pytest.raises(TokenRefused, match="is not taken here"):
        parsed(claims)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": None}, {"alg": ""}, {"alg": "rs256"}, {"alg": "RS512"}, {"alg": "PS256"},
        {"alg": "ES256"}, {"alg": ["RS256"]}, {"kid": None}, {"kid": ["first"]}, {"kid": 1},
        {"crit": []}, {"crit": None},
    ],
)  # fmt: skip
def test_one_algorithm_and_a_named_key_is_all_that_a_header_can_say(
    header: dict[str, object],
) -> None:
    with pytest.raises(TokenRefused):
        Token.parse(f"{unsigned({}, **header)}.AAAA")


@pytest.mark.parametrize("part", ["AA=A", "AA==", "A", "AA\n", "AA+/", "ÄÄ", "A" * 5])
def test_parts_are_spelled_in_one_way(part: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        Token.parse(f"{unsigned({})}.{part}")
    assert refused.value.reason == "it is not encoded as a token is"


def test_where_a_header_says_that_a_key_is_to_be_found_does_not_matter() -> None:
    own = {"jku": "https://evil.example", "x5u": "https://evil.example", "x5c": ["MIIB"], "jwk": {}}
    token = Token.parse(f"{unsigned({'iss': 'x'}, **own)}.AAAA")
    assert (token.key_id, orjson.dumps(token.claims)) == ("first", b'{"iss":"x"}')
