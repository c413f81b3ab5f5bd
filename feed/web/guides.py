"""The pages that hold nothing of packages, and the files that all pages load."""

from typing import Final

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.errors import NotFound
from feed.gate import Gate
from feed.web import setup
from feed.web.answers import SAFE, Html, read_static
from feed.wire import IMMUTABLE, document_response

_STATIC: Final = {
    "style.css": "text/css; charset=utf-8",
    "script.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "package.svg": "image/svg+xml",
}


def blueprint(gate: Gate, html: Html) -> func.Blueprint:
    bp = func.Blueprint()

    @bp.route("setup", methods=["GET", "HEAD"])
    @gate.page(html.fail)
    async def page_setup(req: Request) -> Response:
        return html.answer(req, "setup.html", setup=setup)

    @bp.route("static/{file}", methods=["GET", "HEAD"])
    @gate.open
    async def page_static(req: Request) -> Response:
        name = req.path_params["file"]
        if name not in _STATIC:
            raise NotFound(f"this feed has nothing at {req.url.path}")
        body = read_static(name)
        return document_response(req, body, _STATIC[name], cache=IMMUTABLE, headers=SAFE)

    return bp
