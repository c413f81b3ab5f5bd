"""The one place that knows which concrete thing goes where."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final, Self

import azure.functions as func

from feed import jobs
from feed.api import (
    catalog,
    content,
    health,
    not_found,
    publish,
    registration,
    search,
    service_index,
    symbols,
    token,
)
from feed.gate import Gate
from feed.logs import set_up_logging
from feed.nuget.service_index import Resource
from feed.nuget.service_index import service_index as index
from feed.nuget.urls import Urls
from feed.services import paths, publishers
from feed.services.access import ADMIN, Access
from feed.services.attempts import Attempts
from feed.services.audit import Audit
from feed.services.cache import Cache
from feed.services.catalog import Catalog
from feed.services.changes import Changes
from feed.services.clock import Clock, system_choose, system_clock, system_random
from feed.services.completion import Completion
from feed.services.documents import Documents
from feed.services.downloads import Downloads
from feed.services.exchange import Exchange
from feed.services.health import Health
from feed.services.issuers import Issuers
from feed.services.keyring import Keyring
from feed.services.keys import Keys
from feed.services.log import Log
from feed.services.packages import Packages
from feed.services.pointers import Pointers
from feed.services.publishing import Publishing
from feed.services.rebuild import Rebuild
from feed.services.receiving import MB, Receiving
from feed.services.registrations import Registrations
from feed.services.repair import Repair
from feed.services.search.following import Following
from feed.services.search.searching import Search
from feed.services.search.snapshots import Snapshots
from feed.services.sessions import Sessions
from feed.services.showcase import Showcase
from feed.services.statistics import Statistics
from feed.services.symbol_publishing import SymbolPublishing
from feed.services.symbols import Symbols
from feed.services.throttle import Sleep, Throttle
from feed.services.trust import Trust
from feed.services.truth import Truth
from feed.settings import Settings
from feed.storage.azure import AzureStorage
from feed.storage.azure_accounts import (
    Account,
    ConnectionString,
    managed_identity,
    named_account,
)
from feed.storage.blobs import Blobs
from feed.storage.memory import MemoryStorage
from feed.storage.rows import Rows
from feed.storage.storage import Storage
from feed.upstream.fetching import Fetch, fetch
from feed.web import figures, guides, packages, pages, signing
from feed.web.answers import Html
from feed.web.links import contact_link

RESOURCES: Final = frozenset(
    {
        Resource.AUTOCOMPLETE,
        Resource.CATALOG,
        Resource.CONTENT,
        Resource.OWNER_DETAILS,
        Resource.PACKAGE_DETAILS,
        Resource.PUBLISH,
        Resource.README,
        Resource.REGISTRATION,
        Resource.SEARCH,
        Resource.SYMBOL_PUBLISH,
    }
)
"""What works by now, whatever the settings: the service index names nothing else."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The world as a feed meets it; tests bring one of their own."""

    clock: Clock = system_clock
    sleep: Sleep = asyncio.sleep
    fetch: Fetch = fetch


OUTSIDE: Final = Outside()


@dataclass(frozen=True, slots=True)
class Feed:
    """Every service, made once a process."""

    storage: Storage
    urls: Urls
    gate: Gate
    audit: Audit
    keyring: Keyring
    keys: Keys
    trust: Trust
    exchange: Exchange
    health: Health
    truth: Truth
    log: Log
    documents: Documents
    attempts: Attempts
    completion: Completion
    receiving: Receiving
    publishing: Publishing
    symbol_publishing: SymbolPublishing
    symbols: Symbols
    packages: Packages
    downloads: Downloads
    registrations: Registrations
    catalog: Catalog
    search: Search
    changes: Changes
    repair: Repair
    rebuild: Rebuild
    showcase: Showcase
    html: Html
    resources: frozenset[Resource]

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls.on(storage(settings), settings)

    @classmethod
    def on(cls, storage: Storage, settings: Settings, outside: Outside = OUTSIDE) -> Self:
        blobs, rows, clock = storage.blobs, storage.rows, outside.clock
        truth, log, documents, attempts, completion = _ground(blobs, rows, clock)
        urls, cache, pointers = Urls(settings.public_url), Cache(blobs), attempts.pointers
        audit, keyring, keys, trust = _keyholding(rows, log, clock)
        downloads, search = _finding(rows, log, urls, settings.search_freshness)
        issuers, throttle = Issuers(outside.fetch, clock), Throttle(clock, outside.sleep)
        return cls(
            storage=storage,
            urls=urls,
            gate=_gate(settings, rows, keyring, throttle, clock),
            audit=audit,
            keyring=keyring,
            keys=keys,
            trust=trust,
            exchange=Exchange(trust, issuers, keys, throttle, _audiences(settings)),
            health=Health(blobs, log),
            truth=truth,
            log=log,
            documents=documents,
            attempts=attempts,
            completion=completion,
            receiving=Receiving(settings.max_package_mb * MB, settings.max_receiving_mb * MB),
            publishing=Publishing(
                truth, log, documents, attempts, completion, clock, settings.reuse_deleted
            ),
            symbol_publishing=SymbolPublishing(truth, log, attempts, pointers, completion, clock),
            symbols=Symbols(blobs, pointers),
            packages=Packages(blobs, cache, settings.downloads == "redirect"),
            downloads=downloads,
            registrations=Registrations(cache, urls),
            catalog=Catalog(log, truth, urls),
            search=search,
            changes=Changes(truth, log, completion, settings.delete),
            repair=Repair(rows, truth, log, documents, attempts, completion, clock, system_random),
            rebuild=Rebuild(truth, documents),
            showcase=Showcase(cache, truth, log, downloads, search),
            html=Html(urls, settings.read == "private", contact_link(settings.contact)),
            resources=RESOURCES | ({Resource.REPORT_ABUSE} if settings.contact else set()),
        )

    @asynccontextmanager
    async def running(self, *, ensures: bool = True) -> AsyncIterator[None]:
        """Make what is missing, refuse data that is too new; at the end, finish and let go."""
        try:
            if ensures:
                await self.storage.ensure(paths.TABLES)
            await self.log.find_head()
            yield
        finally:
            await self.completion.settle()
            await self.search.following.close()
            await self.downloads.settle()
            await self.keyring.settle()
            await self.storage.close()


