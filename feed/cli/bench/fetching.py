"""A small HTTP client: what a measured answer costs is to be the server's doing, not ours."""

import re
from dataclasses import dataclass
from socket import create_connection
from types import TracebackType
from typing import Final, Self

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_LOCATION: Final = re.compile(rb"\r\nlocation: *http://127\.0\.0\.1:([0-9]+)(\S+)", re.IGNORECASE)
_HEAD_ENDS: Final = b"\r\n\r\n"
_PATIENCE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    size: int
    """With its head."""

    location: tuple[int, str] | None
    """Where it sends us: the port on this machine, and the path."""


class Connection:
    """One connection to a server on this machine, which is used again and again."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = create_connection(("127.0.0.1", port), _PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def get(self, path: str) -> Answer:
        self._socket.sendall(request(self._port, path))
        received = bytearray()
        while (end := received.find(_HEAD_ENDS)) < 0:
            received += self._receive()
        head = bytes(received[: end + len(_HEAD_ENDS)])
        length = _LENGTH.search(head)
        size = len(head) + (int(length[1]) if length else 0)
        while len(received) < size:
            received += self._receive()
        location = _LOCATION.search(head)
        sent_to = (int(location[1]), location[2].decode()) if location else None
        return Answer(int(head[9:12]), bytes(received[len(head) :]), size, sent_to)

    def _receive(self) -> bytes:
        received = self._socket.recv(2**18)
        if not received:
            raise ConnectionError("the server closed the connection")
        return received


def request(port: int, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
