"""Registration: all about an id, in three hives of the same documents.

https://learn.microsoft.com/nuget/api/registration-base-url-resource
"""

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.gate import Gate
from feed.nuget.urls import Hive
from feed.services.registrations import Registrations
from feed.wire import get_id, get_name, get_version, prepared_response


def blueprint(gate: Gate, registrations: Registrations) -> func.Blueprint:
    bp = func.Blueprint()
    for hive in Hive:
        _add_hive(bp, gate, registrations, hive)
    return bp


def _add_hive(bp: func.Blueprint, gate: Gate, registrations: Registrations, hive: Hive) -> None:
    name = hive.replace("-", "_")

    # The host takes any route that fits: index.json as a route of its own would be a leaf, too.
    @bp.function_name(f"{name}_document")
    @bp.route(f"v3/{hive}/{{id}}/{{file}}", methods=["GET", "HEAD"])
    @gate.reader
    async def registration_document(req: Request) -> Response:
        package_id = get_id(req.path_params["id"])
        text = get_name(req.path_params["file"])
        if text == "index":
            return prepared_response(req, await registrations.get_index(hive, package_id))
        version = get_version(package_id, text)
        return prepared_response(req, await registrations.get_leaf(hive, package_id, version))

    @bp.function_name(f"{name}_page")
    @bp.route(f"v3/{hive}/{{id}}/page/{{lower}}/{{upper}}", methods=["GET", "HEAD"])
    @gate.reader
    async def registration_page(req: Request) -> Response:
        package_id = get_id(req.path_params["id"])
        lower = get_version(package_id, req.path_params["lower"])
        upper = get_version(package_id, get_name(req.path_params["upper"]))
        return prepared_response(req, await registrations.get_page(hive, package_id, lower, upper))
