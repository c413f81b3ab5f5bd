"""What all tests share: one profile for properties, one storage emulator, one package."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from feed.cli import wheels
from feed.cli.package import DEPENDENCIES, OWN_PYTHON
from tests.azurite import Azurite, running_azurite
from tests.runtime.packaged import pack

settings.register_profile("larder", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("larder")


@pytest.fixture(scope="session")
def azurite() -> Iterator[Azurite]:
    """The emulator, started by the first test that asks for it."""
    with running_azurite() as emulator:
        yield emulator


@pytest.fixture(scope="session")
def dependencies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what is deployed beside the feed, for the Python of the tests."""
    folder = tmp_path_factory.mktemp("dependencies")
    wheels.install(OWN_PYTHON, folder / DEPENDENCIES)
    return folder


@pytest.fixture(scope="session")
def package(dependencies: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip that is deployed, for the Python of the tests."""
    return pack(dependencies, tmp_path_factory.mktemp("package"))