def _ground(
    blobs: Blobs, rows: Rows, clock: Clock
) -> tuple[Truth, Log, Documents, Attempts, Completion]:
    """Make what every change of the feed is made of."""
    truth = Truth(blobs, rows)
    log = Log(rows, truth, clock, system_random)
    documents, attempts = Documents(blobs, truth), Attempts(blobs, truth, Pointers(rows, truth))
    return truth, log, documents, attempts, Completion(truth, log, documents, attempts)


def _keyholding(rows: Rows, log: Log, clock: Clock) -> tuple[Audit, Keyring, Keys, Trust]:
    """Make what knows who may do what, and who changed that."""
    audit, keyring = Audit(rows, log, clock, system_random), Keyring(rows, clock)
    keys = Keys(rows, keyring, audit, clock, system_choose)
    return audit, keyring, keys, Trust(rows, audit, clock, system_choose)


def _gate(
    settings: Settings, rows: Rows, keyring: Keyring, throttle: Throttle, clock: Clock
) -> Gate:
    admin_key = settings.admin_key.get_secret_value() if settings.admin_key else None
    admin = (admin_key, ADMIN) if admin_key else None
    sessions = Sessions(rows, keyring, admin, clock, system_random)
    access = Access(
        keyring,
        settings.read == "public",
        admin_key,
        throttle,
        sessions,
        takes_checksums=settings.symbols == "by-checksum",
    )
    return Gate(access, settings.client_address_header)


def _audiences(settings: Settings) -> dict[str, str | None]:
    """Say whom tokens must be meant for, by who sends them."""
    return {
        publishers.GITHUB: settings.github_audience or settings.public_url,
        publishers.ENTRA: settings.entra_audience,
    }


def storage(settings: Settings) -> Storage:
    if settings.storage_account:
        credential = managed_identity(settings.identity_client_id)
        account: Account = named_account(settings.storage_account, credential)
    else:
        text = settings.storage.get_secret_value() if settings.storage else ""
        if text == "memory:":
            return MemoryStorage()
        account = ConnectionString(text)
    return AzureStorage(account, clock=partial(datetime.now, UTC), container=paths.CONTAINER)


def _finding(rows: Rows, log: Log, urls: Urls, freshness: float) -> tuple[Downloads, Search]:
    """Search, and the counts that order what it finds."""
    downloads = Downloads(rows, log.clock, log.random)
    snapshots = Snapshots(log.truth.blobs, log.clock, log.random)
    return downloads, Search(Following(log, downloads, snapshots, freshness), urls)


def function_app(feed: Feed) -> func.FunctionApp:
    set_up_logging()
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    gate = feed.gate
    app.register_functions(catalog.blueprint(gate, feed.catalog))
    app.register_functions(content.blueprint(gate, feed.packages, feed.downloads))
    app.register_functions(guides.blueprint(gate, feed.html))
    app.register_functions(health.blueprint(gate, feed.health))
    app.register_functions(
        jobs.blueprint(feed.repair, feed.search.following, feed.downloads, feed.trust)
    )
    app.register_functions(not_found.blueprint(gate.page(feed.html.fail), feed.urls.service_index))
    statistics = Statistics(feed.search, feed.downloads, feed.log.clock)
    app.register_functions(packages.blueprint(gate, feed.html, feed.showcase))
    app.register_functions(pages.blueprint(gate, feed.html, feed.showcase, feed.search))
    app.register_functions(figures.blueprint(gate, feed.html, statistics))
    app.register_functions(publish.blueprint(gate, feed.receiving, feed.publishing, feed.changes))
    app.register_functions(registration.blueprint(gate, feed.registrations))
    app.register_functions(search.blueprint(gate, feed.search))
    app.register_functions(service_index.blueprint(gate, index(feed.urls, feed.resources)))
    app.register_functions(
        symbols.blueprint(gate, feed.receiving, feed.symbol_publishing, feed.symbols)
    )
    app.register_functions(token.blueprint(gate, feed.exchange))
    app.register_functions(signing.blueprint(gate, feed.html))
    return app
