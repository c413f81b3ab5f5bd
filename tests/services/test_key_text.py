import math
import re
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.errors import InvalidKey
from feed.services.clock import system_choose
from feed.services.key_text import KeyText, without_secrets
from tests.keys import Chooser

# Worked out with a CRC-32 written out by hand: keys in use must stay readable for ever.
ID, SECRET, CHECKSUM = "0123456789", "0123456789ABCDEFGHIJKLMNOPQRSTUV", "0P3kID"
KNOWN = f"lrd_{ID}_{SECRET}{CHECKSUM}"


def test_a_key_is_prefix_id_secret_and_checksum() -> None:
    assert KeyText(ID, SECRET).text == KNOWN
    assert KeyText.parse(KNOWN) == KeyText(ID, SECRET)


@given(st.integers())
def test_what_is_made_is_read_back(seed: int) -> None:
    made = KeyText.make(Chooser(seed))
    assert re.fullmatch(r"lrd_[0-9a-z]{10}_[0-9A-Za-z]{38}", made.text)
    assert KeyText.parse(made.text) == made


def test_no_two_keys_are_alike() -> None:
    assert len({KeyText.make(system_choose).text for _ in range(1000)}) == 1000


def test_a_secret_has_190_bits() -> None:
    """Fewer, and a plain SHA-256 would not do."""
    assert math.floor(len(SECRET) * math.log2(62)) == 190


@pytest.mark.parametrize("place", range(4, len(KNOWN)))
def test_every_mistyped_character_is_noticed(place: int) -> None:
    mistyped = KNOWN[:place] + ("x" if KNOWN[place] != "x" else "y") + KNOWN[place + 1 :]
    with pytest.raises(InvalidKey):
        KeyText.parse(mistyped)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lrd_",
        KNOWN[:-1],
        KNOWN + "0",
        KNOWN + "\n",
        " " + KNOWN,
        KNOWN.upper(),
        KNOWN.replace("lrd_", "lrx_"),
        KNOWN.replace("_", "-"),
        KNOWN.replace("0", "٠"),  # noqa: RUF001  (a digit, but not one of ours)
        "lrd_" + "a" * 8192,
    ],
)
def test_anything_else_is_no_key(text: str) -> None:
    with pytest.raises(InvalidKey):
        KeyText.parse(text)


def test_only_a_digest_of_the_secret_is_for_storing() -> None:
    assert KeyText(ID, SECRET).digest == sha256(SECRET.encode()).hexdigest()


def test_a_key_that_is_printed_by_mistake_keeps_its_secret() -> None:
    key = KeyText(ID, SECRET)
    assert SECRET not in f"{key} {key!r}"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (f"/v3/{KNOWN}/index.json", f"/v3/lrd_{ID}_…/index.json"),
        (KNOWN[:-3], f"lrd_{ID}_…"),
        (f"{KNOWN},{KNOWN}", f"lrd_{ID}_…,lrd_{ID}_…"),
        (f"/{KNOWN.replace('lrd_0', 'lrd_')}", f"/lrd_{ID[1:]}_…"),
        ("/lrd_admin_00112233445566778899", "/lrd_admin_…"),
        ("/v3/content/tiny/index.json", "/v3/content/tiny/index.json"),
        ("lrd_short", "lrd_short"),
    ],
)
def test_a_text_for_the_log_loses_the_secrets_in_it(text: str, safe: str) -> None:
    assert without_secrets(text) == safe
