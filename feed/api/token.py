"""A key for a token, as nuget.org's trusted publishing gives one.

https://learn.microsoft.com/nuget/nuget-org/trusted-publishing
"""

import azure.functions as func
import orjson
from starlette.requests import Request
from starlette.responses import Response

from feed.errors import InvalidRequest, Unauthorized
from feed.gate import Gate, caller
from feed.nuget.timestamps import format_ticks
from feed.services.credentials import find_token
from feed.services.exchange import Exchange
from feed.wire import NO_STORE

_MOST_BYTES = 4096


def blueprint(gate: Gate, exchange: Exchange) -> func.Blueprint:
    bp = func.Blueprint()

    @bp.route("api/v2/token", methods=["POST"])
    @gate.open
    async def token_exchange(req: Request) -> Response:
        text = find_token(req.headers.getlist("Authorization"))
        if not text:
            raise Unauthorized("a token of a trusted issuer is needed, as Authorization: Bearer")
        await _check_body(req)
        new = await exchange.get_key(text, caller(req).address)
        answer = {
            "tokenType": "ApiKey",
            "expires": format_ticks(new.key.expires or 0),
            "apiKey": new.text.text,
        }
        headers = {"Cache-Control": NO_STORE}
        return Response(orjson.dumps(answer), media_type="application/json", headers=headers)

    return bp


async def _check_body(req: Request) -> None:
    """Refuse to give anything but what we have: the user name is nuget.org's, and says nothing."""
    body = bytearray()
    async for chunk in req.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise InvalidRequest(f"the body is larger than {_MOST_BYTES // 1024} KB")
    if not body:
        return
    try:
        asked = orjson.loads(bytes(body))
    except orjson.JSONDecodeError as error:
        raise InvalidRequest("the body is not JSON") from error
    if not isinstance(asked, dict) or asked.get("tokenType") != "ApiKey":
        raise InvalidRequest('the body does not ask for a key with "tokenType": "ApiKey"')
