"""Points in time as ticks of 100 ns since 1970, and how documents write them.

https://learn.microsoft.com/nuget/api/catalog-resource#cursor
"""

import re
from datetime import UTC, datetime, timedelta

from feed.errors import InvalidTimestamp

_SECOND = 10_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GRAMMAR = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:\.([0-9]{1,7}))?(Z|[+-][0-9]{2}:[0-9]{2})"
)

# NuGet, registration: "the `published` value is set to year 1900 when the package is unlisted".
UNLISTED = -2_208_988_800 * _SECOND


def ticks_at(moment: datetime) -> int:
    """Return the ticks of a moment that knows its zone."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 10


def moment_at(ticks: int) -> datetime:
    """Return the moment of so many ticks, to the microsecond."""
    return _EPOCH + timedelta(microseconds=ticks // 10)


def format_ticks(ticks: int) -> str:
    """Write it as `2024-02-29T12:00:00.1234567Z`, which sorts as text does."""
    seconds, fraction = _split(ticks)
    return f"{seconds}.{fraction}Z"


def format_published(ticks: int) -> str:
    """Write it as nuget.org writes `published`: `1900-01-01T00:00:00+00:00`."""
    seconds, fraction = _split(ticks)
    return f"{seconds}.{fraction}".rstrip("0").rstrip(".") + "+00:00"


def parse_ticks(text: str) -> int:
    """Read either form, in any zone."""
    match = _GRAMMAR.fullmatch(text)
    if match is None:
        raise InvalidTimestamp(text)
    seconds, fraction, zone = match.groups("")
    try:
        moment = datetime.fromisoformat(seconds + zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidTimestamp(text) from error
    return ticks_at(moment) + int(fraction.ljust(7, "0"))


def _split(ticks: int) -> tuple[str, str]:
    seconds, fraction = divmod(ticks, _SECOND)
    moment = _EPOCH + timedelta(seconds=seconds)
    return moment.isoformat(timespec="seconds").removesuffix("+00:00"), f"{fraction:07}"
