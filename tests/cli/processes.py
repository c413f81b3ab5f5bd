"""Real processes in tests: what they need, and whether they have ended."""

import os
import time
from collections.abc import Callable

import pytest

from feed.cli.azurite import get_azurite, get_node
from feed.cli.errors import CannotStart
from tests.azurite import give_up


@pytest.fixture(scope="session")
def needs_azurite() -> None:
    """Skip without Node and Azurite on a laptop; fail in CI, where they have to be there."""
    try:
        get_node()
        get_azurite()
    except CannotStart as error:
        give_up(str(error))


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)
