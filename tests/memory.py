"""How much memory a feed needs while packages are pushed into it; Linux only.

`FEED_STORAGE=… python -m tests.memory 20 60 200 8x60` serves a feed on that storage
in a process of its own, pushes packages of these sizes in MB into it, without a
length as `dotnet nuget push` does, and prints by how much its resident memory grew
at most while they came.
"""

import http.client
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from socket import create_server, socket
from typing import IO
from uuid import uuid4

from feed.app import Feed, function_app
from feed.localhost import Localhost, run
from feed.settings import Settings
from tests.builders import nuspec
from tests.feeds import ADDRESS, ADMIN_KEY

MB = 1024 * 1024
FORM = "multipart/form-data; boundary=b"


def serve(listener: socket) -> None:
    usual = {"FEED_PUBLIC_URL": ADDRESS, "FEED_ADMIN_KEY": ADMIN_KEY}
    feed = Feed.from_settings(Settings.from_environment({**usual, **os.environ}))
    run(Localhost(function_app(feed), feed.running), listener)


def write_package(file: IO[bytes], size: int) -> None:
    """Make a package of nearly this size, of bytes that cannot be compressed."""
    package_id = f"Memory.{uuid4().hex}"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{package_id}.nuspec", nuspec(package_id))
        with archive.open("lib/filler.bin", "w") as entry:
            for _ in range(size - 1):
                entry.write(os.urandom(MB))


def push(port: int, size: int) -> int:
    with tempfile.TemporaryFile() as file:
        write_package(file, size)
        file.seek(0)
        connection = http.client.HTTPConnection("127.0.0.1", port)
        headers = {"X-NuGet-ApiKey": ADMIN_KEY, "Content-Type": FORM}
        connection.request("PUT", "/api/v2/package/", _form(file), headers, encode_chunked=True)
        status = connection.getresponse().status
        connection.close()
        return status


def _form(file: IO[bytes]) -> Iterator[bytes]:
    yield b"--b\r\nContent-Disposition: form-data; name=package\r\n\r\n"
    while chunk := file.read(MB // 8):
        yield chunk
    yield b"\r\n--b--\r\n"


def grown(pid: int, port: int, count: int, size: int) -> str:
    """Push packages at once and say what came of it."""
    before = _resident(pid, "VmRSS")
    # proc(5), clear_refs: 5 resets the peak resident set size to what is resident now.
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    with ThreadPoolExecutor(count) as pool:
        statuses = set(pool.map(lambda _: push(port, size), range(count)))
    peak = _resident(pid, "VmHWM")
    return f"{count} x {size} MB: {statuses}, {before:.0f} MB before, {peak - before:+.0f} MB\n"


def _wait(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/health")
    connection.getresponse().read()
    connection.close()


def _resident(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


def main(sizes: list[str]) -> None:
    with create_server(("127.0.0.1", 0)) as listener:
        server = get_context("spawn").Process(target=serve, args=(listener,))
        server.start()
        port = int(listener.getsockname()[1])
    try:
        _wait(port)
        for each in ["1", *sizes]:  # the first loads what is loaded on first use
            count, _, size = each.rpartition("x")
            sys.stdout.write(grown(server.pid or 0, port, int(count or 1), int(size)))
    finally:
        server.terminate()
        server.join()


if __name__ == "__main__":
    main(sys.argv[1:])
