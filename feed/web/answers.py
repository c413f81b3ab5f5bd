"""What every page shares: its templates, its headers, and what a failure looks like."""

from dataclasses import dataclass
from functools import cache, cached_property, partial
from hashlib import blake2b
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from feed.errors import FeedError, Unauthorized
from feed.nuget.urls import Urls
from feed.web.links import Link
from feed.wire import NO_STORE, document_response, problem, retry_after

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE: Final = Path(__file__).parent
_HTML: Final = "text/html"

SAFE: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self' https:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""What no page may do, whatever stands in it."""


@dataclass(frozen=True)
class Html:
    """Renders templates for one feed."""

    urls: Urls
    is_private: bool = True
    contact: Link | None = None
    """Whom to tell that something is wrong."""

    def answer(self, req: Request, template: str, **values: object) -> Response:
        """Answer a page, or 304 to who has it."""
        body = self._render(template, values)
        return document_response(req, body, f"{_HTML}; charset=utf-8", headers=SAFE)

    def fail(self, req: Request, error: FeedError) -> Response:
        """Answer a failure as a page to a browser, and in the one shape to everything else."""
        if not is_browser(req):
            return problem(error)
        if isinstance(error, Unauthorized):
            return redirect(f"{self.root}/sign-in?next={quote(_asked(req))}")
        detail = _sentence(str(error))
        page = self.fresh("failure.html", error.status, title=error.status.phrase, detail=detail)
        page.headers.update(retry_after(error))
        return page

    def fresh(self, template: str, status: HTTPStatus, **values: object) -> Response:
        """Answer a page that nobody keeps."""
        headers = {**SAFE, "Cache-Control": NO_STORE}
        return Response(self._render(template, values), status, headers, media_type=_HTML)

    @cached_property
    def root(self) -> str:
        """Where the feed begins on its host."""
        return urlsplit(self.urls.base).path.rstrip("/")

    def _render(self, template: str, values: dict[str, object]) -> bytes:
        shared: dict[str, object] = {
            "urls": self.urls,
            "root": self.root,
            "static": partial(_static, self.root),
        }
        shared |= {"is_private": self.is_private, "contact": self.contact}
        return _templates().get_template(template).render(shared | values).encode()


def is_browser(req: Request) -> bool:
    """Tell whether a page is wanted, or an answer for a tool."""
    return _HTML in req.headers.get("accept", "")


def redirect(address: str) -> Response:
    headers = {"Location": address, "Cache-Control": NO_STORE}
    return Response(status_code=HTTPStatus.SEE_OTHER, headers=headers)


@cache
def read_static(name: str) -> bytes:
    return (_HERE / "static" / name).read_bytes()


@cache
def _static(root: str, name: str) -> str:
    """Spell the address of a file that changes when the file does."""
    return f"{root}/static/{name}?{blake2b(read_static(name), digest_size=6).hexdigest()}"


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        undefined=StrictUndefined,
    )


def _asked(req: Request) -> str:
    """The path and query of a request, as it spelled them."""
    raw: bytes = req.scope["raw_path"]
    query = req.url.query
    return raw.decode("ascii", "replace") + (f"?{query}" if query else "")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
