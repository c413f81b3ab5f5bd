import io
from dataclasses import replace

import pytest

from feed.errors import InvalidArchive
from feed.nuget.zip_bodies import list_body_faults, read_body
from feed.nuget.zip_directory import read_directory
from tests.nuget.zips import ZIP64_EXTRA, Part, deflated, end_record, zip_of

SMALL = Part("a.txt", b"abc" * 9)


def faults_of(*parts: Part) -> list[str]:
    file = io.BytesIO(zip_of(*parts))
    return list(list_body_faults(file, read_directory(file)))


def body_of(part: Part, limit: int = 1000) -> bytes:
    """Read the second of two entries."""
    file = io.BytesIO(zip_of(Part("first.txt", b"first"), part))
    return read_body(file, read_directory(file).entries[1], limit)


def refusal_of(part: Part) -> str:
    with pytest.raises(InvalidArchive) as refused:
        body_of(part)
    (fault,) = refused.value.faults
    return fault


@pytest.mark.parametrize("method", [0, 8])
@pytest.mark.parametrize("body", [b"", b"abc" * 9])
def test_reads_what_was_packed(method: int, body: bytes) -> None:
    part = Part("a.txt", body, method=method, extra=b"\x55\x55\x01\x00\x00")
    assert body_of(part) == body


def test_sound_entries_have_no_faults() -> None:
    assert faults_of(SMALL, Part("b.txt", method=0), Part("lib/", method=0)) == []


@pytest.mark.parametrize("flag", [0x0001, 0x0041, 0x2000])
def test_encrypted_entries_are_refused(flag: int) -> None:
    assert faults_of(replace(SMALL, flags=flag)) == ["entry 'a.txt' is encrypted"]


def test_only_deflate_is_read() -> None:
    assert faults_of(replace(SMALL, method=14)) == [
        "entry 'a.txt' is compressed by method 14, only deflate is allowed"
    ]


def test_a_stored_entry_has_one_size() -> None:
    assert faults_of(Part("a.txt", b"abc", method=0, size=2)) == [
        "entry 'a.txt' is stored, and declares 2 bytes for 3"
    ]


@pytest.mark.parametrize(
    "local",
    [
        replace(SMALL, name="b.txt"),
        replace(SMALL, name="a.txt.exe"),
        replace(SMALL, method=0),
        replace(SMALL, flags=0x0001),
        replace(SMALL, size=1),
        replace(SMALL, compressed=1),
        replace(SMALL, checksum=1),
    ],
)
def test_an_entry_that_is_described_in_two_ways_is_refused(local: Part) -> None:
    """A reader that goes by the local headers would see another package than ours."""
    assert faults_of(replace(SMALL, local=local)) == [
        "entry 'a.txt' is described differently by the directory and by its own header"
    ]


def test_a_local_header_may_leave_the_sizes_to_what_follows_the_body() -> None:
    streamed = replace(SMALL, flags=0x0008, size=0, compressed=0, checksum=0)
    assert faults_of(replace(SMALL, flags=0x0008, local=streamed)) == []


def test_zip64_in_a_local_header_is_refused() -> None:
    assert faults_of(replace(SMALL, local=replace(SMALL, extra=ZIP64_EXTRA))) == [
        "entry 'a.txt' is Zip64, which NuGet clients refuse to verify"
    ]


def test_an_entry_that_is_not_where_the_directory_says_is_refused() -> None:
    archive = bytearray(zip_of(SMALL))
    archive[0:2] = b"MZ"
    file = io.BytesIO(archive)
    assert list(list_body_faults(file, read_directory(file))) == [
        "entry 'a.txt' is not where the directory says"
    ]


def test_entries_that_share_their_bytes_are_refused() -> None:
    """Fifield's bomb: many entries, one body."""
    body = SMALL.local_bytes()
    directory = SMALL.central_bytes(0) * 2
    file = io.BytesIO(body + directory + end_record(2, len(directory), len(body)))
    assert list(list_body_faults(file, read_directory(file))) == [
        "entry 'a.txt' has bytes in common with another"
    ]


def test_a_body_over_the_limit_is_not_unpacked() -> None:
    assert refusal_of(replace(SMALL, body=bytes(1001))) == (
        "entry 'a.txt' takes 1001 bytes, 1000 are allowed"
    )
    assert refusal_of(replace(SMALL, packed=bytes(2000))) == (
        "entry 'a.txt' takes 2000 bytes, 1000 are allowed"
    )


@pytest.mark.parametrize(
    "lie",
    [
        replace(SMALL, size=26),
        replace(SMALL, size=28),
        replace(SMALL, size=0),
        replace(SMALL, packed=deflated(SMALL.body)[:-1]),
        replace(SMALL, packed=deflated(SMALL.body) + b"\0"),
        replace(SMALL, packed=deflated(bytes(100_000)), size=27),
    ],
)
def test_a_body_of_another_size_than_declared_is_refused(lie: Part) -> None:
    assert refusal_of(lie).startswith("entry 'a.txt' does not unpack to the ")


def test_a_damaged_body_is_refused() -> None:
    assert refusal_of(replace(SMALL, packed=b"\xff\xff")) == (
        "entry 'a.txt' is damaged: it does not unpack"
    )
    assert refusal_of(replace(SMALL, checksum=1)) == (
        "entry 'a.txt' is damaged: its checksum is wrong"
    )
