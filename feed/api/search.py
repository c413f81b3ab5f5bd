"""Search and autocomplete.

https://learn.microsoft.com/nuget/api/search-query-service-resource
https://learn.microsoft.com/nuget/api/search-autocomplete-service-resource
"""

import azure.functions as func
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from feed.gate import Gate
from feed.nuget.search_request import Request, parse_view
from feed.services.search.searching import Search
from feed.wire import json_response


def blueprint(gate: Gate, search: Search) -> func.Blueprint:
    bp = func.Blueprint()

    @bp.route("v3/search", methods=["GET", "HEAD"])
    @gate.reader
    async def search_query(req: HttpRequest) -> Response:
        return json_response(req, await search.answer(Request.parse(req.query_params)))

    @bp.route("v3/autocomplete", methods=["GET", "HEAD"])
    @gate.reader
    async def search_autocomplete(req: HttpRequest) -> Response:
        # nuget.org: with both `q` and `id`, it is the ids that are asked for.
        package_id = req.query_params.get("id", "")
        if package_id and not req.query_params.get("q"):
            view = parse_view(req.query_params)
            return json_response(req, await search.complete_versions(package_id, view))
        return json_response(req, await search.complete(Request.parse(req.query_params)))

    return bp
