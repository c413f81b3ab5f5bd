"""What all tests share: one profile for properties, and one storage emulator."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.azurite import Azurite, running_azurite

settings.register_profile("larder", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("larder")


@pytest.fixture(scope="session")
def azurite() -> Iterator[Azurite]:
    """The emulator, started by the first test that asks for it."""
    with running_azurite() as emulator:
        yield emulator
