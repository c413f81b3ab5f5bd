"""What every endpoint shares: who is asking, what an answer and a failure look like.

https://www.rfc-editor.org/rfc/rfc9457 is the shape of every failure.
"""

import asyncio
import gzip
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from feed.errors import (
    FeedError,
    FileNotFound,
    InvalidPackageId,
    InvalidVersion,
    NotFound,
    PackageNotFound,
    PdbNotFound,
    RangeNotSatisfiable,
    TooManyGuesses,
    Unauthorized,
    Unavailable,
    VersionNotFound,
    shown,
)
from feed.nuget.identity import PackageId
from feed.nuget.version import Version
from feed.services.access import Access
from feed.services.answers import Answer, weak_etag
from feed.services.callers import Caller
from feed.services.credentials import NOBODY, Credentials
from feed.services.key_text import without_secrets

logger = logging.getLogger("feed")

Handler = Callable[[Request], Awaitable[Response]]
Fail = Callable[[Request, FeedError], Response]
"""Answers a failure."""

SESSION: Final = "larder_session"
"""The cookie of a browser that has signed in."""

API_KEY: Final = "X-NuGet-ApiKey"
WARNING: Final = "X-NuGet-Warning"
NO_CACHE: Final = "no-cache"
NO_STORE: Final = "no-store"
IMMUTABLE: Final = "private, max-age=31536000, immutable"

# Most reads of a public feed say nothing of who sends them, and that is seen at a glance.
_WHO: Final = frozenset({API_KEY.lower().encode(), b"authorization", b"cookie"})

# NuGet, push: the official client prints this header and nothing of the body.
_WARNING_LENGTH: Final = 1000
# A client that is answered while it still sends sees a broken connection, not the answer.
_DRAIN_LIMIT: Final = 1024 * 1024 * 1024
# NuGet, push: the client's own patience with a whole upload.
_DRAIN_SECONDS: Final = 300.0

_LACKING: Final = (PackageNotFound, VersionNotFound, FileNotFound, PdbNotFound)

# What fits into one packet arrives no sooner for being smaller.
_GZIP_PAYS: Final = 1400
# The fastest level: an answer that is made for one request is not worth more.
_GZIP_LEVEL: Final = 1
_GZIPPED: Final = {"Content-Encoding": "gzip"}
# RFC 9110, 12.4.2: "a value of 0 means 'not acceptable'".
_REFUSED: Final = re.compile(r"\s*q\s*=\s*0(?:\.0*)?\s*")


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
                return fail(req, error)
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


def get_id(text: str) -> PackageId:
    """Parse an id that is only asked for: what cannot be an id is not found, not wrong."""
    try:
        return PackageId.parse(text)
    except InvalidPackageId as error:
        raise PackageNotFound(text) from error


def get_version(package_id: PackageId, text: str) -> Version:
    """Parse a version that is only asked for."""
    try:
        return Version.parse(text)
    except InvalidVersion as error:
        raise VersionNotFound(package_id, text) from error


def get_name(file: str) -> str:
    """Return the name of a document without its `.json`, in lower case."""
    name, dot, suffix = file.lower().rpartition(".")
    if (dot, suffix) != (".", "json"):
        raise NotFound(f"{shown(file)} is no document: the name of one ends in .json")
    return name


def _fail(req: Request, error: FeedError) -> Response:
    return problem(error, warns=_is_news(req, error))


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


def json_response(req: Request, body: bytes, *, cache: str = NO_CACHE) -> Response:
    """Answer a JSON document."""
    return document_response(req, body, "application/json", cache=cache)


