"""Where `serve` listens, and what clients call that."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from socket import SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, getaddrinfo, socket

from feed.cli.errors import AddressUnusable

LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (looked up, not listened on)


@contextmanager
def bound(host: str, port: int) -> Iterator[socket]:
    """Have the port for oneself; until the socket listens, clients are still refused."""
    try:
        listener = _bind(host, port)
    except OSError as error:
        raise AddressUnusable(host, port, error) from error
    with listener:
        yield listener


def listen(listener: socket) -> None:
    """Let clients connect, and wait where they are not served yet."""
    try:
        listener.listen()
    except OSError as error:  # somebody else bound the port as we did, and listened first
        host, port = listener.getsockname()[:2]
        raise AddressUnusable(host, port, error) from error


def is_loopback(listener: socket) -> bool:
    return ip_address(listener.getsockname()[0]).is_loopback


def public_url(host: str, port: int) -> str:
    """Say how clients on this machine reach a server that listens on the host."""
    reachable = LOOPBACK.get(host, host)
    return f"http://{f'[{reachable}]' if ':' in reachable else reachable}:{port}"


def _bind(host: str, port: int) -> socket:
    # asyncio sends without delay only through a socket that names TCP as its protocol.
    family, kind, protocol, _, address = getaddrinfo(host, port, type=SOCK_STREAM)[0]
    listener = socket(family, kind, protocol)
    try:
        if sys.platform != "win32":  # there it would share the port with another program
            listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener
