"""An upload as a request brings it, and the answer when it has arrived."""

from contextlib import AbstractAsyncContextManager
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from feed.errors import InvalidRequest, shown
from feed.services.publishing import Pushed
from feed.services.receiving import Received, Receiving
from feed.wire import WARNING, one_line

_MAX_DIGITS = 20


def receive(req: Request, receiving: Receiving) -> AbstractAsyncContextManager[Received]:
    """Read the body of a request to its end, into a file that lasts as long as the context."""
    content_type = req.headers.get("content-type", "")
    return receiving.receive(content_type, _length(req), req.stream())


def arrived_response(pushed: Pushed) -> Response:
    """Answer that what was pushed is here, or that some readers see it a little later."""
    told = one_line(pushed.warnings)
    status = HTTPStatus.CREATED if pushed.is_complete else HTTPStatus.ACCEPTED
    return Response(status_code=status, headers={WARNING: told} if told else {})


def _length(req: Request) -> int | None:
    text = req.headers.get("content-length")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < _MAX_DIGITS):
        raise InvalidRequest(f"the content length {shown(text)} is not a number")
    return int(text)
