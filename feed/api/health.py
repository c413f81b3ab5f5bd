"""Whether the feed can work: for load balancers, availability tests and people."""

import azure.functions as func
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from feed.gate import Gate
from feed.services.health import Health
from feed.wire import NO_STORE


def blueprint(gate: Gate, health: Health) -> func.Blueprint:
    bp = func.Blueprint()

    @bp.route("health", methods=["GET", "HEAD"])
    @gate.open
    async def health_check(req: Request) -> Response:
        await health.check()
        return PlainTextResponse("healthy", headers={"Cache-Control": NO_STORE})

    return bp
