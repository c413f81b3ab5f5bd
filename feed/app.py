"""The one place that knows which concrete thing goes where."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Self

import azure.functions as func

from feed import jobs
from feed.api import content, health, not_found, publish, registration, service_index
from feed.nuget.service_index import Resource
from feed.nuget.service_index import service_index as index
from feed.nuget.urls import Urls
from feed.services.access import Access
from feed.services.cache import Cache
from feed.services.changes import Changes
from feed.services.clock import Clock, system_clock, system_random
from feed.services.completion import Completion
from feed.services.documents import Documents
from feed.services.health import Health
from feed.services.log import Log
from feed.services.packages import Packages
from feed.services.publishing import Publishing
from feed.services.receiving import MB, Receiving
from feed.services.registrations import Registrations
from feed.services.repair import Repair
from feed.services.truth import Truth
from feed.settings import InvalidSettings, Settings
from feed.storage.blobs import Blobs
from feed.storage.memory import MemoryBlobs, MemoryRows
from feed.storage.rows import Rows
from feed.wire import Gate

RESOURCES: Final = frozenset(
    {Resource.CONTENT, Resource.PUBLISH, Resource.README, Resource.REGISTRATION}
)
"""What works by now: the service index names nothing else."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Every service, made once a process."""

    blobs: Blobs
    rows: Rows
    urls: Urls
    access: Access
    health: Health
    truth: Truth
    log: Log
    documents: Documents
    completion: Completion
    receiving: Receiving
    publishing: Publishing
    packages: Packages
    registrations: Registrations
    changes: Changes
    repair: Repair

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls.on(*storage(settings), settings)

    @classmethod
    def on(cls, blobs: Blobs, rows: Rows, settings: Settings, clock: Clock = system_clock) -> Self:
        admin_key = settings.admin_key.get_secret_value() if settings.admin_key else None
        urls, cache = Urls(settings.public_url), Cache(blobs)
        truth = Truth(blobs, rows, clock)
        log = Log(rows, truth, clock, system_random)
        documents = Documents(blobs, truth)
        completion = Completion(truth, log, documents)
        return cls(
            blobs=blobs,
            rows=rows,
            urls=urls,
            access=Access(is_public=settings.read == "public", admin_key=admin_key),
            health=Health(blobs, log),
            truth=truth,
            log=log,
            documents=documents,
            completion=completion,
            receiving=Receiving(settings.max_package_mb * MB, settings.max_receiving_mb * MB),
            publishing=Publishing(
                blobs, truth, log, documents, completion, clock, settings.reuse_deleted
            ),
            packages=Packages(blobs, cache, settings.downloads == "redirect"),
            registrations=Registrations(cache, urls),
            changes=Changes(truth, log, completion, settings.delete),
            repair=Repair(rows, truth, log, documents, completion, clock, system_random),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Refuse data that is too new; finish what is under way; let go of storage."""
        try:
            await self.log.find_head()
            yield
        finally:
            await self.completion.settle()
            await self.rows.close()
            await self.blobs.close()


def storage(settings: Settings) -> tuple[Blobs, Rows]:
    if settings.storage and settings.storage.get_secret_value() == "memory:":
        return MemoryBlobs(), MemoryRows()
    raise InvalidSettings("FEED_STORAGE can only be memory: by now")


def function_app(feed: Feed) -> func.FunctionApp:
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    gate = Gate(feed.access)
    app.register_functions(content.blueprint(gate, feed.packages))
    app.register_functions(health.blueprint(gate, feed.health))
    app.register_functions(jobs.blueprint(feed.repair))
    app.register_functions(not_found.blueprint(gate))
    app.register_functions(publish.blueprint(gate, feed.receiving, feed.publishing, feed.changes))
    app.register_functions(registration.blueprint(gate, feed.registrations))
    app.register_functions(service_index.blueprint(gate, index(feed.urls, RESOURCES)))
    return app
