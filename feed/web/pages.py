"""The pages that show packages."""

import asyncio
from typing import Final

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.nuget.identity import PackageId
from feed.nuget.version import Version
from feed.services.search.searching import Search
from feed.services.showcase import Showcase
from feed.web import lists, markdown, views
from feed.web.answers import Html
from feed.wire import Gate, get_id, get_version

_NEWEST: Final = 20


def blueprint(gate: Gate, html: Html, showcase: Showcase, search: Search) -> func.Blueprint:
    bp = func.Blueprint()

    # The host: an empty template would be the function's name.
    @bp.route("{ignored:maxlength(0)?}", methods=["GET", "HEAD"])
    @gate.page(html.fail)
    async def page_start(req: Request) -> Response:
        asked = lists.asked(req.query_params)
        if asked.text:
            found = await search.find(asked.request)
            return html.answer(req, "start.html", asked=asked, page=lists.results(found, asked))
        packages = [lists.item(*each) for each in await showcase.find_newest(_NEWEST)]
        page = lists.Results(packages, len(packages))
        return html.answer(req, "start.html", asked=asked, page=page)

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

    @bp.route("profiles/{owner}", methods=["GET", "HEAD"])
    @gate.page(html.fail)
    async def page_owner(req: Request) -> Response:
        owner = req.path_params["owner"].replace('"', "")
        asked = lists.asked({"q": f'owner:"{owner}"', **dict(req.query_params)}, owner=owner)
        found = await search.find(asked.request)
        return html.answer(req, "start.html", asked=asked, page=lists.results(found, asked))

    return bp


async def _package(
    req: Request, html: Html, showcase: Showcase, package_id: PackageId, version: Version | None
) -> Response:
    shown = await showcase.get(package_id, version)
    number = lists.page_number(req.query_params)
    readme = await asyncio.to_thread(markdown.render, shown.readme) if shown.readme else None
    page = views.package_page(shown, number, readme, html.root)
    return html.answer(req, "package.html", page=page)
