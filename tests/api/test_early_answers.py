"""A client that is refused hears why, even while it still sends.

NuGet's clients see a broken connection, try three times and fail, when a server
answers and closes before it has read the whole body. Small bodies hide that: they
fit into the buffers of the socket.
"""

import asyncio
import http.client
from collections.abc import Iterator

import pytest

from tests.api.pushing import KEY, PACKAGES
from tests.builders import nupkg
from tests.feeds import memory_feed, served

CHUNK = b"x" * (128 * 1024)
CHUNKS = 128
"""16 MB in all: more than the buffers of a socket hold."""

FORM = {"Content-Type": "multipart/form-data; boundary=b"}
NO_FORM = {"Content-Type": "multipart/form-data"}

REFUSED = [
    ({**FORM}, 401, "a key of this feed is needed"),
    ({**FORM, **KEY}, 413, "this feed takes up to 1 MB"),
    ({**NO_FORM, **KEY}, 400, "names no usable boundary"),
]


def body() -> Iterator[bytes]:
    yield b"--b\r\nContent-Disposition: form-data; name=package\r\n\r\n"
    for _ in range(CHUNKS):
        yield CHUNK
    yield b"\r\n--b--\r\n"


def push(port: int, headers: dict[str, str]) -> tuple[int, str]:
    """Send all, then read the answer; and again over the same connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request("PUT", PACKAGES, body(), headers, encode_chunked=True)
        refused = connection.getresponse()
        refused.read()
        connection.request("PUT", PACKAGES, nupkg(), KEY)
        assert connection.getresponse().status == 201
        return refused.status, refused.headers["X-NuGet-Warning"]
    finally:
        connection.close()


@pytest.mark.parametrize(("headers", "status", "warning"), REFUSED)
async def test_who_sends_all_and_then_reads_hears_why(
    headers: dict[str, str], status: int, warning: str
) -> None:
    given = {**headers, "Transfer-Encoding": "chunked"}
    async with served(memory_feed(max_package_mb="1")) as port:
        answer = await asyncio.to_thread(push, port, given)
    assert answer[0] == status
    assert warning in answer[1]


@pytest.mark.parametrize(("headers", "status", "warning"), REFUSED)
async def test_who_listens_while_sending_is_answered_after_the_last_byte(
    headers: dict[str, str], status: int, warning: str
) -> None:
    async with served(memory_feed(max_package_mb="1")) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answer = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        start = f"PUT {PACKAGES} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n{lines}\r\n"
        writer.write(start.encode())
        for chunk in body():
            writer.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            await writer.drain()
        assert not answer.done()
        writer.write(b"0\r\n\r\n")
        head = (await answer).decode()
        writer.close()
        await writer.wait_closed()
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert warning in head
