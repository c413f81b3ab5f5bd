"""How a request to Azure Storage is sent: how long it may take, when it is tried again, and
what its failures are called.

The SDKs' own retries are switched off. Theirs wait for minutes where a client of ours has
given up after seconds; the one for blobs ignores Retry-After, and the one for tables does
not try a lost insert again. Here the rules are the same for both: what may pass (no
connection, no answer, 408, 429, 5xx) is tried again after a pause with jitter or after what
Retry-After asks for, as long as there is time; then it is `StorageUnavailable`.

A storage that does not answer costs two tries of four seconds, so it is found dead within ten.
A try with a body, or for a large answer, gets the time that a slow line needs for it on top.
"""

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import TypeVar

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
)

from feed.errors import StorageUnavailable
from feed.storage.azure_accounts import Patience
from feed.storage.limits import BLOCK_SIZE

T = TypeVar("T")

SLOWEST_LINE = 512 * 2**10
"""Bytes a second that a line must carry; one that is slower counts as dead."""

_TROUBLE = {408, 429, 500, 502, 503, 504}

_REFUSALS = {
    "AuthorizationFailure": "its firewall keeps the feed out, or the feed lacks the role {role}",
    "AuthorizationPermissionMismatch": "the feed's identity lacks the role {role}",
    "AuthenticationFailed": "it does not accept the feed's credentials, or the clocks differ",
    "KeyBasedAuthenticationNotPermitted": "it takes identities only, and no account key",
    "AccountIsDisabled": "the account is disabled",
    "ContainerNotFound": "the feed's container is not there",
    "ContainerBeingDeleted": "the feed's container is being deleted",
    "TableNotFound": "one of the feed's tables is not there",
    "TableBeingDeleted": "one of the feed's tables is being deleted",
}
"""What Azure refuses whatever was asked for, in words for who runs the feed."""


class Requests:
    """Sends requests to one service of an account, and calls its failures by our names."""

    def __init__(self, host: str, role: str, patience: Patience) -> None:
        self._host = host
        self._role = role
        self._patience = patience

    async def send(self, request: Callable[[], Awaitable[T]], *, moving: int = 0) -> T:
        """Return the answer of a request that may take as long as `moving` bytes need.

        An HTTP status that says something about what was asked for, as 404 or 412,
        stays the SDK's `HttpResponseError`.
        """
        limit = self._patience.answer + moving / SLOWEST_LINE
        deadline = time.monotonic() + self._patience.total
        tries = 0
        while True:
            tries += 1
            try:
                async with asyncio.timeout(limit):
                    return await request()
            except (AzureError, TimeoutError) as error:
                pause = self._pause_after(error, tries)
                if time.monotonic() + pause + self._patience.answer > deadline:
                    raise self._unavailable(error) from error
            await asyncio.sleep(pause)

    async def read(self, pages: AsyncIterator[AsyncIterator[T]]) -> AsyncIterator[T]:
        """Read page after page, of which some may be empty and none is fetched too early."""
        while (page := await self.send(partial(anext, pages, None), moving=BLOCK_SIZE)) is not None:
            async for item in page:
                yield item

    def _pause_after(self, error: AzureError | TimeoutError, tries: int) -> float:
        """Say how long to wait before a further try, or raise what makes one useless."""
        if isinstance(error, HttpResponseError):
            if refusal := self._refusal(error):
                raise refusal from error
            if not _may_pass(error):
                raise error
        if tries >= self._patience.tries:
            raise self._unavailable(error) from error
        longest = self._patience.pause * 4.0 ** (tries - 1)
        jitter = random.uniform(longest / 2, longest)  # noqa: S311  (jitter, not a secret)
        asked = _header(error, "Retry-After")
        return max(jitter, float(asked)) if asked.isdecimal() else jitter

    def _refusal(self, error: HttpResponseError) -> StorageUnavailable | None:
        code = error_code(error)
        reason = _REFUSALS.get(code)
        if reason is None and error.status_code in (401, 403):
            said = code or f"with status {error.status_code}"
            reason = f"it refuses the feed ({said}), whose role must be {{role}}"
        elif reason is None and isinstance(error, ClientAuthenticationError):
            reason = "there is no token for the feed's identity"
        if reason is None:
            return None
        return StorageUnavailable(f"{self._host}: {reason.format(role=self._role)}")

    def _unavailable(self, error: Exception) -> StorageUnavailable:
        if isinstance(error, HttpResponseError) and error.status_code in _TROUBLE:
            reason = f"answers {error.status_code} {error_code(error)}".rstrip()
        elif isinstance(error, ServiceRequestError):
            reason = "cannot be reached"
        else:
            reason = "does not answer"
        return StorageUnavailable(f"{self._host} {reason}")


@contextmanager
def meaning(answers: Mapping[int | str, Exception]) -> Iterator[None]:
    """Raise what a status, or one of Azure's error codes, means for what is asked here."""
    try:
        yield
    except HttpResponseError as error:
        for sign in (error.status_code or 0, error_code(error)):
            if sign in answers:
                raise answers[sign] from error
        raise


def error_code(error: HttpResponseError) -> str:
    """Return Azure's name of a failure, wherever the SDK left it."""
    code = getattr(error, "error_code", None) or _header(error, "x-ms-error-code")
    if not code and (found := re.search(r'"code": ?"(\w+)"', str(error))):
        code = found[1]
    return str(getattr(code, "value", code))


def _may_pass(error: HttpResponseError) -> bool:
    """Tell trouble, and an answer that broke off, from one that says no."""
    status = error.status_code or 0
    return status in _TROUBLE or status < HTTPStatus.MULTIPLE_CHOICES


def _header(error: Exception, name: str) -> str:
    response = getattr(error, "response", None)
    return str(getattr(response, "headers", {}).get(name, ""))
