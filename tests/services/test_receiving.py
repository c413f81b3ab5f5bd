import asyncio
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Iterable
from hashlib import sha512
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.errors import Busy, FeedError, InvalidRequest, TooLarge
from feed.services.receiving import MB, Receiving
from tests import uploads
from tests.uploads import Upload

PACKAGE = b"PK\x03\x04 \r\n--b \r\n--6f3f2c1e \r\n\r\n \x00\xff"

# Stands for what a body may hold beside its package.
FRAME = 64 * 1024

FULL = Path("/dev/full")

FORMS = {
    "a current client": uploads.modern(PACKAGE),
    "nuget.exe 2.x": uploads.old(PACKAGE),
    "a raw body": uploads.raw(PACKAGE),
    "a raw body of no known type": Upload("", PACKAGE),
    "a raw body that curl calls a form": Upload("application/x-www-form-urlencoded", PACKAGE),
    "a part called anything": uploads.parts((uploads.named("foo"), PACKAGE), boundary="xyz"),
    "a part without a name": uploads.parts(
        ("Content-Disposition: form-data", PACKAGE), boundary="xyz"
    ),
    "a part that says only its type": uploads.parts(("Content-Type: a/b", PACKAGE), boundary="xyz"),
    "a name outside ASCII": uploads.parts((uploads.named("päckage"), PACKAGE), boundary="xyz"),
    "several parts": uploads.parts(
        (uploads.named("package"), PACKAGE),
        (uploads.named("package"), b"another"),
        ("Content-Disposition: form-data; name=more", b""),
        boundary="xyz",
    ),
    "no final line break": uploads.parts(
        (uploads.named("package"), PACKAGE), boundary="xyz", end=b"--"
    ),
    "text before and after": Upload(
        "Multipart/Mixed; charset=utf-8; Boundary=a/b:c=d",
        b"preamble\r\n--a/b:c=d\r\nContent-Type: a/b\r\n\r\n"
        + PACKAGE
        + b"\r\n--a/b:c=d--epilogue",
    ),
}


async def pieces(body: bytes, *cuts: int) -> AsyncIterator[bytes]:
    """Send a body in pieces, and an empty one at the end as Starlette does."""
    bounds = [0, *sorted(cuts), len(body)]
    for start, end in pairwise(bounds):
        yield body[start:end]
    yield b""


async def receive(
    upload: Upload, cuts: Iterable[int] = (), *, declared: bool = False, limit: int = MB
) -> bytes:
    """Receive an upload and return its package, when size and hash are right too."""
    length = len(upload.body) if declared else None
    receiving = Receiving(limit, limit)
    chunks = pieces(upload.body, *cuts)
    async with receiving.receive(upload.content_type, length, chunks) as received:
        body = received.file.read()
        assert received.size == len(body)
        assert b64decode(received.sha512) == sha512(body).digest()
        return body


@pytest.mark.parametrize("declared", [True, False], ids=["with length", "without"])
@pytest.mark.parametrize("upload", FORMS.values(), ids=FORMS)
async def test_every_form_of_a_body_gives_the_package(upload: Upload, declared: bool) -> None:
    assert await receive(upload, declared=declared) == PACKAGE


@pytest.mark.parametrize("upload", FORMS.values(), ids=FORMS)
async def test_a_body_may_be_cut_into_pieces_anywhere(upload: Upload) -> None:
    for cut in range(len(upload.body)):
        assert await receive(upload, [cut]) == PACKAGE


@given(st.binary(max_size=300), st.lists(st.integers(0, 600), max_size=8))
async def test_no_package_is_mistaken_for_a_boundary(package: bytes, cuts: list[int]) -> None:
    upload = uploads.modern(package)
    assert await receive(upload, [min(cut, len(upload.body)) for cut in cuts]) == package


async def test_a_package_of_many_batches_arrives_whole() -> None:
    package = bytes(range(256)) * 12_000
    upload = uploads.modern(package)
    cuts = range(0, len(upload.body), 60_000)
    assert await receive(upload, cuts, limit=len(package)) == package


FAULTS = {
    "nothing at all": (uploads.raw(b""), "the upload is empty"),
    "a form of nothing": (Upload("multipart/form-data; boundary=b", b""), "the upload is empty"),
    "a form without parts": (uploads.parts(), "has no parts"),
    "no boundary named": (
        Upload("multipart/form-data", b"--b--"),
        "'multipart/form-data' names no",
    ),
    "an empty boundary": (Upload('multipart/form-data; boundary=""', b"--b--"), "names no usable"),
    "a boundary of two lines": (
        Upload("multipart/form-data; boundary*=utf-8''a%0Ab", b"--b--"),
        "names no usable",
    ),
    "another boundary": (
        Upload("multipart/form-data; boundary=other", uploads.modern(PACKAGE).body),
        "its boundary 'other' does not close it",
    ),
    "no end": (
        uploads.parts((uploads.named("package"), PACKAGE), boundary="xyz", end=b"\r\n"),
        "cut short: its boundary 'xyz' does not close it",
    ),
    "its boundary inside": (
        uploads.parts((uploads.named("package"), PACKAGE), boundary="b"),
        "malformed: Unexpected bytes after boundary",
    ),
    "a broken part header": (uploads.parts(("no colon here", PACKAGE)), "Malformed segment header"),
    "too many parts": (
        uploads.parts(*[(uploads.named("package"), b"x")] * 200),
        "Maximum segment count exceeded",
    ),
}


