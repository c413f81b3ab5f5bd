"""The feed that a command works on: the one that `serve` keeps here, or one in Azure."""

import asyncio
import getpass
import logging
import os
import platform
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from feed.app import Feed, storage
from feed.cli import DATA
from feed.cli.azurite import local_storage
from feed.cli.errors import ConflictingOptions, SettingsInvalid, StorageUnusable
from feed.errors import StorageUnavailable, Unavailable
from feed.services import paths
from feed.services.callers import Actor
from feed.settings import InvalidSettings, Settings
from feed.storage.azure import AzureStorage
from feed.storage.azure_accounts import Patience, named_account, signed_in

T = TypeVar("T")

# To ask the Azure CLI for a token is to start it, which takes seconds.
_PATIENCE: Final = Patience(answer=30, total=60)


@dataclass(frozen=True, slots=True)
class Where:
    """What the options of a command say of its feed."""

    data: Path | None
    account: str | None


def on_feed(where: Where, work: Callable[[Feed], Awaitable[T]]) -> T:
    """Open the feed, work on it, and close it."""
    logging.getLogger("azure").setLevel(logging.ERROR)  # our own line says what is wrong
    with _settings(where) as settings:
        try:
            return asyncio.run(_work(settings, work))
        except Unavailable as error:
            is_refused = settings.storage_account and isinstance(error, StorageUnavailable)
            hint = "; `az login` signs you in" if is_refused else ""
            raise StorageUnusable(f"{error}{hint}") from error


def me() -> Actor:
    """Say who types the command, as far as this machine knows."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "somebody"
    return Actor(f"{user}@{platform.node()}", address="command line")


@contextmanager
def _settings(where: Where) -> Iterator[Settings]:
    """Find the storage where `serve` would, and run it for as long as it is needed."""
    if where.account and where.data:
        raise ConflictingOptions("--account names a feed in Azure, so it goes without --data")
    is_named = any(map(os.environ.get, ("FEED_STORAGE", "FEED_STORAGE_ACCOUNT")))
    if where.account:
        yield _read({"FEED_STORAGE": "", "FEED_STORAGE_ACCOUNT": where.account})
    elif is_named and not where.data:
        if os.environ.get("FEED_STORAGE") == "memory:":
            raise ConflictingOptions("FEED_STORAGE is memory:, which nobody else can open")
        yield _read({})
    else:
        with local_storage((where.data or DATA).absolute()) as connection:
            yield _read({"FEED_STORAGE": connection, "FEED_STORAGE_ACCOUNT": ""})


def _read(given: dict[str, str]) -> Settings:
    usual = {"FEED_PUBLIC_URL": "http://localhost"}  # no command writes an address anywhere
    try:
        return Settings.from_environment({**usual, **os.environ, **given})
    except InvalidSettings as error:
        raise SettingsInvalid(str(error)) from error


async def _work(settings: Settings, work: Callable[[Feed], Awaitable[T]]) -> T:
    account = settings.storage_account
    if account:
        place = AzureStorage(
            named_account(account, signed_in),
            clock=partial(datetime.now, UTC),
            container=paths.CONTAINER,
            patience=_PATIENCE,
        )
        feed = Feed.on(place, settings)
    else:
        feed = Feed.on(storage(settings), settings)
    async with feed.running(ensures=not account):
        return await work(feed)
