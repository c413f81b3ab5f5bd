"""Runs the function app without the Functions host: on a laptop, in tests, in benchmarks.

There is no second route table: the routes are the functions' own, and they are
matched as the host matches them. Functions are tried in the order of their
names, and the first whose template and method fit is called; no template is
more specific than another. Literals match in any case, a trailing slash is
tolerated, and everything is decoded once, except for an encoded slash.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from socket import socket
from urllib.parse import unquote_to_bytes

import azure.functions as func
import uvicorn
from azure.functions.decorators.http import HttpTrigger
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from feed.services.key_text import without_secrets
from feed.streams import calm_garbage_collection
from feed.timers import timers

access_log = logging.getLogger("feed.access")

_PARAMETER = re.compile(
    r"\{(?P<rest>\*?)(?P<name>\w+)(?P<empty>:maxlength\(0\))?(?P<optional>\??)\}"
)
_ENCODED_SLASH = re.compile(rb"%2[fF]")

Handler = Callable[[Request], Awaitable[Response]]
Lifespan = Callable[[], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Route:
    """One function as the host sees it."""

    name: str
    template: str
    methods: frozenset[str]
    pattern: re.Pattern[str]
    handler: Handler


def routes(app: func.FunctionApp) -> list[Route]:
    """List the app's HTTP functions in the order in which the host tries them."""
    return _routes(app.get_functions())


def _routes(functions: list[func.Function]) -> list[Route]:
    found = [_route(each.get_trigger(), each) for each in functions]
    return sorted((each for each in found if each), key=lambda route: route.name.upper())


def _route(trigger: object, function: func.Function) -> Route | None:
    if not isinstance(trigger, HttpTrigger):
        return None
    name = str(function.get_function_name())
    if not trigger.route or not trigger.methods:
        raise TypeError(f"{name} names no route or no methods")
    methods = frozenset(str(each.value) for each in trigger.methods)
    handler = function.get_user_function()
    return Route(name, trigger.route, methods, pattern(trigger.route), handler)


def pattern(template: str) -> re.Pattern[str]:
    """Turn an ASP.NET route template into a pattern over the decoded path."""
    segments = "".join(_segment(each) for each in template.strip("/").split("/"))
    return re.compile(segments + "/?", re.IGNORECASE | re.DOTALL)


def _segment(segment: str) -> str:
    match = _PARAMETER.fullmatch(segment)
    if not match:
        return "/" + re.escape(segment)
    name = match["name"]
    if match["rest"]:
        return rf"(?:/(?P<{name}>.*))?"
    if match["empty"]:
        return rf"(?P<{name}>)"
    value = rf"/(?P<{name}>[^/]+)"
    return f"(?:{value})?" if match["optional"] else value


class Localhost:
    """The function app as an ASGI app."""

    def __init__(self, app: func.FunctionApp, lifespan: Lifespan) -> None:
        functions = app.get_functions()  # it can be asked once
        self.routes = _routes(functions)
        self._timers = timers(functions)
        self._lifespan = lifespan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with self._lifespan(), self._keeping_time():
                calm_garbage_collection()
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def _keeping_time(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(each.run()) for each in self._timers]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] = decoded(scope["raw_path"])
        request = Request(scope, receive, send)
        if not access_log.isEnabledFor(logging.INFO):
            await (await self._respond(request, path))(scope, receive, send)
            return
        sending = _Watched(send)
        await (await self._respond(request, path))(scope, receive, sending)
        sending.log(scope["method"], path)

    async def _respond(self, request: Request, path: str) -> Response:
        for route, parameters in self._matches(request.method, path):
            request.scope["path_params"] = parameters
            return await route.handler(request)
        return Response(status_code=404)

    def _matches(self, method: str, path: str) -> Iterator[tuple[Route, dict[str, str]]]:
        for route in self.routes:
            match = route.pattern.fullmatch(path) if method in route.methods else None
            if match:
                yield route, {k: v for k, v in match.groupdict().items() if v is not None}


class _Watched:
    """Sends an answer, and knows afterwards what it was."""

    def __init__(self, send: Send) -> None:
        self._started = time.perf_counter()
        self._send = send
        self._status = self._size = 0

    async def __call__(self, message: Message) -> None:
        self._status = message.get("status", self._status)
        self._size += len(message.get("body", b""))
        await self._send(message)

    def log(self, method: str, path: str) -> None:
        path = without_secrets(path).translate(_ONE_LINE)
        passed = (time.perf_counter() - self._started) * 1000
        line = "%s %s %d %d bytes %.1f ms"
        access_log.info(line, method, path, self._status, self._size, passed)


_ONE_LINE = dict.fromkeys([*range(32), *range(127, 160)], "?")


def decoded(raw: bytes) -> str:
    """Decode a path as Kestrel does: all of it, but for an encoded slash."""
    parts = _ENCODED_SLASH.split(raw)
    return "%2F".join(unquote_to_bytes(part).decode("utf-8", "replace") for part in parts)


def run(app: Localhost, listener: socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    config = uvicorn.Config(
        app,
        lifespan="on",
        http="httptools",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # nothing here asks where a request comes from
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run(sockets=[listener])
