"""Small documents of other servers."""

from collections.abc import AsyncIterable, Awaitable, Callable
from http import HTTPStatus
from typing import Final

Fetch = Callable[[str], Awaitable[bytes]]
"""Gets the document at an address, or raises NotFetched."""

_SECONDS: Final = 5
_MOST_BYTES: Final = 256 * 1024


class NotFetched(Exception):
    """A document that could not be had; the message says why, for our own log."""


async def fetch(url: str, *, seconds: float = _SECONDS) -> bytes:
    """Get a document from exactly this address: no redirect is followed, wherever it leads."""
    import aiohttp  # noqa: PLC0415  (slow to import)

    timeout = aiohttp.ClientTimeout(total=seconds)
    # Uncompressed, so that what counts as large is what comes over the wire.
    headers = {"Accept-Encoding": "identity"}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as session,
            session.get(url, allow_redirects=False, headers=headers) as answer,
        ):
            if answer.status != HTTPStatus.OK:
                raise NotFetched(f"{url} answers {answer.status}")
            return await _read(url, answer.content.iter_any())
    except (aiohttp.ClientError, TimeoutError) as error:
        raise NotFetched(f"{url} does not answer: {type(error).__name__}") from error


async def _read(url: str, chunks: AsyncIterable[bytes]) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > _MOST_BYTES:
            raise NotFetched(f"{url} answers more than {_MOST_BYTES // 1024} KB")
    return bytes(body)
