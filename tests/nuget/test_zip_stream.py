import io
import random

import pytest

from feed.nuget.zip_directory import read_directory
from feed.nuget.zip_stream import Packing, find_packing, open_body
from tests.nuget.zips import Part, deflated, zip_of

BODY = random.Random(1).randbytes(150_000) + bytes(150_000)  # noqa: S311  (the same in every run)


def opened(part: Part) -> io.BufferedReader:
    file = io.BytesIO(zip_of(Part("before", b"other"), part, Part("behind", b"other")))
    body = open_body(file, read_directory(file).entries[1])
    assert isinstance(body, io.BufferedReader)
    return body


@pytest.mark.parametrize("method", [0, 8])
def test_a_body_is_read_in_pieces_and_from_anywhere(method: int) -> None:
    body = opened(Part("a", BODY, method=method, extra=b"\x55\x55\x02\x00ab"))
    assert body.read() == BODY
    for offset, size in [(0, 10), (5, 100_000), (299_990, 100), (150_000, 70_000), (3, 1)]:
        body.seek(offset)
        assert body.read(size) == BODY[offset : offset + size]
    assert body.seek(-7, io.SEEK_END) == len(BODY) - 7
    assert body.read() == BODY[-7:]


@pytest.mark.parametrize("method", [0, 8])
def test_behind_its_end_there_is_nothing(method: int) -> None:
    body = opened(Part("a", b"body", method=method))
    body.seek(2**40)
    assert body.read(1) == b""


@pytest.mark.parametrize(
    "part",
    [
        Part("a", BODY, packed=deflated(BODY)[:-1000]),
        Part("a", BODY, packed=b"\xff" * 100),
        Part("a", BODY, packed=b""),
        Part("a", b"", packed=deflated(b""), size=20),
        Part("a", BODY, method=0, packed=BODY[:9], size=20),
    ],
    ids=["cut short", "no deflate", "empty", "nothing inside", "stored"],
)
def test_a_damaged_body_ends_early(part: Part) -> None:
    whole = opened(part).read()
    assert BODY.startswith(whole)
    assert len(whole) < len(BODY)


def test_behind_damage_there_is_nothing() -> None:
    body = opened(Part("a", BODY, packed=deflated(BODY)[:1000]))
    body.seek(200_000)
    assert body.read(1) == b""


def test_a_body_is_unpacked_no_further_than_its_size() -> None:
    assert opened(Part("bomb", bytes(10), packed=deflated(bytes(10**8)))).read() == bytes(10)


def test_tells_where_a_body_lies_packed() -> None:
    stored = zip_of(Part("a", b"1234", method=0), Part("b", b"56", extra=b"\x55\x55\x00\x00"))
    file = io.BytesIO(stored)
    first, second = (find_packing(file, entry) for entry in read_directory(file).entries)
    assert first == Packing(offset=31, length=4, is_deflated=False)
    assert stored[first.offset :].startswith(b"1234")
    assert second == Packing(offset=70, length=4, is_deflated=True)
    assert stored[second.offset :].startswith(deflated(b"56"))
