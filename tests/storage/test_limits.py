from collections.abc import Mapping

import pytest

from feed.storage.limits import (
    BeyondLimits,
    check_row,
    check_transaction,
    key_fault,
    path_fault,
    row_size,
    utf16_length,
)
from feed.storage.rows import Create, Delete, Key, Value
from tests.storage.contract.samples import STRANGE_NAMES, key


@pytest.mark.parametrize(
    "path",
    [
        "a",
        "a/b.c/d",
        ".a",
        "..a",
        "a/...b",
        "x" * 1024,
        "/".join("x" * 254),
        *STRANGE_NAMES,
        "#",
        "a?",
    ],
)
def test_a_blob_may_be_called(path: str) -> None:
    assert path_fault(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "a/../b",
        "a./b",
        "a.",
        "a\\b",
        "a\0",
        "a\n",
        "\x7f",
        "\x81",
        "\ud800",
        "\uffff",
        "x" * 1025,
        "/".join("x" * 255),
    ],
)
def test_no_blob_may_be_called(path: str) -> None:
    assert path_fault(path) is not None


@pytest.mark.parametrize("name", ["", "a", "a.", "x" * 512, "😀" * 256, *STRANGE_NAMES])
def test_a_row_may_lie_at(name: str) -> None:
    assert key_fault(key(name)) is None
    assert key_fault(key("r", partition=name)) is None


@pytest.mark.parametrize(
    "name",
    [
        "/",
        "a\\b",
        "#a",
        "a?",
        "a\0",
        "a\t",
        "a\n",
        "\x7f",
        "\x9f",
        "\ud800",
        "x" * 513,
        "😀" * 257,
    ],
)
def test_no_row_may_lie_at(name: str) -> None:
    assert key_fault(key(name)) is not None
    assert key_fault(key("r", partition=name)) is not None


@pytest.mark.parametrize("table", ["", "ab", "1ab", "a-b", "a_b", "ä" * 3, "x" * 64, "abc\n"])
def test_no_table_may_be_called(table: str) -> None:
    assert key_fault(Key(table, "p", "r")) is not None


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"v": 2**63 - 1, "w": -(2**63)},
        {"v": "x" * 32768},
        {"v": "😀" * 16384},
        {f"p{number}": True for number in range(252)},
        {"ümlaut_1": 1},
        {"x" * 255: 1},
    ],
    ids=lambda values: repr(values)[:30],
)
def test_a_row_may_hold(values: Mapping[str, Value]) -> None:
    check_row(key("r"), values)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"v": 2**63}, "v is 9223372036854775808, which is more than 64 bits"),
        ({"v": -(2**63) - 1}, "more than 64 bits"),
        ({"v": "x" * 32769}, "v is longer than 32768 characters"),
        ({"v": "😀" * 16384 + "x"}, "v is longer than 32768 characters"),
        ({"v": "\ud800"}, "v is not Unicode text"),
        ({"v": 1.5}, "v is neither str, int nor bool"),
        ({"v": None}, "v is neither str, int nor bool"),
        ({f"p{number}": 1 for number in range(253)}, "at most 252 properties, not 253"),
        ({"a-b": 1}, "a property cannot be called 'a-b'"),
        ({"": 1}, "a property cannot be called ''"),
        ({"x" * 256: 1}, "a property cannot be called"),
        ({"RowKey": "r"}, "a property cannot be called 'RowKey'"),
        ({"Timestamp": "r"}, "a property cannot be called 'Timestamp'"),
        ({f"p{number}": "x" * 32768 for number in range(16)}, "at most 1048576 bytes"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_no_row_may_hold(values: Mapping[str, Value], fault: str) -> None:
    with pytest.raises(BeyondLimits, match=fault):
        check_row(key("r"), values)


def test_a_row_is_measured_as_azure_does() -> None:
    values: dict[str, Value] = {"text": "12345", "number": 1, "yes": True}
    keys = 4 + 2 * (len("p") + len("r"))
    text, number, yes = 8 + 2 * 4 + 4 + 2 * 5, 8 + 2 * 6 + 8, 8 + 2 * 3 + 1
    assert row_size(key("r"), values) == keys + text + number + yes


def test_a_row_may_be_a_mebibyte_and_not_a_byte_more() -> None:
    values: dict[str, Value] = {f"p{number}": "x" * 32768 for number in range(15)}
    room = 2**20 - row_size(key("r"), {**values, "w": "", "flag": True})
    values |= {"w": "x" * (room // 2), "flag": True}
    assert row_size(key("r"), values) in (2**20, 2**20 - 1)
    check_row(key("r"), values)
    with pytest.raises(BeyondLimits, match="bytes, not 10485"):
        check_row(key("rr"), values)


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("abc", 3), ("ü", 1), ("日本", 2), ("😀", 2)]
)
def test_characters_count_as_in_utf_16(text: str, length: int) -> None:
    assert utf16_length(text) == length


def test_a_transaction_may_be_nearly_four_mebibytes() -> None:
    writes = [Create(key(f"{number}"), {"v": "x" * 32768}) for number in range(100)]
    check_transaction(writes)
    writes = [
        Create(key(f"{number}"), {"v": "x" * 32768, "w": "x" * 9000}) for number in range(100)
    ]
    with pytest.raises(BeyondLimits, match="less than 4194304 bytes"):
        check_transaction(writes)


def test_what_a_transaction_weighs_is_what_goes_over_the_wire() -> None:
    writes = [Create(key(f"{number}"), {"v": "ü" * 8000}) for number in range(100)]
    with pytest.raises(BeyondLimits, match="less than 4194304 bytes"):
        check_transaction(writes)


def test_one_key_in_two_partitions_is_two_rows() -> None:
    with pytest.raises(BeyondLimits, match="one partition"):
        check_transaction([Delete(key("a", partition="p")), Delete(key("a", partition="q"))])
