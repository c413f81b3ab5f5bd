import io
from dataclasses import replace

import pytest

from feed.errors import InvalidArchive
from feed.nuget.zip_directory import Directory, ZipEntry, read_directory
from tests.builders import zipped
from tests.nuget.zips import JANUARY_2024, ZIP64_EXTRA, Part, end_record, zip_of

TWO = (Part("a.txt", b"a" * 100, method=0), Part("lib/net8.0/b%20b.dll", b"b", flags=0x800))


def fault_of(archive: bytes) -> str:
    with pytest.raises(InvalidArchive) as refused:
        read_directory(io.BytesIO(archive))
    (fault,) = refused.value.faults
    return fault


def test_lists_the_entries_in_their_order() -> None:
    assert read_directory(io.BytesIO(zip_of(*TWO))) == Directory(
        entries=(
            ZipEntry(
                name="a.txt",
                path="a.txt",
                flags=0,
                method=0,
                modified=JANUARY_2024,
                checksum=0xAF707A64,
                compressed=100,
                size=100,
                offset=0,
            ),
            ZipEntry(
                name="lib/net8.0/b%20b.dll",
                path="lib/net8.0/b b.dll",
                flags=0x800,
                method=8,
                modified=JANUARY_2024,
                checksum=0x71BEEFF9,
                compressed=3,
                size=1,
                offset=135,
            ),
        ),
        offset=188,
    )


def test_reads_what_another_writer_made() -> None:
    directory = read_directory(io.BytesIO(zipped({"a.txt": "a", "é/b.txt": "bb"})))
    assert [(each.path, each.size) for each in directory.entries] == [("a.txt", 1), ("é/b.txt", 2)]


def test_a_zip_file_may_be_empty_and_may_have_a_comment() -> None:
    assert read_directory(io.BytesIO(zip_of(comment=b"made by hand"))) == Directory((), 0)


@pytest.mark.parametrize("archive", [b"", b"PK", b"not a zip file" * 10, zip_of(*TWO)[:-1]])
def test_what_is_not_a_whole_zip_is_refused(archive: bytes) -> None:
    assert fault_of(archive) == "it is not a zip file, or only a part of one"


def test_bytes_after_the_end_record_are_refused() -> None:
    assert fault_of(zip_of(*TWO) + b"\0") == "it does not end with its end record"


def test_a_second_end_record_inside_the_comment_is_refused() -> None:
    hidden = zip_of(comment=b"")
    assert fault_of(zip_of(*TWO, comment=hidden + b"!")) == "it does not end with its end record"


def test_a_stub_before_the_first_entry_is_refused() -> None:
    assert fault_of(zip_of(*TWO, stub=b"MZ")) == "2 bytes stand before its first entry"


@pytest.mark.parametrize("archive", [b"MZ" + zip_of(*TWO), zip_of(*TWO, gap=b"\0")])
def test_a_gap_between_directory_and_end_record_is_refused(archive: bytes) -> None:
    assert fault_of(archive) == "its directory does not end where its end record begins"


@pytest.mark.parametrize(
    "archive",
    [
        end_record(0xFFFF, size=0, offset=0),
        end_record(0, size=0xFFFFFFFF, offset=0),
        end_record(0, size=0, offset=0xFFFFFFFF),
        zip_of(gap=b"PK\x06\x07" + bytes(16)),
    ],
    ids=["count", "size", "offset", "locator"],
)
def test_a_zip64_file_is_refused(archive: bytes) -> None:
    assert fault_of(archive) == "it is a Zip64 file, which NuGet clients refuse to verify"


def test_a_zip64_entry_is_refused() -> None:
    padded = Part("a.txt", extra=b"\x55\x55\x01\x00\x00" + ZIP64_EXTRA)
    assert fault_of(zip_of(padded)) == (
        "entry 'a.txt' is Zip64, which NuGet clients refuse to verify"
    )


@pytest.mark.parametrize("archive", [zip_of(*TWO, disk=1), zip_of(replace(TWO[0], disk=1))])
def test_a_part_of_a_zip_file_of_several_disks_is_refused(archive: bytes) -> None:
    assert fault_of(archive) == "it is a part of a zip file that spans several disks"


def test_a_wrong_count_of_entries_is_refused() -> None:
    assert fault_of(zip_of(*TWO, count=3)) == "it says that it has 3 entries and has 2"


def test_more_entries_than_leave_room_for_a_signature_are_refused() -> None:
    archive = end_record(65_534, size=0, offset=0)
    assert fault_of(archive) == "it has 65534 entries, 65533 are allowed"


def test_as_many_entries_as_leave_room_for_a_signature_are_allowed() -> None:
    archive = end_record(65_533, size=0, offset=0)
    assert fault_of(archive) == "it says that it has 65533 entries and has 0"


def test_a_directory_that_would_fill_the_memory_is_refused() -> None:
    archive = end_record(1, size=2**24 + 1, offset=0)
    assert fault_of(archive) == "its directory takes 16777217 bytes, 16777216 are allowed"


@pytest.mark.parametrize("kept", [3, 45, 46, 50])
def test_a_directory_that_is_cut_off_is_refused(kept: int) -> None:
    directory = Part("a.txt").central_bytes(0)[:kept]
    archive = directory + end_record(1, len(directory), offset=0)
    assert fault_of(archive) == "its directory is damaged"


def test_a_name_that_is_not_utf_8_is_refused() -> None:
    fault = fault_of(zip_of(Part(b"lib/\xe9.dll")))
    assert fault == r"the name of entry 'lib/\\xe9.dll' is not UTF-8"
