"""Signing in with a key, and out again: for people, on a feed that is private.

Every form carries a token that is made of a cookie of the same browser. Another site
can send our form from there, but it cannot know the token.
"""

import hmac
import re
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.errors import FeedError, InvalidRequest, TooLarge
from feed.gate import SESSION, Gate, caller
from feed.services.clock import HOUR
from feed.services.credentials import Credentials
from feed.services.sessions import LIFETIME, Sessions
from feed.web.answers import Html, is_browser, redirect
from feed.wire import retry_after

_MARK: Final = "larder_form"
_LARGEST_FORM: Final = 8192
_SECONDS: Final = 3600 * LIFETIME // HOUR
_STALE: Final = "The form was open for too long, or cookies are off. Try again."

# Browsers read `//host`, and `/\host` too, as another host.
_LOCAL: Final = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def blueprint(gate: Gate, html: Html) -> func.Blueprint:
    bp, access, sessions = func.Blueprint(), gate.access, gate.access.sessions
    form = _SignIn(html, sessions)

    @bp.route("sign-in", methods=["GET", "HEAD"])
    @gate.open
    async def page_sign_in(req: Request) -> Response:
        return await form.show(req, HTTPStatus.OK, _local(req.query_params.get("next", ""), html))

    @bp.route("sign-in", methods=["POST"])
    @gate.open
    async def page_sign_in_send(req: Request) -> Response:
        given = await _read_form(req)
        after = _local(given.get("next", ""), html)
        if not await _is_own(req, given, req.cookies.get(_MARK, ""), sessions):
            return await form.show(req, HTTPStatus.BAD_REQUEST, after, _STALE)
        key = given.get("key", "").strip()
        try:
            cookie = await access.sign_in(Credentials(password=key, address=caller(req).address))
        except FeedError as error:
            return await form.show_failure(req, error, after)
        return _with_cookie(redirect(after), html, SESSION, cookie, _SECONDS)

    @bp.route("sign-out", methods=["GET", "HEAD"])
    @gate.open
    async def page_sign_out(req: Request) -> Response:
        return await _ask_to_leave(req, html, sessions, HTTPStatus.OK)

    @bp.route("sign-out", methods=["POST"])
    @gate.open
    async def page_sign_out_send(req: Request) -> Response:
        if not await _is_own(req, await _read_form(req), req.cookies.get(SESSION, ""), sessions):
            return await _ask_to_leave(req, html, sessions, HTTPStatus.BAD_REQUEST)
        return _with_cookie(redirect(f"{html.root}/sign-in"), html, SESSION, "", 0)

    return bp


class _SignIn:
    """The form that asks for a key."""

    def __init__(self, html: Html, sessions: Sessions) -> None:
        self._html = html
        self._sessions = sessions

    async def show_failure(self, req: Request, error: FeedError, after: str) -> Response:
        """Show the form once more, and why the key did not open anything."""
        # A 401 has to come with a challenge, and to that a browser opens a window of its own.
        is_401 = error.status is HTTPStatus.UNAUTHORIZED
        status = HTTPStatus.FORBIDDEN if is_401 else error.status
        page = await self.show(req, status, after, f"That did not work: {error}.")
        page.headers.update(retry_after(error))
        return page

    async def show(self, req: Request, status: HTTPStatus, after: str, fault: str = "") -> Response:
        mark = req.cookies.get(_MARK) or self._sessions.new_mark()
        token = await self._sessions.form_token(mark)
        page = self._html.fresh("sign-in.html", status, token=token, after=after, fault=fault)
        return _with_cookie(page, self._html, _MARK, mark, 3600)


async def _ask_to_leave(
    req: Request, html: Html, sessions: Sessions, status: HTTPStatus
) -> Response:
    token = await sessions.form_token(req.cookies.get(SESSION, ""))
    return html.fresh("sign-out.html", status, token=token)


async def _is_own(req: Request, given: dict[str, str], cookie: str, sessions: Sessions) -> bool:
    """Tell whether a form is one that we gave to this browser."""
    token, expected = given.get("token", ""), await sessions.form_token(cookie)
    is_own = bool(cookie) and hmac.compare_digest(token.encode(), expected.encode())
    if not is_own and not is_browser(req):
        raise InvalidRequest("a form needs the token and the cookie that it came with")
    return is_own


async def _read_form(req: Request) -> dict[str, str]:
    body = b""
    async for chunk in req.stream():
        body += chunk
        if len(body) > _LARGEST_FORM:
            raise TooLarge(f"a form has at most {_LARGEST_FORM} bytes")
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    return {name: values[0] for name, values in fields.items()}


def _local(text: str, html: Html) -> str:
    """Return where to go afterwards: never to another host."""
    home = f"{html.root}/"
    return text if _LOCAL.fullmatch(text) and text.startswith(home) else home


def _with_cookie(response: Response, html: Html, name: str, value: str, seconds: int) -> Response:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=f"{html.root}/",
        secure=html.urls.base.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    return response
