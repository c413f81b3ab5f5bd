"""From settings to a feed that answers: the part of `serve` that is slow to import."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from socket import socket

from feed.app import Feed, function_app
from feed.cli.errors import SettingsInvalid, StorageUnusable
from feed.cli.logs import log_to_terminal
from feed.errors import FeedError
from feed.localhost import Localhost, run
from feed.settings import InvalidSettings, Settings


def make_feed(environ: Mapping[str, str]) -> tuple[Feed, Settings]:
    try:
        settings = Settings.from_environment(environ)
        return Feed.from_settings(settings), settings
    except InvalidSettings as error:
        raise SettingsInvalid(str(error)) from error


def run_feed(feed: Feed, listener: socket, on_ready: Callable[[], None]) -> None:
    """Answer requests until a signal comes."""
    failures: list[FeedError] = []

    @asynccontextmanager
    async def living() -> AsyncIterator[None]:
        try:
            async with feed.running():
                on_ready()
                yield
        except FeedError as error:
            failures.append(error)
            raise

    log_to_terminal()
    # What is known to have failed is told in our own line, and not in the server's as well.
    logging.getLogger("uvicorn.error").addFilter(lambda _: not failures)
    try:
        run(Localhost(function_app(feed), living), listener)
    except SystemExit:
        if not failures:
            raise
    if failures:
        raise StorageUnusable(str(failures[0]))
