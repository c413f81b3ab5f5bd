"""`log`: who did what to the feed, when and from where."""

from typing import TYPE_CHECKING, Annotated

import typer

from feed.cli.options import Account, Data, Json, read_span
from feed.cli.tables import lines, print_json
from feed.nuget.identity import PackageId
from feed.nuget.timestamps import format_ticks
from feed.services.clock import system_clock

if TYPE_CHECKING:  # slow to import
    from feed.app import Feed
    from feed.services.audit import Deed


def log(
    *,
    since: Annotated[
        str, typer.Option(metavar="SPAN", help="How far to look back, or forever.")
    ] = "7d",
    package: Annotated[
        str | None, typer.Option(metavar="ID", help="Only what was done to this id.")
    ] = None,
    data: Data = None,
    account: Account = None,
    json: Json = False,
) -> None:
    """Print who did what, when and from where, oldest first."""
    from feed.cli.feeds import Where, on_feed  # noqa: PLC0415  (slow to import)

    first = 0 if since == "forever" else system_clock() - read_span(since)
    package_id = PackageId.parse(package) if package else None

    async def find(feed: "Feed") -> "list[Deed]":
        return [deed async for deed in feed.audit.deeds(first, package_id)]

    deeds = on_feed(Where(data, account), find)
    if json:
        print_json([_fields(deed) for deed in deeds])
    else:
        print("\n".join(lines(_HEADER, *map(_row, deeds))))


_HEADER = ("WHEN", "WHAT", "TO", "BY", "KEY", "FROM")


def _row(deed: "Deed") -> tuple[str, ...]:
    subject = f"{deed.package} {deed.version}" if deed.package else _key(deed)
    when = format_ticks(deed.stamp)[:19].replace("T", " ")
    actor = deed.actor
    return when, deed.verb, subject, actor.name, actor.key or "-", actor.address or "-"


def _key(deed: "Deed") -> str:
    return f"{deed.subject_name} ({deed.subject})"


def _fields(deed: "Deed") -> dict[str, object]:
    actor = {"name": deed.actor.name, "key": deed.actor.key, "address": deed.actor.address}
    said = {"when": format_ticks(deed.stamp), "what": deed.verb}
    if deed.package:
        return {**said, "package": deed.package, "version": deed.version, "by": actor}
    return {**said, "key": {"id": deed.subject, "name": deed.subject_name}, "by": actor}
