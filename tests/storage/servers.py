"""Servers that behave as badly as a test needs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

SILENCE = b"never sent"
"""For an answer that does not come."""


@dataclass
class Script:
    port: int = 0
    requests: list[str] = field(default_factory=list)
    """Method and target of what was asked."""


def answer(status: int, code: str = "", *headers: str, body: str = "") -> bytes:
    """Spell an answer as Azure gives it; a connection serves one."""
    lines = [
        f"HTTP/1.1 {status} Whatever",
        f"Content-Length: {len(body.encode())}",
        "Connection: close",
    ]
    lines += [f"x-ms-error-code: {code}"] if code else []
    return "\r\n".join([*lines, *headers, "", body]).encode()


@asynccontextmanager
async def scripted(*answers: bytes) -> AsyncIterator[Script]:
    """Serve these answers in turn, and the last one for ever."""
    script = Script()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        script.requests.append(head.partition(" HTTP/")[0])
        reply = answers[min(len(script.requests), len(answers)) - 1]
        if reply == SILENCE:
            await reader.read()
        writer.write(b"" if reply == SILENCE else reply)

    async with _listening(serve) as script.port:
        yield script


@asynccontextmanager
async def losing_answers(url: str, lost: int) -> AsyncIterator[str]:
    """Stand before a server; let requests through, but not the first `lost` answers."""
    target = urlsplit(url)
    left = lost

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        upstream, upstream_writer = await asyncio.open_connection(target.hostname, target.port)
        sending = asyncio.create_task(_pump(reader, upstream_writer))
        first = await upstream.read(2**16)
        if left and first:
            left -= 1
        else:
            writer.write(first)
            await _pump(upstream, writer)
        writer.close()
        await sending

    async with _listening(serve) as port:
        yield target._replace(netloc=f"127.0.0.1:{port}").geturl()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(2**16):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def _listening(serve: Serve) -> AsyncIterator[int]:
    serving = set[asyncio.Task[None]]()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await serve(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.create_task(handle(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*serving)
