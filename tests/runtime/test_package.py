"""What is deployed: what is in it, and that it is always the same."""

import random
import re
import sys
import zipfile
from pathlib import Path

import pytest

from feed.cli import wheels
from feed.cli.errors import NotPackaged
from feed.cli.package import DEPENDENCIES, MOST_MB, OWN_PYTHON, RECORD, assemble
from feed.cli.wheels import NEWEST_GLIBC
from tests.runtime.packaged import pack

pytestmark = pytest.mark.runtime

SITE = f"{DEPENDENCIES.as_posix()}/"
PLATFORM = re.compile(r"^Tag: \S+-(\w+)$", re.MULTILINE)


@pytest.fixture
def names(package: Path) -> list[str]:
    with zipfile.ZipFile(package) as archive:
        return archive.namelist()


def test_the_same_input_makes_the_same_bytes(
    package: Path, dependencies: Path, tmp_path: Path
) -> None:
    again = pack(dependencies, tmp_path)
    assert again.read_bytes() == package.read_bytes()


def test_a_package_says_which_python_it_is_for(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        assert archive.read(RECORD).decode() == f"{OWN_PYTHON}\n"


def test_a_package_holds_the_app_and_nothing_of_the_checkout(names: list[str]) -> None:
    beside = {each.partition("/")[0] for each in names}
    assert beside == {
        ".python_packages", "__pycache__", "feed", "function_app.py", "host.json", RECORD,
        "requirements.txt",
    }  # fmt: skip
    local = ("feed/cli/", "feed/localhost", "feed/__main__")
    assert [each for each in names if each.startswith(local)] == []


def test_a_package_holds_no_tools(names: list[str]) -> None:
    tops = {each.removeprefix(SITE).partition("/")[0] for each in names if each.startswith(SITE)}
    assert tops & {"bin", "httpx", "mypy", "packaging", "pip", "pytest", "rich", "typer"} == set()
    useless = (".pyi", ".c", ".h", ".pyx", ".pxd", "/RECORD")
    assert [each for each in names if each.endswith(useless) or "/tests/" in each] == []


def test_every_source_has_bytecode_that_is_believed_unseen(package: Path) -> None:
    """PEP 552: flags of 1 mean that a hash of the source is there and is not checked."""
    with zipfile.ZipFile(package) as archive:
        names = set(archive.namelist())
        compiled = {each for each in names if each.endswith(".pyc")}
        assert {_bytecode(each) for each in names if each.endswith(".py")} == compiled
        assert {archive.read(each)[4:8] for each in compiled} == {b"\1\0\0\0"}


def _bytecode(source: str) -> str:
    folder, _, name = source.rpartition("/")
    tag = sys.implementation.cache_tag
    return f"{folder}/__pycache__/{name[:-3]}.{tag}.pyc".removeprefix("/")


def test_a_package_is_small_enough(package: Path) -> None:
    assert package.stat().st_size < MOST_MB * 1_000_000


def test_a_package_that_is_too_large_is_not_left_behind(tmp_path: Path) -> None:
    large = tmp_path / "built" / DEPENDENCIES / "large/data.bin"
    large.parent.mkdir(parents=True)
    large.write_bytes(random.Random(0).randbytes(61_000_000))  # noqa: S311  (no secret)
    with pytest.raises(
        NotPackaged, match=r"^it would have 61\.\d MB, over 60 MB: large 61\.0 MB, "
    ):
        assemble(tmp_path / "built", "3.99", tmp_path / "larder.zip")
    assert not (tmp_path / "larder.zip").exists()


def test_every_wheel_runs_with_the_c_library_of_azures_machines(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        found = [
            archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith(".dist-info/WHEEL")
        ]
    assert len(found) > 20
    assert [each for each in found if not any(map(_runs, PLATFORM.findall(each)))] == []


def _runs(platform: str) -> bool:
    minor = re.fullmatch(r"manylinux_2_(\d+)_x86_64", platform)
    is_older = platform in ("any", "manylinux2014_x86_64", "manylinux2010_x86_64")
    return is_older or (minor is not None and int(minor[1]) <= NEWEST_GLIBC)


@pytest.mark.parametrize("python", ["3.12", "3.13", "3.14"])
def test_every_python_has_wheels_of_all_dependencies(python: str, tmp_path: Path) -> None:
    wheels.install(python, tmp_path)
    libraries = {each.name.partition(".")[2] for each in tmp_path.rglob("*.cpython-*.so")}
    assert libraries == {f"cpython-{python.replace('.', '')}-x86_64-linux-gnu.so"}
    assert (tmp_path / "azure_functions_runtime").exists() == (python != "3.12")


def test_a_dependency_without_a_fitting_wheel_stops_the_build(tmp_path: Path) -> None:
    pins = tmp_path / "requirements.txt"
    pins.write_text("orjson==3.13.0\norjson-of-nobody==1.0\n")
    with pytest.raises(NotPackaged, match=r"no wheels for Python 3\.13 .*orjson-of-nobody==1\.0"):
        wheels.install("3.13", tmp_path / "target", pins)


def test_a_dependency_that_is_not_pinned_stops_the_build(tmp_path: Path) -> None:
    pins = tmp_path / "requirements.txt"
    pins.write_text("isodate==0.7.2\nanyio==4.16.0  # which needs idna\n")
    with pytest.raises(NotPackaged, match=r"does not fit Python .*: anyio needs idna>="):
        wheels.install(OWN_PYTHON, tmp_path / "target", pins)


def test_a_dependency_for_another_python_stops_the_build(tmp_path: Path) -> None:
    pins = tmp_path / "requirements.txt"
    pins.write_text("azurefunctions-extensions-base==1.2.0\nazure-functions==2.3.0\n")
    with pytest.raises(NotPackaged, match=r"azure-functions 2\.3\.0 needs Python >=3\.13"):
        wheels.install("3.12", tmp_path / "target", pins)
