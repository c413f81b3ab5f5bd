"""The service index: which resources this feed has, and where.

https://learn.microsoft.com/nuget/api/service-index
"""

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.gate import Gate
from feed.wire import json_response


def blueprint(gate: Gate, document: bytes) -> func.Blueprint:
    bp = func.Blueprint()

    @bp.route("v3/index.json", methods=["GET", "HEAD"])
    @gate.reader
    async def service_index(req: Request) -> Response:
        return json_response(req, document)

    return bp
