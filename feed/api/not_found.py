"""Whatever no other route takes: one 404, in the one shape, behind the same door."""

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.errors import NothingHere
from feed.gate import Gate


def blueprint(gate: Gate, source: str) -> func.Blueprint:
    bp = func.Blueprint()

    # The host tries functions in the order of their names: this one must come last.
    @bp.route("{*path}", methods=["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"])
    @gate.reader
    async def zz_not_found(req: Request) -> Response:
        raise NothingHere(req.method, req.url.path, source)

    return bp