@pytest.mark.parametrize(("upload", "message"), FAULTS.values(), ids=FAULTS)
async def test_a_body_that_holds_no_package_is_refused(upload: Upload, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        await receive(upload)


@given(st.sampled_from([uploads.modern(PACKAGE), uploads.old(PACKAGE)]), st.data())
async def test_a_form_that_is_cut_short_is_refused(upload: Upload, data: st.DataObject) -> None:
    end = data.draw(st.integers(1, len(upload.body) - len("--\r\n")))
    with pytest.raises(InvalidRequest, match="cut short"):
        await receive(Upload(upload.content_type, upload.body[:end]))


async def test_fewer_bytes_than_declared_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="cut short: 5 of 8 bytes came"):
        async with Receiving(MB, MB).receive("", 8, pieces(b"three")):
            pass


async def test_an_upload_that_stands_still_is_given_up() -> None:
    async def stalled() -> AsyncIterator[bytes]:
        yield b"PK"
        await asyncio.Event().wait()

    with pytest.raises(InvalidRequest, match=r"stood still for 0\.01 s"):
        async with Receiving(MB, MB, patience=0.01).receive("", None, stalled()):
            pass


@pytest.mark.parametrize("form", [uploads.modern, uploads.raw], ids=["form", "raw"])
async def test_a_package_may_be_as_large_as_the_limit_and_no_larger(
    form: Callable[[bytes], Upload],
) -> None:
    assert await receive(form(b"x" * MB), declared=True) == b"x" * MB
    with pytest.raises(TooLarge, match="takes up to 1 MB"):
        await receive(form(b"x" * (MB + 1)))


async def test_what_is_declared_too_large_is_refused_before_a_byte_is_read() -> None:
    chunks = pieces(b"PK")
    with pytest.raises(TooLarge, match="takes up to 1 MB"):
        async with Receiving(MB, 4 * MB).receive("", MB + FRAME + 1, chunks):
            pass
    assert await anext(chunks) == b"PK"


async def test_parts_that_are_skipped_count_as_well() -> None:
    more = (uploads.named("more"), b"x" * (MB + FRAME))
    with pytest.raises(TooLarge):
        await receive(uploads.parts((uploads.named("package"), PACKAGE), more))


async def test_uploads_share_a_budget_and_give_it_back() -> None:
    receiving = Receiving(MB, 2 * MB)
    whole = b"x" * MB

    async def push(length: int | None) -> None:
        async with receiving.receive("", length, pieces(whole, MB // 2)):
            pass

    async with (
        receiving.receive("", MB, pieces(whole)),
        receiving.receive("", None, pieces(whole)),
    ):
        for length in (MB, None):
            with pytest.raises(Busy, match="as much as it can hold"):
                await push(length)
    await asyncio.gather(push(MB), push(None))


async def test_what_fails_gives_its_share_back() -> None:
    receiving = Receiving(MB, MB)
    for failing in (uploads.parts(), Upload("multipart/form-data", b"x" * MB)):
        with pytest.raises(InvalidRequest):
            async with receiving.receive(failing.content_type, MB, pieces(failing.body)):
                pass
    with pytest.raises(ZeroDivisionError):
        async with receiving.receive("", None, pieces(b"x" * MB)):
            raise ZeroDivisionError
    async with receiving.receive("", None, pieces(b"x" * MB)) as received:
        assert received.size == MB


async def test_uploads_that_starve_each_other_are_told_to_come_again() -> None:
    receiving = Receiving(MB, MB + MB // 2)
    meeting = asyncio.Barrier(3)

    async def grow() -> AsyncIterator[bytes]:
        yield b"x" * (MB // 2)
        await meeting.wait()
        yield b"x" * (MB // 2)

    async def push() -> FeedError | None:
        try:
            async with receiving.receive("", None, grow()):
                return None
        except FeedError as error:
            return error

    results = await asyncio.gather(push(), push(), push())
    assert {type(each) for each in results} == {Busy, type(None)}
    async with receiving.receive("", MB, pieces(b"x" * MB)):
        pass


def full_disk() -> BinaryIO:
    return FULL.open("r+b")


@pytest.mark.skipif(not FULL.exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize("size", [10, 2 * MB])
async def test_a_full_disk_is_the_feeds_fault(size: int) -> None:
    receiving = Receiving(4 * MB, 4 * MB, open_file=full_disk)
    with pytest.raises(Busy, match="temporary disk: No space left on device"):
        async with receiving.receive("", None, pieces(b"x" * size)):
            pass


async def test_the_file_is_closed_with_the_context() -> None:
    async with Receiving(MB, MB).receive("", None, pieces(b"PK")) as received:
        assert received.sha512 == b64encode(sha512(b"PK").digest()).decode()
    assert received.file.closed
