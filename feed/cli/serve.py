"""`serve`: the feed on this machine, with its storage."""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from types import FrameType
from typing import Annotated, NoReturn

import typer

from feed.cli import DATA
from feed.cli.addresses import bound, is_loopback, listen, public_url
from feed.cli.azurite import local_storage
from feed.cli.data import keep_admin_key, make_admin_key, served
from feed.cli.errors import ConflictingOptions
from feed.cli.welcome import Serving, welcome


@dataclass(frozen=True, slots=True)
class Place:
    """Where the packages are: in a sentence, and in settings."""

    kept: str
    settings: Mapping[str, str]
    admin_key: str | None = None
    """The one that we made; None where the environment has one."""

    can_redirect: bool = True
    """Whether clients can fetch packages from there themselves."""


def serve(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 7071,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    data: Annotated[
        Path | None,
        typer.Option(help="Where everything is kept.", show_default=".larder in the checkout"),
    ] = None,
    memory: Annotated[
        bool, typer.Option("--memory", help="Keep everything in memory, and forget it at the end.")
    ] = False,
) -> None:
    """Run the feed on this machine until Ctrl+C.

    FEED_… variables count as in Azure; only --data and --memory beat them.
    """
    if memory and data:
        raise ConflictingOptions("--memory keeps nothing, so it goes without --data")
    _end_on_signals()
    with bound(host, port) as listener:
        url = public_url(host, listener.getsockname()[1])
        with _place(data, listener, url, is_memory=memory) as place:
            _run(place, url, listener)


def _end_on_signals() -> None:
    """Let SIGTERM end us as Ctrl+C does: everything that is open is closed, in order."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _end)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


@contextmanager
def _place(data: Path | None, listener: socket, url: str, *, is_memory: bool) -> Iterator[Place]:
    needs_key = not os.environ.get("FEED_ADMIN_KEY")
    if is_memory:
        kept = "The packages are in memory, and gone when this ends."
        key = make_admin_key() if needs_key else None
        yield Place(kept, _storage("memory:"), key, can_redirect=False)
    elif not data and any(map(os.environ.get, ("FEED_STORAGE", "FEED_STORAGE_ACCOUNT"))):
        kept = "The packages are in the storage that the environment names."
        yield Place(kept, {}, keep_admin_key(DATA) if needs_key else None)
    else:
        directory = (data or DATA).absolute()
        with served(directory, url), local_storage(directory) as connection:
            kept = f"The packages are in {directory}."
            key = keep_admin_key(directory) if needs_key else None
            # Azurite answers this machine only.
            yield Place(kept, _storage(connection), key, can_redirect=is_loopback(listener))


def _storage(connection: str) -> dict[str, str]:
    return {"FEED_STORAGE": connection, "FEED_STORAGE_ACCOUNT": ""}


def environment(environ: Mapping[str, str], place: Place, url: str) -> dict[str, str]:
    """Lay the caller's variables over what `serve` takes for granted, and its flags over both."""
    defaults = {
        "FEED_PUBLIC_URL": url,
        "FEED_READ": "public",
        "FEED_DOWNLOADS": "redirect" if place.can_redirect else "stream",
        "FEED_ADMIN_KEY": place.admin_key or "",
    }
    given = {name: value for name, value in environ.items() if value}
    return {**defaults, **given, **place.settings}


def _run(place: Place, url: str, listener: socket) -> None:
    from feed.cli.serving import make_feed, run_feed  # noqa: PLC0415  (slow to import)

    feed, settings = make_feed(environment(os.environ, place, url))
    serving = Serving(
        public_url=settings.public_url,
        kept=place.kept,
        admin_key=place.admin_key,
        is_private=settings.read == "private",
    )
    listen(listener)
    run_feed(feed, listener, lambda: print(welcome(serving), end="", flush=True))
