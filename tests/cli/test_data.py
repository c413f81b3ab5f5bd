import os
import stat
import sys
from pathlib import Path

import pytest

from feed.cli.data import keep_admin_key, served
from feed.cli.errors import DirectoryServed, DirectoryUnusable


def test_a_directory_is_made_and_served_by_one(tmp_path: Path) -> None:
    directory = tmp_path / "not" / "yet"
    with served(directory, "http://127.0.0.1:1"), pytest.raises(DirectoryServed) as caught:
        served(directory, "http://127.0.0.1:2").__enter__()
    assert str(caught.value) == (
        f"{directory} is already being served at http://127.0.0.1:1 by process {os.getpid()}"
    )


def test_a_directory_is_served_again_once_it_was_left(tmp_path: Path) -> None:
    for _ in range(2):
        with served(tmp_path, "http://127.0.0.1:1"):
            pass


def test_says_which_directory_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    directory = tmp_path / "file" / "data"
    with pytest.raises(DirectoryUnusable) as caught, served(directory, "http://127.0.0.1:1"):
        pass
    assert str(caught.value) == (
        f"cannot write to {directory}: not a directory; --data takes another"
    )


def test_the_admin_key_stays_the_same(tmp_path: Path) -> None:
    assert keep_admin_key(tmp_path) == keep_admin_key(tmp_path)


def test_every_directory_has_a_key_of_its_own(tmp_path: Path) -> None:
    assert keep_admin_key(tmp_path / "a") != keep_admin_key(tmp_path / "b")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_admin_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    keep_admin_key(tmp_path)
    assert stat.S_IMODE((tmp_path / "admin.key").stat().st_mode) == 0o600
