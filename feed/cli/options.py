"""Options that several commands share, and how they read what is typed."""

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from feed.services.clock import DAY, HOUR, MINUTE

Data = Annotated[
    Path | None,
    typer.Option(help="Where `serve` keeps the feed.", show_default=".larder in the checkout"),
]
Account = Annotated[
    str | None, typer.Option(help="A feed in Azure: the name of its storage account.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_UNITS: Final = {"m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_SPAN: Final = re.compile(r"([0-9]{1,5})([mhdw])")


def read_span(text: str) -> int:
    """Read a span of time such as 90d, in ticks."""
    match = _SPAN.fullmatch(text.strip())
    if not match:
        raise typer.BadParameter(f"{text!r} is not a span of time such as 30m, 24h, 90d or 8w")
    return int(match[1]) * _UNITS[match[2]]
