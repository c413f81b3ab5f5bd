"""`key`: makes, lists, revokes and rotates the keys of a feed."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from feed.cli.options import Account, Data, Json, read_span
from feed.cli.tables import lines, print_json
from feed.nuget.timestamps import format_ticks
from feed.services.api_key import ApiKey, Terms
from feed.services.callers import Scope
from feed.services.clock import system_clock

if TYPE_CHECKING:  # slow to import
    from feed.app import Feed
    from feed.services.keys import NewKey

Which = Annotated[str, typer.Argument(metavar="KEY", help="Its id, or its name.")]


def key() -> typer.Typer:
    app = typer.Typer(help="Make, list, revoke and rotate keys.", no_args_is_help=True)
    app.command()(create)
    app.command("list")(list_keys)
    app.command()(revoke)
    app.command()(rotate)
    return app


def create(  # noqa: PLR0913  (each is an option)
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who or what will hold the key.")],
    *,
    scope: Annotated[
        list[Scope] | None, typer.Option(help="What it is good for; may be repeated.")
    ] = None,
    packages: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GLOB", help="Ids that it may write, such as 'Contoso.*'; may be repeated."
        ),
    ] = None,
    expires: Annotated[str, typer.Option(metavar="SPAN", help="When it ends, or never.")] = "90d",
    data: Data = None,
    account: Account = None,
    json: Json = False,
) -> None:
    """Make a key, and show it this once."""
    from feed.cli.feeds import Where, me, on_feed  # noqa: PLC0415  (slow to import)

    lifetime = None if expires == "never" else read_span(expires)
    scopes = frozenset(scope or [Scope.READ])
    terms = Terms(name, scopes, tuple(packages or ()), lifetime)
    new = on_feed(Where(data, account), lambda feed: feed.keys.create(terms, me()))
    _show(new, json=json)


def list_keys(
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that are revoked or expired.")
    ] = False,
    data: Data = None,
    account: Account = None,
    json: Json = False,
) -> None:
    """List the keys."""
    from feed.cli.feeds import Where, on_feed  # noqa: PLC0415  (slow to import)

    now = system_clock()
    found = on_feed(Where(data, account), lambda feed: feed.keys.all())
    keys = [key for key in found if everything or key.find_fault(now) is None]
    if json:
        print_json([_fields(key, now) for key in keys])
    else:
        print("\n".join(lines(_HEADER, *(_row(key, now) for key in keys))))


def revoke(which: Which, *, data: Data = None, account: Account = None) -> None:
    """End a key: within a minute no instance takes it any more."""
    from feed.cli.feeds import Where, me, on_feed  # noqa: PLC0415  (slow to import)

    async def end(feed: "Feed") -> ApiKey:
        return await feed.keys.revoke((await feed.keys.get(which)).id, me())

    ended = on_feed(Where(data, account), end)
    print(f"{ended.name} ({ended.id}) is revoked: within a minute no instance takes it any more")


def rotate(
    which: Which,
    *,
    grace: Annotated[
        str, typer.Option(metavar="SPAN", help="How long the old key stays good.")
    ] = "24h",
    data: Data = None,
    account: Account = None,
    json: Json = False,
) -> None:
    """Make a key on the terms of an old one, and show it this once."""
    from feed.cli.feeds import Where, me, on_feed  # noqa: PLC0415  (slow to import)

    span = read_span(grace)

    async def replace(feed: "Feed") -> tuple[ApiKey, "NewKey"]:
        old = await feed.keys.get(which)
        new = await feed.keys.rotate(old.id, span, me())
        return await feed.keys.get(old.id), new

    old, new = on_feed(Where(data, account), replace)
    _show(new, json=json)
    print(f"The old key, {old.id}, is good until {_time(old.expires)}.", file=sys.stderr)


def _show(new: "NewKey", *, json: bool) -> None:
    """Print the key alone where a script reads, and all else beside it."""
    key = new.key
    if json:
        print_json({**_fields(key, key.created), "key": new.text.text})
        return
    print(new.text.text)
    can_write = key.scopes != {Scope.READ}
    writes = (", ".join(key.patterns) or "every id") if can_write else "nothing"
    print(
        f"\nThat is the only time it is shown. {key.name} ({key.id}): {_words(key.scopes)}; "
        f"writes {writes}; expires {_time(key.expires)}.",
        file=sys.stderr,
    )


_HEADER = ("ID", "NAME", "SCOPES", "PACKAGES", "CREATED", "EXPIRES", "LAST USED", "STATE")


def _row(key: ApiKey, now: int) -> tuple[str, ...]:
    return (
        key.id,
        key.name,
        _words(key.scopes),
        " ".join(key.patterns) or "*",
        _time(key.created),
        _time(key.expires),
        _time(key.used),
        (key.find_fault(now) or "good").removeprefix("was "),
    )


def _fields(key: ApiKey, now: int) -> dict[str, object]:
    times = {"created": key.created, "expires": key.expires, "last_used": key.used}
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "packages": key.patterns,
        **{name: None if time is None else format_ticks(time) for name, time in times.items()},
        "revoked": None if key.revoked is None else format_ticks(key.revoked),
        "replaced_by": key.successor,
        "good": key.find_fault(now) is None,
    }


def _words(scopes: Iterable[Scope]) -> str:
    return " ".join(sorted(scopes))


def _time(ticks: int | None) -> str:
    """A time to the minute, as far as it matters to people."""
    return "never" if ticks is None else format_ticks(ticks)[:16].replace("T", " ")
