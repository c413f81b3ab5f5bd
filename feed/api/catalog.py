"""The catalog: everything that happened to packages, in order.

https://learn.microsoft.com/nuget/api/catalog-resource
"""

import re
from typing import Final

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.errors import NotFound, shown
from feed.gate import Gate
from feed.services.catalog import Catalog
from feed.wire import IMMUTABLE, NO_CACHE, get_id, get_name, get_version, json_response

# No row of the log has a larger number.
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,14}")


def blueprint(gate: Gate, catalog: Catalog) -> func.Blueprint:
    bp = func.Blueprint()

    # The host takes any route that fits: index.json as a route of its own would be a page, too.
    @bp.route("v3/catalog/{file}", methods=["GET", "HEAD"])
    @gate.reader
    async def catalog_document(req: Request) -> Response:
        name = get_name(req.path_params["file"])
        if name == "index":
            return json_response(req, await catalog.get_index())
        page = await catalog.get_page(_get_number(name, before="page"))
        return json_response(req, page.body, cache=IMMUTABLE if page.is_full else NO_CACHE)

    @bp.route("v3/catalog/data/{sequence}/{file}", methods=["GET", "HEAD"])
    @gate.reader
    async def catalog_leaf(req: Request) -> Response:
        sequence = _get_number(req.path_params["sequence"])
        name = get_name(req.path_params["file"])
        return json_response(req, await catalog.get_leaf(sequence, name), cache=IMMUTABLE)

    @bp.route("v3/catalog/newest/{id}/{file}", methods=["GET", "HEAD"])
    @gate.reader
    async def catalog_newest_leaf(req: Request) -> Response:
        package_id = get_id(req.path_params["id"])
        version = get_version(package_id, get_name(req.path_params["file"]))
        return json_response(req, await catalog.get_newest_leaf(package_id, version))

    return bp


def _get_number(text: str, *, before: str = "") -> int:
    digits = text.removeprefix(before)
    if not (text.startswith(before) and _NUMBER.fullmatch(digits)):
        raise NotFound(f"the catalog has no {shown(text)}")
    return int(digits)
