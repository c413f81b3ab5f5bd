"""What every endpoint shares: how a request names things, what an answer and a failure look like.

https://www.rfc-editor.org/rfc/rfc9457 is the shape of every failure.
"""

import gzip
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from feed.errors import (
    FeedError,
    InvalidPackageId,
    InvalidVersion,
    NotFound,
    PackageNotFound,
    RangeNotSatisfiable,
    TooManyGuesses,
    Unauthorized,
    Unavailable,
    VersionNotFound,
    shown,
)
from feed.nuget.identity import PackageId
from feed.nuget.version import Version
from feed.services.answers import Answer, weak_etag

WARNING: Final = "X-NuGet-Warning"
NO_CACHE: Final = "no-cache"
NO_STORE: Final = "no-store"
IMMUTABLE: Final = "private, max-age=31536000, immutable"

# NuGet, push: the official client prints this header and nothing of the body.
_WARNING_LENGTH: Final = 1000
# What fits into one packet arrives no sooner for being smaller.
_GZIP_PAYS: Final = 1400
# The fastest level: an answer that is made for one request is not worth more.
_GZIP_LEVEL: Final = 1
_GZIPPED: Final = {"Content-Encoding": "gzip"}
# RFC 9110, 12.4.2: "a value of 0 means 'not acceptable'".
_REFUSED: Final = re.compile(r"\s*q\s*=\s*0(?:\.0*)?\s*")


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


def one_line(texts: Iterable[str]) -> str:
    """Fold texts into a header value: one line of printable Latin-1."""
    joined = " | ".join(texts).replace("…", "...")
    latin = joined[:_WARNING_LENGTH].encode("latin-1", "replace").decode("latin-1")
    return "".join(c if c.isprintable() else " " for c in latin)
