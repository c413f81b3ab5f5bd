"""What we compare ourselves with: a server that only sends files, nginx where there is one."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from socket import create_server, socket
from tempfile import TemporaryDirectory
from typing import Final

import uvicorn
from starlette.types import Receive, Scope, Send

from feed.cli.addresses import bound
from feed.cli.bench.fetching import Connection

NGINX: Final = "nginx"
WITHOUT_NGINX: Final = "a bare uvicorn"

_START_SECONDS: Final = 10.0
_CONFIGURATION: Final = """
daemon off; master_process off; error_log stderr; pid {folder}/nginx.pid;
events {{}}
http {{
  access_log off; sendfile on; keepalive_requests 10000000; default_type application/json;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {folder}/root; }}
}}
"""


@dataclass(frozen=True, slots=True)
class Baseline:
    name: str
    port: int


@contextmanager
def sending(files: Mapping[str, bytes], *, uses_nginx: bool = True) -> Iterator[Baseline]:
    """Send these, by path: from the disk with nginx where the machine has it, else from memory."""
    nginx = _find_nginx() if uses_nginx else None
    with _by_nginx(nginx, files) if nginx else _by_uvicorn(files) as baseline:
        yield baseline


def _find_nginx() -> str | None:
    # Debian: it lies where only root looks for programs.
    return shutil.which(NGINX) or shutil.which(NGINX, path="/usr/sbin:/usr/local/sbin")


@contextmanager
def _by_nginx(nginx: str, files: Mapping[str, bytes]) -> Iterator[Baseline]:
    with create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    with TemporaryDirectory() as name:
        folder = Path(name)
        for path, body in files.items():
            file = folder / "root" / path.strip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
        configuration = folder / "nginx.conf"
        configuration.write_text(_CONFIGURATION.format(folder=folder, port=port))
        command = [nginx, "-c", str(configuration), "-p", name, "-e", "stderr"]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                _wait_for(port, lambda: process.poll() is None)
                yield Baseline(NGINX, port)
            finally:
                process.terminate()


@contextmanager
def _by_uvicorn(files: Mapping[str, bytes]) -> Iterator[Baseline]:
    with bound("127.0.0.1", 0) as listener:
        process = get_context("spawn").Process(target=_send, args=(listener, dict(files)))
        process.start()
        listener.listen()
        port = int(listener.getsockname()[1])
    try:
        _wait_for(port, process.is_alive)
        yield Baseline(WITHOUT_NGINX, port)
    finally:
        process.terminate()
        process.join()


def _send(listener: socket, files: Mapping[str, bytes]) -> None:
    config = uvicorn.Config(
        partial(_answer, files),
        interface="asgi3",
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
    )
    uvicorn.Server(config).run(sockets=[listener])


async def _answer(files: Mapping[str, bytes], scope: Scope, receive: Receive, send: Send) -> None:
    body = files.get(scope["path"])
    length = str(len(body or b"")).encode()
    status = 404 if body is None else 200
    headers = [(b"content-length", length), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body or b""})


def _wait_for(port: int, is_alive: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while is_alive() and time.monotonic() < deadline:
        with suppress(OSError), Connection(port) as connection:
            connection.get("/")
            return
        time.sleep(0.05)
    raise TimeoutError("the server to compare with does not start")
