"""Stands before every endpoint: asks who is there, and answers whatever fails behind it."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from feed.errors import FeedError, FileNotFound, PackageNotFound, PdbNotFound, VersionNotFound
from feed.services.access import Access
from feed.services.callers import Caller
from feed.services.credentials import NOBODY, Credentials
from feed.services.key_text import without_secrets
from feed.wire import one_line, problem

logger = logging.getLogger("feed")

Handler = Callable[[Request], Awaitable[Response]]
Fail = Callable[[Request, FeedError], Response]
"""Answers a failure."""

SESSION: Final = "larder_session"
"""The cookie of a browser that has signed in."""

API_KEY: Final = "X-NuGet-ApiKey"

# Most reads of a public feed say nothing of who sends them, and that is seen at a glance.
_WHO: Final = frozenset({API_KEY.lower().encode(), b"authorization", b"cookie"})

# A client that is answered while it still sends sees a broken connection, not the answer.
_DRAIN_LIMIT: Final = 1024 * 1024 * 1024
# NuGet, push: the client's own patience with a whole upload.
_DRAIN_SECONDS: Final = 300.0

_LACKING: Final = (PackageNotFound, VersionNotFound, FileNotFound, PdbNotFound)


@dataclass(frozen=True, slots=True)
class Gate:
    """Wraps a handler: asks who is there, and answers every failure in the one shape."""

    access: Access
    address_header: str | None = None
    """Which header tells from where a request comes, if any does."""

    def open(self, handler: Handler) -> Handler:
        """Let anyone in."""
        return self._endpoint(handler, _let_in)

    def reader(self, handler: Handler) -> Handler:
        """Let in who may read this feed."""
        return self._endpoint(handler, self.access.get_reader)

    def debugger(self, handler: Handler) -> Handler:
        """Let in who may read this feed, and where checksums are taken for keys, anyone."""
        return self._endpoint(handler, self.access.get_debugger)

    def page(self, fail: Fail) -> Callable[[Handler], Handler]:
        """Let in who may read, and answer failures for people."""
        return lambda handler: self._endpoint(handler, self.access.get_reader, fail)

    def writer(self, handler: Handler) -> Handler:
        """Let in who holds a key; what the key may do is the service's question."""
        return self._endpoint(handler, self.access.get_writer)

    def _endpoint(
        self,
        handler: Handler,
        identify: Callable[[Credentials], Awaitable[Caller]],
        fail: Fail | None = None,
    ) -> Handler:
        fail = fail or _fail

        @wraps(handler)
        async def answer(req: Request) -> Response:
            try:
                req.scope["feed.caller"] = await identify(self._credentials(req))
                return await handler(req)
            except ClientDisconnect:
                logger.info("disconnected", extra={"path": _for_log(req.url.path)})
                return Response(status_code=HTTPStatus.BAD_REQUEST)
            except FeedError as error:
                _note_refusal(req, error)
                await _drain(req)
                return _without_window(req, fail(req, error))
            except Exception:  # noqa: BLE001  (the one place that answers what nobody foresaw)
                await _drain(req)
                return _unforeseen(req)

        return answer

    def _credentials(self, req: Request) -> Credentials:
        names = {name for name, _ in req.scope["headers"]}
        if not self.address_header and names.isdisjoint(_WHO):
            return NOBODY
        lines = req.headers.getlist
        addresses = lines(self.address_header) if self.address_header else ()
        session = req.cookies.get(SESSION, "")
        return Credentials.read(lines(API_KEY), lines("Authorization"), addresses, session)


def caller(req: Request) -> Caller:
    """Say who was let in."""
    found: Caller = req.scope["feed.caller"]
    return found


def _fail(req: Request, error: FeedError) -> Response:
    return problem(error, warns=_is_news(req, error))


def _without_window(req: Request, response: Response) -> Response:
    """Let no browser ask for a password because of what a page of ours loads."""
    # Fetch Metadata: what a page loads is marked with another mode than `navigate`, and tools
    # mark nothing. A challenge has to be there (RFC 9110, 15.5.2); none knows what this one asks.
    mode = req.headers.get("sec-fetch-mode", "navigate")
    if mode != "navigate" and "www-authenticate" in response.headers:
        response.headers["WWW-Authenticate"] = 'Session realm="Larder"'
    return response


async def _let_in(credentials: Credentials) -> Caller:
    return Caller(address=credentials.address)


def _note_refusal(req: Request, error: FeedError) -> None:
    """Log what was not done; a 401 is no news, since every client begins with one."""
    if req.method not in ("GET", "HEAD") and error.status is not HTTPStatus.UNAUTHORIZED:
        extra = {"method": req.method, "path": _for_log(req.url.path), "status": int(error.status)}
        logger.info("refused", extra={**extra, "reason": _for_log(str(error))})


def _for_log(text: str) -> str:
    return one_line([without_secrets(text)])


async def _drain(req: Request) -> None:
    """Read what is still coming: clients do not see an answer before they have sent all."""
    left = _DRAIN_LIMIT
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for chunk in req.stream():
                left -= len(chunk)
                if left < 0:
                    return
    except (ClientDisconnect, TimeoutError, RuntimeError):  # Starlette: "Stream consumed"
        return


def _is_news(req: Request, error: FeedError) -> bool:
    # NuGet client: restore asks every source for every package and prints the warnings of all
    # their answers; that a source lacks a package is what it wants to know, not a warning.
    return req.method not in ("GET", "HEAD") or not isinstance(error, _LACKING)


def _unforeseen(req: Request) -> Response:
    incident = secrets.token_hex(6)
    logger.exception("failed", extra={"incident": incident, "path": _for_log(req.url.path)})
    return problem(FeedError(f"the feed failed; its log knows more under {incident}"), id=incident)
