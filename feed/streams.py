"""HTTP streams for Azure Functions, on Starlette and uvicorn.

The Functions host drops a body without a length for ordinary handlers, and
`dotnet nuget push` always sends one. With a web extension loaded it forwards
the raw request to a server inside the worker instead. This is the smallest such
extension: importing this module switches the whole app to streams.
"""

import gc
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import uvicorn
from azurefunctions.extensions import base
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_INVOCATION = "x-ms-invocation-id"
_COORDINATORS = ("azure_functions_runtime.http_v2", "azure_functions_worker.http_v2")
# Python's default of 700 makes garbage collection two thirds of the cost of a large document.
_GC_THRESHOLD = 50_000

# The base package has no types: hence what mypy is told to ignore below.
Forward = Callable[[Request], Awaitable[Response]]


class RouteParameters(base.RequestSynchronizer):  # type: ignore[misc]
    """Gives a request the route parameters that the host found."""

    def sync_route_params(self, request: Request, path_params: Mapping[str, str]) -> None:
        request.scope["path_params"] = dict(path_params)


class StreamedRequest(metaclass=base.RequestTrackerMeta):  # type: ignore[metaclass]
    request_type = Request
    synchronizer = RouteParameters()


class StreamedResponse(metaclass=base.ResponseTrackerMeta):  # type: ignore[metaclass]
    label = base.ResponseLabels.STANDARD
    response_type = Response


class WebApp(base.WebApp):  # type: ignore[misc]
    """The app that the worker serves: it hands each request to the worker and sends its answer."""

    def route(self, func: Forward) -> Forward:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                return
            request = Request(scope, receive, send)
            try:
                response = await func(request)
                await response(scope, receive, send)
            finally:
                _forget(request.headers.get(_INVOCATION))

        self.app = app
        return func

    def get_app(self) -> Any:
        return self.app


class WebServer(base.WebServer):  # type: ignore[misc]
    async def serve(self) -> None:
        calm_garbage_collection()
        config = uvicorn.Config(
            self.web_app,
            host=self.hostname,
            port=self.port,
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
        )
        await uvicorn.Server(config).serve()


def calm_garbage_collection() -> None:
    """Leave what is loaded out of every collection, and collect less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD, 20, 20)


def _forget(invocation: str | None) -> None:
    """Drop the context that the worker's runtime (1.3.0) would keep of every request for ever."""
    for name in _COORDINATORS:
        coordinator = getattr(sys.modules.get(name), "http_coordinator", None)
        contexts = getattr(coordinator, "_context_references", None)
        if contexts is not None:
            contexts.pop(invocation, None)
