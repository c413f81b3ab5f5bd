"""`rebuild`: documents made anew from what was pushed."""

import sys
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from feed.cli.options import Account, Data
from feed.nuget.identity import PackageId

if TYPE_CHECKING:  # slow to import
    from feed.app import Feed
    from feed.services.rebuild import Rebuilt


def rebuild(
    package_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", show_default=False, help="Without one, all.")
    ] = None,
    *,
    data: Data = None,
    account: Account = None,
) -> None:
    """Make the documents of a package id, or of all, anew from what was pushed."""
    from feed.cli.feeds import Where, on_feed  # noqa: PLC0415  (slow to import)

    wanted = None if package_id is None else PackageId.parse(package_id)

    async def work(feed: "Feed") -> Counter[str]:
        if wanted:
            return Counter([_told(await feed.rebuild.run(wanted))])
        return Counter([_told(each) async for each in feed.rebuild.run_all()])

    outcomes = on_feed(Where(data, account), work)
    print(f"ids: {outcomes.total()}, corrected: {outcomes['corrected']}")
    if outcomes["damaged"]:
        raise typer.Exit(1)


def _told(rebuilt: "Rebuilt") -> str:
    if rebuilt.damage:
        print(f"damaged {rebuilt.package_id}: {rebuilt.damage}", file=sys.stderr, flush=True)
        return "damaged"
    if rebuilt.was_wrong:
        print(f"corrected {rebuilt.package_id}", flush=True)
        return "corrected"
    return "right"