def document_response(
    req: Request,
    body: bytes,
    media_type: str,
    *,
    cache: str = NO_CACHE,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """Answer a document, gzipped if that is accepted and pays, or 304 to who has it."""
    pays = len(body) >= _GZIP_PAYS
    about = {**headers, **_validators(weak_etag(body), cache, varies=pays)}
    if is_known(req, about["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=about)
    if pays and accepts_gzip(req, unasked=False):
        body, about = gzip.compress(body, _GZIP_LEVEL, mtime=0), about | _GZIPPED
    return Response(body, media_type=media_type, headers=about)


def prepared_response(req: Request, answer: Answer, *, cache: str = NO_CACHE) -> Response:
    """Answer what lies ready: text as text, and what is gzipped so unless that is refused."""
    headers = _validators(answer.etag, cache, varies=answer.is_gzipped)
    if is_known(req, answer.etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if answer.is_gzipped and accepts_gzip(req, unasked=True):
        return _json(answer.body, headers | _GZIPPED)
    return _json(answer.text, headers)


def _validators(etag: str, cache: str, *, varies: bool) -> dict[str, str]:
    headers = {"ETag": etag, "Cache-Control": cache}
    return headers | {"Vary": "Accept-Encoding"} if varies else headers


def _json(body: bytes, headers: Mapping[str, str]) -> Response:
    return Response(body, media_type="application/json", headers=headers)


def accepts_gzip(req: Request, *, unasked: bool) -> bool:
    """Tell whether the client takes gzip; `unasked` is the answer for one that does not say."""
    given = req.headers.getlist("accept-encoding")
    if not given:
        return unasked
    codings = [each.partition(";") for each in ",".join(given).lower().split(",")]
    taken = {coding.strip(): not _REFUSED.fullmatch(weight) for coding, _, weight in codings}
    return taken.get("gzip", taken.get("*", False))


def is_known(req: Request, etag: str) -> bool:
    """Compare weakly, as RFC 9110 asks of If-None-Match."""
    given = req.headers.get("if-none-match", "")
    known = {each.strip().removeprefix("W/") for each in given.split(",")} if given else ()
    return "*" in known or etag.removeprefix("W/") in known


def _is_news(req: Request, error: FeedError) -> bool:
    # NuGet client: restore asks every source for every package and prints the warnings of all
    # their answers; that a source lacks a package is what it wants to know, not a warning.
    return req.method not in ("GET", "HEAD") or not isinstance(error, _LACKING)


def retry_after(error: FeedError) -> dict[str, str]:
    """Say when to come again, where a failure passes."""
    if isinstance(error, Unavailable | TooManyGuesses):
        return {"Retry-After": str(error.retry_after)}
    return {}


def problem(error: FeedError, *, warns: bool = True, **more: str) -> Response:
    """Answer a failure: RFC 9457 for tools, the warning header for people."""
    detail = str(error)
    body = {"type": "about:blank", "status": error.status, "title": error.status.phrase}
    headers = {WARNING: one_line([detail])} if warns else {}
    headers |= {"Cache-Control": NO_STORE, **retry_after(error)}
    match error:
        case Unauthorized():
            # NuGet client: configured credentials are used for a Basic challenge only.
            headers["WWW-Authenticate"] = 'Basic realm="Larder", charset="UTF-8"'
        case RangeNotSatisfiable():
            headers["Content-Range"] = f"bytes */{error.size}"
    return Response(
        orjson.dumps({**body, "detail": detail, **more}, default=int),
        status_code=error.status,
        media_type="application/problem+json",
        headers=headers,
    )


def _unforeseen(req: Request) -> Response:
    incident = secrets.token_hex(6)
    logger.exception("failed", extra={"incident": incident, "path": _for_log(req.url.path)})
    return problem(FeedError(f"the feed failed; its log knows more under {incident}"), id=incident)


def one_line(texts: Iterable[str]) -> str:
    """Fold texts into a header value: one line of printable Latin-1."""
    joined = " | ".join(texts).replace("…", "...")
    latin = joined[:_WARNING_LENGTH].encode("latin-1", "replace").decode("latin-1")
    return "".join(c if c.isprintable() else " " for c in latin)
