"""Where the clients are; without one, its cases are skipped on a laptop."""

import shutil
from pathlib import Path

import pytest

from tests.azurite import give_up

_MODULES = Path(__file__).parents[2] / "node_modules"
NUGET = _MODULES / "nuget-exe/nuget-5.8.0.exe"
OLD_NUGET = _MODULES / "grunt-nuget/libs/nuget.exe"
"""Version 4.7.1."""


def get_mono() -> tuple[str, str]:
    """Find mono and its compiler."""
    mono, compiler = shutil.which("mono"), shutil.which("mcs")
    if mono is None or compiler is None:
        give_up("needs mono and mcs, for nuget.exe")
    return mono, compiler


def get_client(client: Path) -> str:
    if not client.exists():
        give_up("needs `npm ci`, for nuget.exe")
    return str(client)


def get_dotnet() -> str:
    """Find it, or skip: where there is none to be had, CI has none either."""
    dotnet = shutil.which("dotnet")
    if dotnet is None:
        pytest.skip("needs dotnet on the PATH")
    return dotnet
