"""`repair`: what the timer does every 15 minutes, now."""

import sys
from typing import TYPE_CHECKING

import typer

from feed.cli.options import Account, Data

if TYPE_CHECKING:  # slow to import
    from feed.app import Feed
    from feed.services.repair import Repaired


def repair(*, data: Data = None, account: Account = None) -> None:
    """Finish what was left half done, and forget what never happened."""
    from feed.cli.feeds import Where, on_feed  # noqa: PLC0415  (slow to import)

    async def run(feed: "Feed") -> "Repaired":
        await feed.trust.forget_ended()
        return await feed.repair.run()

    done = on_feed(Where(data, account), run)
    for package_id, damage in done.damage.items():
        print(f"damaged {package_id}: {damage}", file=sys.stderr)
    print(_told(done))
    if done.damage:
        raise typer.Exit(1)


def _told(done: "Repaired") -> str:
    if done.is_turn_taken:
        return "another one is repairing; if it has died, its turn ends after ten minutes"
    if not (done.finished or done.dropped or done.merged or done.damage):
        return "nothing to repair"
    return (
        f"changes finished: {done.finished}, attempts dropped: {done.dropped}, "
        f"events documented again: {done.merged}"
    )
