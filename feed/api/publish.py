"""Push, unlist, relist and deprecate: everything that writes packages.

https://learn.microsoft.com/nuget/api/package-publish-resource
"""

from http import HTTPStatus
from urllib.parse import parse_qsl

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.errors import TooLarge
from feed.gate import Gate, caller
from feed.nuget.deprecation import DeprecationRequest
from feed.nuget.identity import PackageId
from feed.nuget.version import Version
from feed.services.changes import Changes
from feed.services.publishing import Publishing
from feed.services.receiving import Receiving
from feed.uploads import arrived_response, receive
from feed.wire import get_id, get_version

_MAX_FORM = 256 * 1024


def blueprint(
    gate: Gate, receiving: Receiving, publishing: Publishing, changes: Changes
) -> func.Blueprint:
    bp = func.Blueprint()
    _register_pushes(bp, gate, receiving, publishing)
    _register_changes(bp, gate, changes)
    return bp


def _register_pushes(
    bp: func.Blueprint, gate: Gate, receiving: Receiving, publishing: Publishing
) -> None:
    async def push(req: Request) -> Response:
        async with receive(req, receiving) as received:
            pushed = await publishing.push(received, caller(req))
        return arrived_response(pushed)

    # nuget.org: POST is a synonym of PUT.
    @bp.route("api/v2/package", methods=["PUT", "POST"])
    @gate.writer
    async def publish_push(req: Request) -> Response:
        return await push(req)

    # nuget.exe 2.x with `{site}/api/v2` as its source pushes there.
    @bp.route("api/v2", methods=["PUT"])
    @gate.writer
    async def publish_push_v2(req: Request) -> Response:
        return await push(req)


def _register_changes(bp: func.Blueprint, gate: Gate, changes: Changes) -> None:
    async def delete(req: Request) -> Response:
        await changes.delete(*_identity(req), caller(req))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @bp.route("api/v2/package/{id}/{version}", methods=["DELETE"])
    @gate.writer
    async def publish_delete(req: Request) -> Response:
        return await delete(req)

    # nuget.exe 2.x with `{site}/api/v2` as its source deletes there.
    @bp.route("api/v2/{id}/{version}", methods=["DELETE"])
    @gate.writer
    async def publish_delete_v2(req: Request) -> Response:
        return await delete(req)

    @bp.route("api/v2/package/{id}/{version}", methods=["POST"])
    @gate.writer
    async def publish_relist(req: Request) -> Response:
        await changes.relist(*_identity(req), caller(req))
        return Response()

    @bp.route("api/v2/package/{id}/deprecations", methods=["PUT"])
    @gate.writer
    async def publish_deprecate(req: Request) -> Response:
        package_id = get_id(req.path_params["id"])
        request = DeprecationRequest.parse(package_id, await _parameters(req))
        await changes.deprecate(package_id, request, caller(req))
        return Response()


def _identity(req: Request) -> tuple[PackageId, Version]:
    package_id = get_id(req.path_params["id"])
    return package_id, get_version(package_id, req.path_params["version"])


async def _parameters(req: Request) -> list[tuple[str, str]]:
    """Collect what the query and a form in the body say."""
    body = bytearray()
    async for chunk in req.stream():
        body += chunk
        if len(body) > _MAX_FORM:
            raise TooLarge(f"the form is too large: up to {_MAX_FORM // 1024} KB are taken")
    return parse_qsl(req.url.query) + parse_qsl(body.decode("utf-8", "replace"))
