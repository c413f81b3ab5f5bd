import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.processes import needs_azurite
from tests.clients import programs
from tests.clients.machines import Machine
from tests.clients.nuget import NuGet
from tests.clients.serving import ServedFeed, served

__all__ = ["needs_azurite"]


@pytest.fixture(scope="session")
def mono(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """The command that runs a .NET program: mono, with a launcher that ends when the work does."""
    mono, compiler = programs.get_mono()
    launcher = tmp_path_factory.mktemp("launcher") / "launcher.exe"
    source = Path(__file__).with_name("launcher.cs")
    subprocess.run([compiler, f"-out:{launcher}", source], check=True)  # noqa: S603  (ours)
    return mono, str(launcher)


@pytest.fixture(scope="session")
def public_feed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedFeed]:
    """A feed that anyone reads, with the packages that cases share."""
    with served(tmp_path_factory.mktemp("feed"), "--memory") as feed:
        feed.fill()
        yield feed


@pytest.fixture(scope="session")
def private_feed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedFeed]:
    """A feed that asks for a key, with the same packages."""
    with served(tmp_path_factory.mktemp("private"), "--memory", read="private") as feed:
        feed.fill()
        yield feed


@pytest.fixture(scope="session")
def stored_feed(
    tmp_path_factory: pytest.TempPathFactory, needs_azurite: None
) -> Iterator[ServedFeed]:
    """Another private one, on the storage emulator, where redirects are what nobody asked for."""
    folder = tmp_path_factory.mktemp("stored")
    with served(folder, "--data", str(folder / "data"), read="private") as feed:
        feed.fill()
        yield feed


@pytest.fixture
def feed(public_feed: ServedFeed) -> ServedFeed:
    """The shared feed, as if nobody had asked it anything yet."""
    public_feed.requests()
    return public_feed


@pytest.fixture
def machine(tmp_path: Path, feed: ServedFeed) -> Machine:
    return Machine.make(tmp_path / "machine", feed.url)


@pytest.fixture
def nuget(mono: tuple[str, ...], machine: Machine) -> NuGet:
    """nuget.exe 5.8.0 on a machine of its own."""
    return NuGet((*mono, programs.get_client(programs.NUGET)), machine)


@pytest.fixture
def old_nuget(mono: tuple[str, ...], machine: Machine) -> NuGet:
    """nuget.exe 4.7.1 on a machine of its own."""
    return NuGet((*mono, programs.get_client(programs.OLD_NUGET)), machine)
