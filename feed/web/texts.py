"""Texts of packages and numbers, made fit to be shown."""

import re
from collections.abc import Iterable
from typing import Final

from feed.nuget.manifest import DEFAULT_PACKAGE_TYPE

LONGEST: Final = 4000
_KB: Final = 1024

# Unicode, UAX #9: "explicit directional formatting characters". With them a text reads otherwise
# than it is: `\u202egnp.exe` as `exe.png`.
_DIRECTIONS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Show characters in the order in which they stand."""
    return _DIRECTIONS.sub("", text)


def cut(text: str, longest: int = LONGEST) -> str:
    text = plain(text)
    return text if len(text) <= longest else text[:longest] + "…"


def special_types(types: Iterable[str]) -> list[str]:
    """Leave out the package type that goes without saying."""
    return [cut(each, 40) for each in types if each.lower() != DEFAULT_PACKAGE_TYPE.lower()]


def size(count: int) -> str:
    for power, unit in ((3, "GB"), (2, "MB"), (1, "KB")):
        if count >= _KB**power:
            return f"{count / _KB**power:,.1f} {unit}"
    return "1 byte" if count == 1 else f"{count} bytes"


def counted(count: int, thing: str) -> str:
    """Spell how many there are: `1 package`, `1,234 packages`."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
