"""Which Python a package is for, and what of it weighs how much."""

import sys
import zipfile
from pathlib import Path

import pytest

from feed.cli.errors import NotPackaged
from feed.cli.package import (
    OWN_PYTHON,
    Part,
    assemble,
    build,
    choose_python,
    find_deployed_python,
    weigh,
)

BICEP = """\
runtime: {{
  name: 'python'
  version: '{}'
}}
"""


def infra(folder: Path, *versions: str) -> Path:
    """Write a Bicep file for each version, in a folder of modules."""
    (folder / "modules").mkdir()
    for number, version in enumerate(versions):
        (folder / f"modules/{number}.bicep").write_text(BICEP.format(version))
    return folder


@pytest.mark.parametrize(
    ("asked", "deployed", "chosen"),
    [
        (None, None, OWN_PYTHON),
        ("3.12", None, "3.12"),
        (None, "3.13", "3.13"),
        ("3.13", "3.13", "3.13"),
    ],
)
def test_a_package_is_for_the_python_that_is_deployed(
    asked: str | None, deployed: str | None, chosen: str
) -> None:
    assert choose_python(asked, deployed) == chosen


def test_a_python_that_is_not_deployed_is_refused() -> None:
    with pytest.raises(NotPackaged, match=r"infra/ deploys Python 3\.13, .* no package for 3\.12"):
        choose_python("3.12", "3.13")


@pytest.mark.parametrize("asked", ["3", "3.13.1", "2.7", "new"])
def test_only_a_minor_version_is_taken(asked: str) -> None:
    with pytest.raises(NotPackaged, match=f"such as 3.13, not {asked}"):
        choose_python(asked, None)


def test_the_deployed_python_is_read_from_the_bicep_files(tmp_path: Path) -> None:
    assert find_deployed_python(infra(tmp_path, "3.13", "3.13")) == "3.13"


def test_without_bicep_files_nothing_is_deployed(tmp_path: Path) -> None:
    assert find_deployed_python(tmp_path / "infra") is None


@pytest.mark.parametrize(
    ("versions", "said"), [(["3.13", "3.12"], "3.12 and 3.13 of"), ([""], "no version of")]
)
def test_bicep_files_that_do_not_name_one_python_are_refused(
    versions: list[str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(NotPackaged, match=f"infra/ names {said} Python"):
        find_deployed_python(infra(tmp_path, *versions))


def test_parts_are_weighed_the_largest_first(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("host.json", b"{}")
        archive.writestr("feed/app.py", b"1234")
        archive.writestr(".python_packages/lib/site-packages/big/a.so", b"12345")
        archive.writestr(".python_packages/lib/site-packages/big/b/c.py", b"12345")
    assert weigh(tmp_path / "a.zip") == [Part("big", 10), Part("feed", 4), Part("host.json", 2)]


def test_without_pip_nothing_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pip", None)
    with pytest.raises(NotPackaged, match=r"^pip is missing: .* -m ensurepip installs it$"):
        build(OWN_PYTHON, tmp_path / "larder.zip")
    assert not (tmp_path / "larder.zip").exists()


def test_a_place_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotPackaged, match=r"^cannot write .*larder\.zip: "):
        assemble(tmp_path / "built", "3.99", tmp_path / "file/larder.zip")


def test_another_python_gets_sources_only(tmp_path: Path) -> None:
    assemble(tmp_path / "built", "3.99", tmp_path / "larder.zip")
    with zipfile.ZipFile(tmp_path / "larder.zip") as archive:
        names = archive.namelist()
        assert archive.read("python-version.txt") == b"3.99\n"
    assert "function_app.py" in names
    assert [each for each in names if each.endswith(".pyc")] == []
