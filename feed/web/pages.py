"""The pages that show packages."""

import asyncio
import re
from typing import Final

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.errors import InvalidPackageId
from feed.nuget.identity import PackageId
from feed.nuget.version import Version
from feed.services.showcase import Showcase
from feed.web import markdown, views
from feed.web.answers import Html, redirect
from feed.wire import Gate, get_id, get_version

_NEWEST: Final = 20
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)


def blueprint(gate: Gate, html: Html, showcase: Showcase) -> func.Blueprint:
    bp = func.Blueprint()

    # The host: an empty template would be the function's name.
    @bp.route("{ignored:maxlength(0)?}", methods=["GET", "HEAD"])
    @gate.page(html.fail)
    async def page_start(req: Request) -> Response:
        asked = req.query_params.get("q", "").strip()
        package_id = _find_id(asked)
        if package_id and await showcase.has(package_id):
            return redirect(f"{html.root}/packages/{package_id}")
        packages = [views.item(*each) for each in await showcase.find_newest(_NEWEST)]
        return html.answer(req, "start.html", asked=views.cut(asked, 100), packages=packages)

    @bp.route("packages/{id}", methods=["GET", "HEAD"])
    @gate.page(html.fail)
    async def page_package(req: Request) -> Response:
        return await _package(req, html, showcase, get_id(req.path_params["id"]), None)

    @bp.route("packages/{id}/{version}", methods=["GET", "HEAD"])
    @gate.page(html.fail)
    async def page_version(req: Request) -> Response:
        package_id = get_id(req.path_params["id"])
        version = get_version(package_id, req.path_params["version"])
        return await _package(req, html, showcase, package_id, version)

    return bp


async def _package(
    req: Request, html: Html, showcase: Showcase, package_id: PackageId, version: Version | None
) -> Response:
    shown = await showcase.get(package_id, version)
    given = req.query_params.get("page", "")
    number = int(given) if _NUMBER.fullmatch(given) else 1
    readme = await asyncio.to_thread(markdown.render, shown.readme) if shown.readme else None
    page = views.package_page(shown, number, readme, html.root)
    return html.answer(req, "package.html", page=page)


def _find_id(text: str) -> PackageId | None:
    try:
        return PackageId.parse(text)
    except InvalidPackageId:
        return None
