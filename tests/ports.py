"""Ports for servers that have to be told theirs before they start."""

import random
import socket
from contextlib import suppress

# Linux gives connections a local port from 32768 on: one of those may be taken any moment.
_FIRST, _LAST = 20_000, 32_000


def free_port() -> int:
    """Pick a port that no program has, and that none is given by chance."""
    while True:
        port = random.randint(_FIRST, _LAST)  # noqa: S311  (no secret)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
