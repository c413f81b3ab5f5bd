"""Whatever no other route takes: one 404, behind the door of those who read."""

from collections.abc import Callable

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.errors import NothingHere
from feed.gate import Handler


def blueprint(reader: Callable[[Handler], Handler], source: str) -> func.Blueprint:
    bp = func.Blueprint()

    # The host tries functions in the order of their names: this one must come last.
    @bp.route("{*path}", methods=["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"])
    @reader
    async def zz_not_found(req: Request) -> Response:
        raise NothingHere(req.method, req.url.path, source)

    return bp
