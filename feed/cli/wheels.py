"""What the feed depends on where it is deployed: wheels for Linux, of one minor version of Python.

`requirements.txt` pins all of it for every version of Python at once. pip picks wheels for
another version than its own, but reads markers as if it were its own, so they are read here.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, distributions
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from feed.cli import ROOT
from feed.cli.errors import NotPackaged

PINS = ROOT / "requirements.txt"
NEWEST_GLIBC = 28
"""Of Azure's machines: the second part of the C library's version, after `2.`."""

# PEP 600: manylinux_2_5, 2_12 and 2_17 are what manylinux1, 2010 and 2014 were called before.
_PLATFORMS = (
    *(f"manylinux_2_{minor}_x86_64" for minor in range(NEWEST_GLIBC, 4, -1)),
    *(f"manylinux{name}_x86_64" for name in ("2014", "2010", "1")),
)


def install(python: str, target: Path, pins: Path = PINS) -> None:
    """Put every dependency into a folder, as one version of Python needs it."""
    if find_spec("pip") is None:
        raise NotPackaged(f"pip is missing: {sys.executable} -m ensurepip installs it")
    wanted = [f"{each.name}{each.specifier}" for each in _pinned(pins, python)]
    _pip(["install", "--no-deps", "--no-compile", "--target", str(target)], python, wanted)
    faults = sorted(set(_faults(target, python)))
    if faults:
        raise NotPackaged(f"{pins.name} does not fit Python {python}: {'; '.join(faults)}")


def _pinned(pins: Path, python: str) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in pins.read_text("utf-8").splitlines())
    return [each for each in map(Requirement, filter(None, lines)) if _applies(each, python)]


def _applies(requirement: Requirement, python: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(_environment(python))


def _environment(python: str) -> dict[str, str | set[str]]:
    """Say what PEP 508 asks of the machine that it will run on."""
    return {
        "extra": "",
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }


def _pip(arguments: Sequence[str], python: str, wanted: Sequence[str]) -> None:
    command = [sys.executable, "-m", "pip", *arguments, "--quiet", "--only-binary=:all:"]
    # pip would hold the wheels to its own Python; _faults holds them to the one that is meant.
    command += ["--ignore-requires-python"]
    command += ["--implementation", "cp", "--python-version", python]
    command += [f"--platform={each}" for each in _PLATFORMS]
    done = subprocess.run([*command, *wanted], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
        reason = errors[-1].removeprefix("ERROR: ") if errors else f"exit code {done.returncode}"
        raise NotPackaged(
            f"no wheels for Python {python} on Linux with glibc 2.{NEWEST_GLIBC}: {reason}"
        )


def _faults(folder: Path, python: str) -> Iterator[str]:
    """Say what in the folder is for another Python, or depends on what is not there."""
    there = {canonicalize_name(each.name): each for each in distributions(path=[str(folder)])}
    for name, each in there.items():
        pythons = _requires_python(each)
        if not SpecifierSet(pythons).contains(f"{python}.0"):
            yield f"{name} {each.version} needs Python {pythons}"
        for wanted in map(Requirement, each.requires or ()):
            found = there.get(canonicalize_name(wanted.name))
            version = found.version if found else None
            if _applies(wanted, python) and not _is_met(wanted, version):
                yield f"{name} needs {wanted.name}{wanted.specifier}"


def _requires_python(package: Distribution) -> str:
    named: list[str] = package.metadata.get_all("Requires-Python") or [""]
    return named[0]


def _is_met(wanted: Requirement, version: str | None) -> bool:
    return version is not None and wanted.specifier.contains(version, prereleases=True)
