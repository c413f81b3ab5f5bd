"""Package content: the versions of an id, and the files of each.

https://learn.microsoft.com/nuget/api/package-base-address-resource
"""

from functools import partial
from http import HTTPStatus

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.downloads import begins_download, large_file_response, small_file_response
from feed.errors import FileNotFound
from feed.gate import Gate
from feed.nuget.files import FileKind, find_kind
from feed.services.downloads import Downloads
from feed.services.packages import LargeFile, Packages
from feed.wire import NO_STORE, get_id, get_version, json_response


def blueprint(gate: Gate, packages: Packages, downloads: Downloads) -> func.Blueprint:
    bp = func.Blueprint()

    @bp.route("v3/content/{id}/index.json", methods=["GET", "HEAD"])
    @gate.reader
    async def content_versions(req: Request) -> Response:
        return json_response(req, await packages.get_versions(get_id(req.path_params["id"])))

    @bp.route("v3/content/{id}/{version}/{file}", methods=["GET", "HEAD"])
    @gate.reader
    async def content_file(req: Request) -> Response:
        package_id = get_id(req.path_params["id"])
        version = get_version(package_id, req.path_params["version"])
        kind = find_kind(req.path_params["file"], package_id, version)
        if kind is None:
            raise FileNotFound(package_id, version, req.path_params["file"])
        if kind is FileKind.NUPKG:
            nupkg = await packages.get_nupkg(package_id, version)
            response = await _download(req, packages, nupkg)
            if begins_download(req, nupkg, response):
                downloads.count(package_id, version)
            return response
        file = await packages.get_file(package_id, version, kind)
        return await small_file_response(req, file, partial(packages.read, file))

    return bp


async def _download(req: Request, packages: Packages, file: LargeFile) -> Response:
    address = await packages.find_address(file) if req.method == "GET" else None
    if address is None:
        return await large_file_response(req, file, partial(packages.start, file))
    headers = {"Location": address, "Cache-Control": NO_STORE}
    return Response(status_code=HTTPStatus.FOUND, headers=headers)
