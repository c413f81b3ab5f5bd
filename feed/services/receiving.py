"""An upload on its way in: a body in any form becomes one temporary file, hashed as it comes.

https://www.rfc-editor.org/rfc/rfc7578 is what clients send; a body that is not
multipart is the package itself.

Memory stays the same however large an upload is: it is parsed, hashed and
written in batches, off the event loop. What all uploads have on the disk at once
has a limit too. An upload takes its share of it as it grows, or at once when it
says its length, and gives it back when it is dealt with. No upload ever waits
for another's share: it is told to come again, so no two can block each other.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from hashlib import sha512
from tempfile import TemporaryFile
from typing import BinaryIO, Protocol

from multipart import MultipartError, MultipartSegment, PushMultipartParser

from feed.errors import Busy, InvalidRequest, TooLarge, shown

MB = 1024 * 1024

_BATCH = MB
# What a body may hold beside its package: small parts, with their headers and boundaries.
_PARTS = 100
_FRAME = 64 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A package as it came, in a file that is gone as soon as it is closed."""

    file: BinaryIO
    size: int
    sha512: str
    """In standard base64."""


class Receiving:
    """Receives uploads of up to `limit` bytes, and at most `budget` bytes of them at once."""

    def __init__(
        self,
        limit: int,
        budget: int,
        *,
        patience: float = 60.0,
        open_file: Callable[[], BinaryIO] = TemporaryFile,
    ) -> None:
        self._limit = limit
        self._budget = _Budget(budget)
        self._patience = patience
        self._open_file = open_file

    @asynccontextmanager
    async def receive(
        self, content_type: str, content_length: int | None, chunks: AsyncIterator[bytes]
    ) -> AsyncIterator[Received]:
        """Read a body to its end; the package is there until the context is left."""
        claim = _Claim(self._budget, self._limit)
        sink = _Sink(self._open_file(), self._limit)
        try:
            claim.cover(content_length or 0)
            form = _form(content_type, sink)
            await self._read(chunks, claim, form)
            _check_whole(claim.received, content_length)
            form.end()
            yield await asyncio.to_thread(sink.received)
        finally:
            claim.release()
            await asyncio.to_thread(sink.close)

    async def _read(self, chunks: AsyncIterator[bytes], claim: "_Claim", form: "_Form") -> None:
        batch = bytearray()
        while (chunk := await self._next(chunks)) is not None:
            claim.receive(len(chunk))
            batch += chunk
            if len(batch) >= _BATCH:
                await asyncio.to_thread(form.feed, batch)
                batch = bytearray()
        if batch:
            await asyncio.to_thread(form.feed, batch)

    async def _next(self, chunks: AsyncIterator[bytes]) -> bytes | None:
        try:
            async with asyncio.timeout(self._patience):
                return await anext(chunks, None)
        except TimeoutError:
            raise InvalidRequest(
                f"the upload stood still for {self._patience:g} s, push it again"
            ) from None


def _check_whole(received: int, content_length: int | None) -> None:
    if received < (content_length or 0):
        raise InvalidRequest(f"the upload was cut short: {received} of {content_length} bytes came")
    if not received:
        raise InvalidRequest("the upload is empty, a package was expected")


@dataclass(slots=True)
class _Budget:
    left: int


@dataclass(slots=True)
class _Claim:
    """What one upload has taken of the budget, and may take."""

    budget: _Budget
    limit: int
    received: int = 0
    taken: int = 0

    def receive(self, size: int) -> None:
        self.received += size
        self.cover(self.received)

    def cover(self, size: int) -> None:
        """Take what is missing for a body of this size; its package is never above the limit."""
        if size > self.limit + _FRAME:
            raise _too_large(self.limit)
        more = max(0, min(size, self.limit) - self.taken)
        if more > self.budget.left:
            raise Busy("the feed is receiving as much as it can hold, push again in a moment")
        self.budget.left -= more
        self.taken += more

    def release(self) -> None:
        self.budget.left += self.taken
        self.taken = 0


class _Sink:
    """The package as far as it has come: written, counted, hashed."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._size = 0
        self._hash = sha512()

    def write(self, data: bytes | bytearray) -> None:
        self._size += len(data)
        if self._size > self._limit:
            raise _too_large(self._limit)
        self._hash.update(data)
        try:
            self._file.write(data)
        except OSError as error:
            raise _disk_failed(error) from error

    def received(self) -> Received:
        try:
            self._file.seek(0)
        except OSError as error:
            raise _disk_failed(error) from error
        return Received(self._file, self._size, b64encode(self._hash.digest()).decode())

    def close(self) -> None:
        with suppress(OSError):  # what a full disk did not take is tried once more, in vain
            self._file.close()


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the package is too large: this feed takes up to {limit / MB:g} MB")


def _disk_failed(error: OSError) -> Busy:
    return Busy(f"the feed cannot write to its temporary disk: {error.strerror}")


class _Form(Protocol):
    """How the package lies in the body."""

    def feed(self, data: bytearray) -> None: ...

    def end(self) -> None:
        """Refuse a body that has no end of its own form."""


def _form(content_type: str, sink: _Sink) -> _Form:
    header = Message()
    header["Content-Type"] = content_type
    if header.get_content_maintype() != "multipart":
        return _Raw(sink)
    boundary = header.get_boundary()
    if not boundary or not boundary.isprintable():
        raise InvalidRequest(f"the content type {shown(content_type)} names no usable boundary")
    return _Multipart(boundary, sink)


@dataclass(frozen=True, slots=True)
class _Raw:
    """The body is the package."""

    sink: _Sink

    def feed(self, data: bytearray) -> None:
        self.sink.write(data)

    def end(self) -> None:
        return


class _Multipart:
    """The package is the first part, whatever it is called; all others are skipped."""

    def __init__(self, boundary: str, sink: _Sink) -> None:
        self._sink = sink
        self._boundary = boundary
        self._parser = _Parser(boundary.encode("latin-1", "replace"), max_segment_count=_PARTS)
        self._parts = 0

    def feed(self, data: bytearray) -> None:
        try:
            for event in self._parser.parse(data):
                if isinstance(event, MultipartSegment):
                    self._parts += 1
                elif event and self._parts == 1:
                    self._sink.write(event)
        except MultipartError as error:
            raise InvalidRequest(f"the multipart body is malformed: {error}") from error

    def end(self) -> None:
        try:
            self._parser.close()
        except MultipartError as error:
            raise InvalidRequest(
                f"the upload was cut short: its boundary {shown(self._boundary)} does not close it"
            ) from error
        if not self._parts:
            raise InvalidRequest("the multipart body has no parts, the first is the package")


# The package ships no types: hence what mypy is told to ignore.
class _Parser(PushMultipartParser):  # type: ignore[misc]
    def _create_segment(self, headerlist: list[tuple[str, str]]) -> MultipartSegment:
        """Take any part: scripts send such as have no Content-Disposition."""
        return MultipartSegment(headerlist)
