"""`package`: the zip that Azure Functions runs on its Flex Consumption plan.

It holds the app and all that it depends on, so Azure installs nothing, and what was tested is
what runs. The same input makes the same bytes: names are sorted, and times and rights fixed.
"""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from feed.cli import ROOT
from feed.cli.errors import NotPackaged

OWN_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
DEPENDENCIES = Path(".python_packages/lib/site-packages")
"""Where the Functions worker looks for them."""

RECORD = "python-version.txt"
"""Says which Python the wheels are for: `3.13`."""

MOST_MB = 60
_MB = 1_000_000
_APP = ("function_app.py", "host.json", "requirements.txt", "feed")
# Of a checkout: what starts the feed without Azure.
_LOCAL = ("feed/cli", "feed/localhost.py", "feed/__main__.py")
# Of wheels: tests, what only compilers and type checkers read, and what pip says of its own run.
_USELESS = ("tests", "*.pyi", "*.pyx", "*.pxd", "*.c", "*.h", "RECORD", "INSTALLER", "REQUESTED")
_BICEP_PYTHON = re.compile(r"name: 'python'\s+version: '([0-9.]+)'")


@dataclass(frozen=True, slots=True)
class Part:
    """A package, or a file beside them, with its share of the zip in bytes."""

    name: str
    size: int


def package(
    python: Annotated[
        str | None, typer.Option(help="The minor version of Python that it is for, such as 3.13.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The zip to write.")] = ROOT / "dist/larder.zip",
) -> None:
    """Build the zip that Azure runs: the app and all that it depends on."""
    target = choose_python(python, find_deployed_python(ROOT / "infra"))
    build(target, out)
    parts = weigh(out)
    print(f"{out}: {_megabytes(sum(each.size for each in parts))}, for Python {target}")
    if target != OWN_PYTHON:
        print(f"without bytecode, which only Python {target} makes, and this is {OWN_PYTHON}")
    for each in parts[:10]:
        print(f"{_megabytes(each.size):>10}  {each.name}")


def choose_python(asked: str | None, deployed: str | None) -> str:
    """Take the Python that was asked for, else the one in Azure, else the one that runs this."""
    if asked is not None and not re.fullmatch(r"3\.\d+", asked):
        raise NotPackaged(f"--python takes a minor version such as 3.13, not {asked}")
    if asked and deployed and asked != deployed:
        raise NotPackaged(f"infra/ deploys Python {deployed}, so there is no package for {asked}")
    return asked or deployed or OWN_PYTHON


def find_deployed_python(infra: Path) -> str | None:
    """Find the version that the Bicep files name, where there are any."""
    files = sorted(infra.rglob("*.bicep"))
    named = {version for each in files for version in _BICEP_PYTHON.findall(each.read_text())}
    if files and len(named) != 1:
        raise NotPackaged(f"infra/ names {' and '.join(sorted(named)) or 'no version'} of Python")
    return named.pop() if named else None


def build(python: str, out: Path) -> None:
    """Write the zip for one minor version of Python."""
    from feed.cli import wheels  # noqa: PLC0415  (packaging is no part of what is deployed)

    with TemporaryDirectory() as name:
        folder = Path(name)
        wheels.install(python, folder / DEPENDENCIES)
        assemble(folder, python, out)


def assemble(folder: Path, python: str, out: Path) -> None:
    """Add the app to a folder with its dependencies, and write it as a zip."""
    (folder / DEPENDENCIES).mkdir(parents=True, exist_ok=True)
    _prune(folder / DEPENDENCIES)
    for name in _APP:
        _copy(name, folder)
    (folder / RECORD).write_text(f"{python}\n")
    if python == OWN_PYTHON:
        _compile(folder)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _write(folder, out)
    except OSError as error:
        raise NotPackaged(f"cannot write {out}: {error.strerror}") from error
    _check_size(out)


def _prune(dependencies: Path) -> None:
    _remove(dependencies / "bin")
    for pattern in _USELESS:
        for path in list(dependencies.rglob(pattern)):
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _copy(name: str, folder: Path) -> None:
    source = ROOT / name
    if source.is_dir():
        shutil.copytree(source, folder / name, ignore=_ignored)
    else:
        shutil.copyfile(source, folder / name)


def _ignored(directory: str, names: list[str]) -> set[str]:
    inside = Path(directory).relative_to(ROOT)
    local = {each for each in names if (inside / each).as_posix() in _LOCAL}
    return local | {each for each in names if each == "__pycache__" or each.startswith(".")}


def _compile(folder: Path) -> None:
    """Spare each cold start the compiling, and the looking for whether a source has changed."""
    command = [sys.executable, "-m", "compileall", "-qq", "--invalidation-mode", "unchecked-hash"]
    # A fixed seed: the order of a set of constants is in the bytes.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run([*command, "-s", folder, folder], env=environment, check=False)
    if done.returncode != 0:
        raise NotPackaged(f"not everything compiles: {sys.executable} -m compileall says what")


def _write(folder: Path, out: Path) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.writestr(_entry(path.relative_to(folder).as_posix()), path.read_bytes())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # of 1980, zip's first year
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, whose rights these are: a file that all may read
    entry.external_attr = 0o100644 << 16
    return entry


def _check_size(out: Path) -> None:
    size = out.stat().st_size
    if size > MOST_MB * _MB:
        largest = ", ".join(f"{each.name} {_megabytes(each.size)}" for each in weigh(out)[:3])
        out.unlink()
        raise NotPackaged(f"it would have {_megabytes(size)}, over {MOST_MB} MB: {largest}, …")


def weigh(archive: Path) -> list[Part]:
    """Say what takes how much of a package, the largest first."""
    sizes: Counter[str] = Counter()
    for name, size in _entries(archive):
        inside = name.removeprefix(f"{DEPENDENCIES.as_posix()}/")
        sizes[inside.partition("/")[0]] += size
    return [Part(name, size) for name, size in sizes.most_common()]


def _entries(archive: Path) -> Iterator[tuple[str, int]]:
    with zipfile.ZipFile(archive) as opened:
        for each in opened.infolist():
            yield each.filename, each.compress_size


def _megabytes(size: int) -> str:
    return f"{size / _MB:.1f} MB"
