"""As many requests as a server answers: for one path, over several connections at once."""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector
from socket import create_connection, socket
from typing import Final

from feed.cli.bench.fetching import Connection, request

_CONNECTIONS: Final = 16


def requests_per_second(port: int, path: str, seconds: float) -> float:
    """Ask for a path again and again; all answers have to be as long as the first."""
    with Connection(port) as connection:
        size = connection.get(path).size
    asked = request(port, path)
    with ExitStack() as stack:
        selector = stack.enter_context(DefaultSelector())
        for _ in range(_CONNECTIONS):
            connected = stack.enter_context(create_connection(("127.0.0.1", port)))
            selector.register(connected, EVENT_READ, _Asking(connected, asked, size))
        return _answers(selector, seconds)


@dataclass(slots=True)
class _Asking:
    """One connection, on which we ask as soon as we are answered."""

    connected: socket
    asked: bytes
    size: int
    missing: int = 0

    def ask(self) -> None:
        self.missing = self.size
        self.connected.sendall(self.asked)

    def receive(self) -> bool:
        """Take what has come, and tell whether that ends an answer."""
        received = len(self.connected.recv(2**18))
        if not received:
            raise ConnectionError("the server closed the connection")
        self.missing -= received
        if self.missing <= 0:
            self.ask()
        return self.missing == self.size


def _answers(selector: DefaultSelector, seconds: float) -> float:
    for key in selector.get_map().values():
        key.data.ask()
    answered, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        answered += sum(key.data.receive() for key, _ in selector.select(1))
    return answered / passed
