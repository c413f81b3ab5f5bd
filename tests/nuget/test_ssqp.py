import pytest

from feed.nuget.ssqp import (
    PdbAddress,
    find_address,
    is_pdb_name,
    lowered,
    pdb_key,
    read_checksums,
)

# SSQP, key conventions: the example of "Portable-Pdb-Signature".
GUID = bytes.fromhex("f6727b49 0a39 fc44 878e5a2d63b6cc4b")
KEY = "497b72f6390a44fc878e5a2d63b6cc4bffffffff"
FOO = PdbAddress("foo.pdb", KEY)


def test_the_key_is_the_guid_and_what_stands_for_an_age() -> None:
    assert pdb_key(GUID + bytes(4)) == KEY


def test_the_stamp_is_not_a_part_of_the_key() -> None:
    assert pdb_key(GUID + b"\xff" * 4) == KEY


@pytest.mark.parametrize(
    "path",
    [
        f"foo.pdb/{KEY}/foo.pdb",
        "foo.pdb/497b72f6390a44fc878e5a2d63b6cc4bFFFFFFFF/foo.pdb",
        f"FOO.PDB/{KEY.upper()}/Foo.pdb",
        f"/foo.pdb/{KEY}/foo.pdb",
        f"//foo.pdb//{KEY}/foo.pdb/",
    ],
)
def test_an_address_is_read_in_any_case_and_with_slashes_doubled(path: str) -> None:
    assert find_address(path) == FOO


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "foo.pdb",
        "index2.txt",
        "pingme.txt",
        f"foo.pdb/{KEY}/foo.pd_",
        f"foo.pd_/{KEY}/foo.pd_",
        f"foo.pdb/{KEY}/file.ptr",
        f"foo.pdb/{KEY}/other.pdb",
        f"foo.pdb/{KEY}/foo.pdb/foo.pdb",
        f"foo.pdb/{KEY[:-8]}1/foo.pdb",
        f"foo.pdb/{KEY}f/foo.pdb",
        f"foo.pdb/{KEY[:-1]}\n/foo.pdb",
        "foo.pdb/497B72F6-390A-44FC-878E-5A2D63B6CC4Bffffffff/foo.pdb",
        "foo.exe/542d574232000/foo.exe",
        f"foo.exe/{KEY}/foo.exe",
        "foo.cs/sha1-497b72f6390a44fc878e5a2d63b6cc4b0c2d9984/foo.cs",
        "foo.so/elf-buildid-180a373d6afbabf0eb1f09be1bc45bd796a71085/foo.so",
        "_.debug/elf-buildid-sym-180a373d6afbabf0eb1f09be1bc45bd796a71085/_.debug",
        "foo.dylib/mach-uuid-497b72f6390a44fc878e5a2d63b6cc4b/foo.dylib",
        "_.dwarf/mach-uuid-sym-497b72f6390a44fc878e5a2d63b6cc4b/_.dwarf",
        "a.ni.r2rmap/r2rmap-v1-497b72f6390a44fc878e5a2d63b6cc4b/a.ni.r2rmap",
        f"a%2Fb.pdb/{KEY}/a%2Fb.pdb",
        f"a\0.pdb/{KEY}/a\0.pdb",
        f"{'a' * 200}.pdb/{KEY}/{'a' * 200}.pdb",
    ],
)
def test_nothing_else_that_is_asked_for_is_there(path: str) -> None:
    assert find_address(path) is None


@pytest.mark.parametrize("name", ["a.pdb", "a b.pdb", "größe.pdb", "日本.pdb", ".pdb", "a.b.pdb"])
def test_a_pdb_can_have_any_usual_name(name: str) -> None:
    assert is_pdb_name(name)


@pytest.mark.parametrize(
    "name", ["İ.pdb", "\u0131.pdb", "Straße.PDB", "ΟΔΟΣ-1.pdb", "ΟΔΟΣ", "\u212a.pdb"]
)
def test_a_name_is_one_for_all_who_write_it_smaller_letter_by_letter(name: str) -> None:
    small = "".join(each.lower() for each in name)
    assert lowered(name) == lowered(small) == small


def test_to_write_a_name_in_lower_case_twice_changes_nothing() -> None:
    everything = "".join(map(chr, range(0x20000)))
    assert lowered(lowered(everything)) == lowered(everything)


def test_a_name_that_is_longer_in_lower_case_is_measured_so() -> None:
    assert is_pdb_name(lowered("İ" * 98 + ".pdb"))
    assert not is_pdb_name(lowered("İ" * 99 + ".pdb"))


@pytest.mark.parametrize(
    "name", ["a.dll", "pdb", "a#.pdb", "a?.pdb", 'a".pdb', "a\\b.pdb", "\ufffe.pdb"]
)
def test_a_pdb_has_a_name_that_an_address_can_carry(name: str) -> None:
    assert not is_pdb_name(name)


@pytest.mark.parametrize(
    ("header", "checksums"),
    [
        ("", set()),
        (";; ", set()),
        ("SHA256:00FFaa", {"sha256:00ffaa"}),
        ("SHA256:00; SHA384:11;", {"sha256:00", "sha384:11"}),
    ],
)
def test_reads_the_checksums_that_a_debugger_knows(header: str, checksums: set[str]) -> None:
    assert read_checksums(header) == checksums
