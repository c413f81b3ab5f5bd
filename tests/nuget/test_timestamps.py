from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.errors import InvalidTimestamp
from feed.nuget.timestamps import UNLISTED, format_published, format_ticks, parse_ticks, ticks_at
from tests.nuget.texts import any_text

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
moments = st.integers(ticks_at(_FIRST), ticks_at(_LAST))


@pytest.mark.parametrize(
    ("ticks", "text", "published"),
    [
        (0, "1970-01-01T00:00:00.0000000Z", "1970-01-01T00:00:00+00:00"),
        (1, "1970-01-01T00:00:00.0000001Z", "1970-01-01T00:00:00.0000001+00:00"),
        (-1, "1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.9999999+00:00"),
        (600_000_000, "1970-01-01T00:01:00.0000000Z", "1970-01-01T00:01:00+00:00"),
        (12_030_000, "1970-01-01T00:00:01.2030000Z", "1970-01-01T00:00:01.203+00:00"),
        (UNLISTED, "1900-01-01T00:00:00.0000000Z", "1900-01-01T00:00:00+00:00"),
    ],
)
def test_writes_both_forms(ticks: int, text: str, published: str) -> None:
    assert (format_ticks(ticks), format_published(ticks)) == (text, published)


def test_a_moment_is_counted_in_any_zone() -> None:
    eastern = timezone(timedelta(hours=-5))
    assert ticks_at(datetime(1969, 12, 31, 19, 0, 0, 7, tzinfo=eastern)) == 70


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00.5+01:00", 5_000_000),
        ("1970-01-01T00:00:00.1234567-00:01", 601_234_567),
        ("1900-01-01T00:00:00+00:00", UNLISTED),
    ],
)
def test_reads_any_zone_and_precision(text: str, ticks: int) -> None:
    assert parse_ticks(text) == ticks


NO_TIMES = """
    1970-01-01 1970-01-01T00:00:00 1970-1-1T00:00:00Z 1970-01-01T00:00:00.Z 1970-02-30T00:00:00Z
    1970-01-01T24:00:00Z 1970-01-01T00:00:60Z 1970-01-01T00:00:00+24:00
    1970-01-01T00:00:00.12345678Z 0000-01-01T00:00:00Z 0001-01-01T00:00:00+01:00
    9999-12-31T23:59:59-00:01
"""


@pytest.mark.parametrize("text", ["", *NO_TIMES.split()])
def test_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(InvalidTimestamp) as refused:
        parse_ticks(text)
    assert str(refused.value) == f"{text!r} is not a time like 2024-02-29T12:00:00.1234567Z"


@given(moments)
def test_what_is_written_reads_back(ticks: int) -> None:
    assert parse_ticks(format_ticks(ticks)) == ticks == parse_ticks(format_published(ticks))


@given(moments, moments)
def test_the_text_sorts_as_time_does(a: int, b: int) -> None:
    assert (format_ticks(a) < format_ticks(b)) == (a < b)


@given(any_text | st.text(alphabet="0129-:.TZ+", max_size=30))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        ticks = parse_ticks(text)
    except InvalidTimestamp:
        return
    assert parse_ticks(format_ticks(ticks)) == ticks
