"""By how much the memory of a feed grows while packages are pushed into it; Linux only."""

import http.client
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Final
from uuid import uuid4

from feed.cli.azurite import local_storage
from feed.cli.bench.feeds import ADMIN_KEY
from feed.cli.bench.packages import write_package
from feed.cli.bench.processes import HAS_MEMORY, forget_most, most_resident, resident
from feed.cli.bench.report import GOALS, Table, left_out
from feed.cli.bench.serving import Server, served
from feed.cli.errors import CannotStart
from feed.services.receiving import MB
from feed.wire import WARNING

PUSHES: Final = ((1, 20), (1, 60), (1, 200), (8, 60))
"""How many at once, and of how many MB each."""

_TITLE: Final = "Memory while packages are pushed"
_CREATED: Final = 201
_BOUNDARY: Final = "0c4a6d1e-8c1b-4f0e-9d53-2f6b7a90c3d5"
"""So long, as clients make them, that no random bytes look like it."""

_GOALS: Final = {1: 48, 8: 150}


def memory(pushes: Sequence[tuple[int, int]] = PUSHES) -> list[Table]:
    if not HAS_MEMORY:
        return [left_out(_TITLE, "only Linux tells how much memory a process holds")]
    try:
        with tempfile.TemporaryDirectory() as name, local_storage(Path(name)) as connection:
            return [_measure(connection, pushes)]
    except CannotStart as error:
        return [left_out(_TITLE, str(error))]


def _measure(connection: str, pushes: Sequence[tuple[int, int]]) -> Table:
    with served(storage=connection) as server:
        push_at_once(server, 1, 1)  # the first loads what is loaded on first use
        before = resident(server.process)
        rows = [
            (
                f"{count} x {size} MB",
                f"{push_at_once(server, count, size):+.0f} MB",
                f"at most +{_GOALS[count]} MB" if count in _GOALS else "",
            )
            for count, size in pushes
        ]
    note = f"Resident memory at most, beyond the {before:.0f} MB after a first push; on Azurite."
    return Table(_TITLE, GOALS, tuple(rows), (note,))


def push_at_once(server: Server, count: int, size: int) -> float:
    """Push so many packages of so many MB, and return by how many MB the server grew at most."""
    before = resident(server.process)
    forget_most(server.process)
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(lambda _: _push(server.port, size), range(count)))
    return most_resident(server.process) - before


def _push(port: int, size: int) -> None:
    """Push a package as `dotnet nuget push` does, without saying its length."""
    with tempfile.TemporaryFile() as file:
        write_package(file, f"Memory.{uuid4().hex}", filler=size - 1)
        file.seek(0)
        connection = http.client.HTTPConnection("127.0.0.1", port)
        headers = {
            "X-NuGet-ApiKey": ADMIN_KEY,
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        }
        connection.request("PUT", "/api/v2/package/", _form(file), headers, encode_chunked=True)
        answer = connection.getresponse()
        connection.close()
        if answer.status != _CREATED:
            raise RuntimeError(f"a push was answered {answer.status}: {answer.getheader(WARNING)}")


def _form(file: IO[bytes]) -> Iterator[bytes]:
    yield f"--{_BOUNDARY}\r\nContent-Disposition: form-data; name=package\r\n\r\n".encode()
    while chunk := file.read(MB // 8):
        yield chunk
    yield f"\r\n--{_BOUNDARY}--\r\n".encode()
