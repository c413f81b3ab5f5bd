"""A stored file as an answer: whole, in part, or not again to who has it.

https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from feed.errors import RangeNotSatisfiable
from feed.services.packages import LargeFile, StoredFile
from feed.wire import IMMUTABLE, is_known

Read = Callable[[], Awaitable[bytes]]

Start = Callable[[int, int], Awaitable[AsyncIterator[bytes]]]
"""Begins to read, from an offset on and for a length."""

# To watch whether the client is still there, piece by piece, costs more than so many bytes.
_SMALL: Final = 256 * 2**10

# RFC 9110, 14.1.2: first-last, first- or -length. No file is so large that it needs more digits.
_RANGE: Final = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*", re.IGNORECASE)


async def small_file_response(req: Request, file: StoredFile, read: Read) -> Response:
    """Answer a file that fits into memory, always whole."""
    headers = _headers(file)
    if is_known(req, file.etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(await read(), media_type=file.media_type, headers=headers)


async def large_file_response(req: Request, file: LargeFile, start: Start) -> Response:
    """Answer a file of any size, or the part of it that is asked for; a large one in pieces."""
    headers = {
        **_headers(file),
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"attachment; {_filename(file.filename)}",
    }
    if is_known(req, file.etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    part, status = range(file.size), HTTPStatus.OK
    asked = _asked_part(req, file)
    if asked:
        part, status = asked, HTTPStatus.PARTIAL_CONTENT
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{file.size}"
    headers["Content-Length"] = str(len(part))
    if req.method == "HEAD":
        return Response(media_type=file.media_type, headers=headers)
    chunks = await start(part.start, len(part))
    if len(part) <= _SMALL:
        body = b"".join([chunk async for chunk in chunks])
        return Response(body, status, headers, file.media_type)
    return StreamingResponse(chunks, status, headers, file.media_type)


def begins_download(req: Request, file: LargeFile, response: Response) -> bool:
    """Tell whether an answer sets a package on its way: no later part of it, and no 304."""
    if req.method != "GET" or response.status_code == HTTPStatus.NOT_MODIFIED:
        return False
    try:
        part = _asked_part(req, file)
    except RangeNotSatisfiable:
        return False
    return part is None or part.start == 0


def find_part(header: str, size: int) -> range | None:
    """Return which bytes of a file a `Range` header means, or None for all of them.

    RFC 9110, 14.2: "A server MAY ignore the Range header field", as is done with
    what makes no sense, with several ranges, and with any range of an empty file.
    """
    match = _RANGE.fullmatch(header)
    first, last = match.groups() if match else ("", "")
    if size == 0 or first == last == "" or (first and last and int(last) < int(first)):
        return None
    if first:
        part = range(int(first), min(int(last) + 1, size) if last else size)
    else:
        part = range(max(size - int(last), 0), size)
    if not part:
        raise RangeNotSatisfiable(size)
    return part


def _asked_part(req: Request, file: LargeFile) -> range | None:
    # RFC 9110, 14.2: "GET is the only method for which range handling is defined"; 13.1.5: "ignore
    # the Range header field if the If-Range condition evaluates as false".
    if req.method != "GET" or req.headers.get("if-range", file.etag) != file.etag:
        return None
    return find_part(req.headers.get("range", ""), file.size)


def _filename(name: str) -> str:
    """Spell what to save a file as: of what is not ASCII, a header takes only this form."""
    # RFC 8187, 3.2: a charset, and the name in it, percent-encoded.
    return f'filename="{name}"' if name.isascii() else f"filename*=UTF-8''{quote(name)}"


def _headers(file: StoredFile) -> dict[str, str]:
    return {
        "ETag": file.etag,
        "Cache-Control": IMMUTABLE,
        # What uploaders wrote must never act as a page of this feed.
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
