"""The reading half of a feed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

import azure.functions as func
import httpx

from feed.api import content, not_found, registration
from feed.localhost import Localhost
from feed.nuget.urls import Urls
from feed.services.access import Access
from feed.services.cache import Cache
from feed.services.packages import Packages
from feed.services.registrations import Registrations
from feed.storage.blobs import Blobs
from feed.wire import Gate

ADDRESS = "https://feed.example"
ADMIN_KEY = "an admin key for tests only"


@asynccontextmanager
async def reader(
    blobs: Blobs, *, redirects: bool = True, is_public: bool = True
) -> AsyncIterator[httpx.AsyncClient]:
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    gate, cache = Gate(Access(is_public, ADMIN_KEY)), Cache(blobs)
    app.register_functions(content.blueprint(gate, Packages(blobs, cache, redirects)))
    app.register_functions(not_found.blueprint(gate))
    app.register_functions(registration.blueprint(gate, Registrations(cache, Urls(ADDRESS))))
    transport = httpx.ASGITransport(Localhost(app, nullcontext))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield client
