"""The pages of one package."""

import asyncio

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.downloads import small_file_response
from feed.errors import NotFound, PackageNotFound, VersionNotFound
from feed.gate import Gate
from feed.nuget.identity import PackageId
from feed.nuget.version import Version
from feed.services.showcase import Showcase
from feed.web import lists, views
from feed.web.absent import absent_page
from feed.web.answers import Html, is_browser
from feed.web.licenses import license_page
from feed.web.readmes import render_readme
from feed.wire import get_id, get_version


def blueprint(gate: Gate, html: Html, showcase: Showcase) -> func.Blueprint:
    bp = func.Blueprint()

    @bp.route("packages/{id}", methods=["GET", "HEAD"])
    @gate.page(html.fail)
    async def page_package(req: Request) -> Response:
        return await _package(req, html, showcase, get_id(req.path_params["id"]), None)

    @bp.route("packages/{id}/{version}", methods=["GET", "HEAD"])
    @gate.page(html.fail)
    async def page_version(req: Request) -> Response:
        return await _package(req, html, showcase, *_identity(req))

    @bp.route("packages/{id}/{version}/pictures/{number}", methods=["GET", "HEAD"])
    @gate.page(html.fail)
    async def page_picture(req: Request) -> Response:
        file, picture = await showcase.get_picture(*_identity(req), req.path_params["number"])
        return await small_file_response(
            req, file, lambda: showcase.read_picture(file.path, picture)
        )

    @bp.route("packages/{id}/{version}/license", methods=["GET", "HEAD"])
    @gate.page(html.fail)
    async def page_license(req: Request) -> Response:
        package_id, version = _identity(req)
        shown = await showcase.get_license(package_id, version)
        files = views.files_address(html.root, package_id, version)
        page = await asyncio.to_thread(license_page, shown, files)
        return html.answer(req, "license.html", page=page)

    @bp.route("packages/{id}/{version}/report", methods=["GET", "HEAD"])
    @gate.page(html.fail)
    async def page_report(req: Request) -> Response:
        package_id, version = _identity(req)
        return html.answer(req, "report.html", id=str(package_id), version=str(version))

    return bp


def _identity(req: Request) -> tuple[PackageId, Version]:
    package_id = get_id(req.path_params["id"])
    return package_id, get_version(package_id, req.path_params["version"])


async def _package(
    req: Request, html: Html, showcase: Showcase, package_id: PackageId, version: Version | None
) -> Response:
    try:
        shown = await showcase.get(package_id, version)
    except (PackageNotFound, VersionNotFound) as error:
        if is_browser(req):
            return await _absent(html, showcase, error, package_id, version)
        raise
    readme = await asyncio.to_thread(render_readme, shown, html.root)
    number = lists.page_number(req.query_params)
    page = views.package_page(shown, number, readme, html.root)
    return html.answer(req, "package.html", page=page)


async def _absent(
    html: Html,
    showcase: Showcase,
    error: NotFound,
    package_id: PackageId,
    version: Version | None,
) -> Response:
    page = absent_page(await showcase.find_instead(package_id), package_id, version)
    return html.fresh("absent.html", error.status, page=page)
