from datetime import UTC, datetime, timedelta

import pytest

from tests.nuget.zips import JANUARY_2024, NOW, Part, deflated, faults_of, package_of, read


@pytest.mark.parametrize(
    "name",
    [
        "lib/net8.0/A.dll",
        "lib/net8.0/",
        "_._",
        ".signature.p7s.txt",
        "a..b/c..",
        "lib\\net45\\A.dll",
    ],
)
def test_ordinary_names_are_accepted(name: str) -> None:
    assert read(package_of(Part(name, method=0))).entries[1].full_name == name


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("/etc/passwd", "has an absolute path"),
        ("\\Windows\\a.dll", "has an absolute path"),
        ("C:\\a.dll", "has an absolute path"),
        ("c:a.dll", "has an absolute path"),
        ("\\\\server\\share\\a.dll", "has an absolute path"),
        ("//server/share/a.dll", "has an absolute path"),
        ("%2Fetc/passwd", "has an absolute path"),
        ("../a.dll", "has . or .. in its path"),
        ("..", "has . or .. in its path"),
        ("lib/../../a.dll", "has . or .. in its path"),
        ("lib\\..\\..\\a.dll", "has . or .. in its path"),
        ("%2e%2e/a.dll", "has . or .. in its path"),
        ("./a.dll", "has . or .. in its path"),
        ("lib//a.dll", "has an empty part in its path"),
        ("lib\\\\a.dll", "has an empty part in its path"),
        ("lib/\\a.dll", "has an empty part in its path"),
        ("lib%2F%5Ca.dll", "has an empty part in its path"),
        ("lib//", "has an empty part in its path"),
        ("", "has an empty part in its path"),
        ("a.dll\0.txt", "has a control character in its name"),
        ("a%00.dll", "has a control character in its name"),
        ("a\n.dll", "has a control character in its name"),
    ],
)
def test_names_that_unpack_outside_or_nowhere_are_refused(name: str, fault: str) -> None:
    assert faults_of(package_of(Part(name))) == (f"entry {name!r} {fault}",)


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ("a.txt", "a.txt", "a.txt"),
        ("lib/A.dll", "LIB/a.dll", "lib/a.dll"),
        ("lib/A.dll", "lib\\A.dll", "lib/a.dll"),
        ("a b.txt", "a%20b.txt", "a b.txt"),
        ("lib", "lib/", "lib"),
        ("É.txt", "é.txt", "é.txt"),
    ],
)
def test_entries_that_collide_by_case_or_slash_are_refused(
    first: str, second: str, shown: str
) -> None:
    assert faults_of(package_of(Part(first), Part(second))) == (f"2 entries unpack to {shown!r}",)


def dos(moment: datetime) -> int:
    date = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return date << 16 | moment.hour << 11 | moment.minute << 5 | moment.second // 2


def test_an_entry_dated_more_than_a_day_in_the_future_is_refused() -> None:
    part = Part("a.txt", modified=dos(NOW + timedelta(days=1, seconds=2)))
    assert faults_of(package_of(part)) == ("entry 'a.txt' is dated more than a day in the future",)


@pytest.mark.parametrize(
    "modified",
    [0, JANUARY_2024, dos(NOW + timedelta(days=1)), dos(datetime(1980, 1, 1, tzinfo=UTC))],
)
def test_an_entry_may_be_of_any_other_time(modified: int) -> None:
    read(package_of(Part("a.txt", modified=modified)))


BOMB = Part("bomb", packed=deflated(bytes(2**20)), size=2**20)


def test_a_package_may_unpack_to_64_mb_however_small_it_is() -> None:
    read(package_of(*(Part(f"{n}", packed=BOMB.packed, size=2**20) for n in range(63))))


def test_a_package_that_unpacks_to_a_hundred_times_its_size_is_refused() -> None:
    parts = (Part(f"{n}", packed=BOMB.packed, size=2**20) for n in range(65))
    (fault,) = faults_of(package_of(*parts))
    assert fault.startswith("it unpacks to 68157")
    assert fault.endswith(" bytes, 67108864 are allowed for its size")


def test_a_package_that_unpacks_to_more_than_4_gb_is_refused() -> None:
    packed = bytes(10_000_000)
    parts = (Part(f"{n}", packed=packed, size=900_000_000) for n in range(5))
    (fault,) = faults_of(package_of(*parts))
    assert fault.endswith(" bytes, 4294967296 are allowed for its size")
