import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feed.cli.locks import FileLock

HOLDER = """
import sys
from pathlib import Path
from feed.cli.locks import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.try_exclusive() if sys.argv[2] == "exclusive" else lock.try_shared(), flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path: Path, how: str) -> Iterator[None]:
    """Have another process hold the lock."""
    command = [sys.executable, "-c", HOLDER, str(path), how]
    with subprocess.Popen(  # noqa: S603  (our own)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == b"True"
        yield
        process.kill()


@pytest.mark.parametrize(
    ("theirs", "shared", "exclusive"), [("exclusive", False, False), ("shared", True, False)]
)
def test_is_shared_by_many_or_held_by_one(
    tmp_path: Path, theirs: str, *, shared: bool, exclusive: bool
) -> None:
    path = tmp_path / "lock"
    with held(path, theirs), FileLock(path) as lock:
        assert (lock.try_shared(), lock.try_exclusive()) == (shared, exclusive)


def test_is_free_once_its_holder_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with held(path, "exclusive"):
        pass
    with FileLock(path) as lock:
        assert lock.try_exclusive()


def test_a_shared_lock_becomes_exclusive_when_nobody_else_shares_it(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock") as lock:
        assert (lock.try_shared(), lock.try_exclusive()) == (True, True)
