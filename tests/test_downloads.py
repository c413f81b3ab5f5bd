import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from feed.downloads import find_part, large_file_response
from feed.errors import RangeNotSatisfiable
from feed.services.packages import LargeFile

SIZE = 10
SIZES = st.integers(1, 10**12)


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=0-4", range(5)),
        ("bytes=3-3", range(3, 4)),
        ("bytes=7-", range(7, 10)),
        ("bytes=0-", range(10)),
        ("bytes=7-9", range(7, 10)),
        ("bytes=7-99", range(7, 10)),
        ("bytes=-1", range(9, 10)),
        ("bytes=-10", range(10)),
        ("bytes=-99", range(10)),
        ("Bytes= 0-4 ", range(5)),
    ],
)
def test_a_range_names_a_part(header: str, part: range) -> None:
    assert find_part(header, SIZE) == part


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=999999999999-", "bytes=-0"])
def test_a_part_behind_the_end_is_refused(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable, match="it has 10 bytes"):
        find_part(header, SIZE)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=--1",
        "bytes=4-3",
        "bytes=a-b",
        "bytes=0x0-0x4",
        "bytes=٣-٤",
        "bytes=1.0-2.0",
        "bytes=0-4;",
        "bytes=0-1,4-5",
        "bytes=0-1,",
        "items=0-4",
        "0-4",
        "bytes=-" + "9" * 5000,
    ],
)
def test_what_makes_no_sense_means_the_whole(header: str) -> None:
    assert find_part(header, SIZE) is None


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=5-"])
def test_any_part_of_nothing_is_all_of_it(header: str) -> None:
    assert find_part(header, 0) is None


@given(SIZES, st.integers(0, 10**13), st.integers(0, 10**13))
def test_a_part_lies_within_its_file(size: int, first: int, length: int) -> None:
    if first >= size:
        with pytest.raises(RangeNotSatisfiable):
            find_part(f"bytes={first}-{first + length}", size)
    else:
        part = find_part(f"bytes={first}-{first + length}", size)
        assert part == range(first, min(first + length + 1, size))


@given(SIZES, st.integers(1, 10**13))
def test_a_suffix_is_the_end_of_its_file(size: int, length: int) -> None:
    assert find_part(f"bytes=-{length}", size) == range(max(size - length, 0), size)


@given(st.text(alphabet="bytes=0123456789-, ", max_size=30), st.integers(0, 100))
def test_whatever_is_asked_for_lies_within_the_file(header: str, size: int) -> None:
    with suppress(RangeNotSatisfiable):
        part = find_part(header, size)
        assert part is None or 0 <= part.start < part.stop <= size


async def events(size: int) -> list[str]:
    """Answer a file that storage gives in three pieces; return what happened, in order."""
    done: list[str] = []

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            done.append("read")
            yield bytes(size // 3)

    async def start(offset: int, length: int) -> AsyncIterator[bytes]:
        done.append(f"open {offset} {length}")
        return pieces()

    async def send(message: Message) -> None:
        if message.get("body"):
            done.append("sent")

    file = LargeFile("a", "application/octet-stream", '"1"', size, "a.nupkg")
    req = Request({"type": "http", "method": "GET", "headers": []})
    response = await large_file_response(req, file, start)
    await response({"type": "http"}, never, send)
    return done


async def test_a_large_file_is_read_no_faster_than_it_is_sent() -> None:
    assert await events(3_000_000) == ["open 0 3000000", *["read", "sent"] * 3]


async def test_a_small_file_is_sent_at_once() -> None:
    assert await events(30) == ["open 0 30", "read", "read", "read", "sent"]


async def never() -> Message:
    """Wait, as a server does, for a client to hang up."""
    await asyncio.Event().wait()
    raise AssertionError
