"""The pages that list packages."""

import asyncio
from typing import Final

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.gate import Gate
from feed.services.search.searching import Search
from feed.services.showcase import Showcase
from feed.web import lists
from feed.web.answers import Html
from feed.web.setup import first_push
from feed.wire import get_id

_NEWEST: Final = 20


def blueprint(gate: Gate, html: Html, showcase: Showcase, search: Search) -> func.Blueprint:
    bp = func.Blueprint()

    # The host: an empty template would be the function's name.
    @bp.route("{ignored:maxlength(0)?}", methods=["GET", "HEAD"])
    @gate.page(html.fail)
    async def page_start(req: Request) -> Response:
        asked = lists.asked(req.query_params)
        if asked.is_search:
            return await _found(req, html, search, asked)
        newest, total = await asyncio.gather(showcase.find_newest(_NEWEST), showcase.find_total())
        page = lists.Results([lists.item(*each) for each in newest], total)
        return _list(req, html, asked, page)

    @bp.route("profiles/{owner}", methods=["GET", "HEAD"])
    @gate.page(html.fail)
    async def page_owner(req: Request) -> Response:
        asked = lists.asked_of(req.path_params["owner"], req.query_params)
        return await _found(req, html, search, asked)

    return bp


async def _found(req: Request, html: Html, search: Search, asked: lists.Asked) -> Response:
    if asked.uses:
        found = await search.find_dependents(get_id(asked.uses), asked.request)
    else:
        found = await search.find(asked.request)
    return _list(req, html, asked, lists.results(found, asked))


def _list(req: Request, html: Html, asked: lists.Asked, page: lists.Results) -> Response:
    return html.answer(req, "start.html", asked=asked, page=page, first_push=first_push)
