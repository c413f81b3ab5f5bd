"""Locks between processes, on files; the system lets go of them when their holder ends, however."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FileLock:
    """Held by one process alone or shared by many; a try says at once whether it succeeded.

    A try gives up what was held before.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._held: tuple[int, int] | None = None

    def try_exclusive(self) -> bool:
        return self._try(exclusive=True)

    def try_shared(self) -> bool:
        return self._try(exclusive=False)

    def fileno(self) -> int:
        return self._descriptor

    def close(self) -> None:
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    if sys.platform == "win32":

        def _try(self, *, exclusive: bool) -> bool:
            # Windows' runtime locks ranges, and only exclusively: who shares has one byte of a
            # range, who wants it alone needs all of it. It lies beyond what anyone reads.
            if self._held:
                self._lock(msvcrt.LK_UNLCK, *self._held)
            start = 1 << 30
            self._held = (start, start) if exclusive else (start + os.getpid(), 1)
            try:
                self._lock(msvcrt.LK_NBLCK, *self._held)
            except OSError:
                self._held = None
            return self._held is not None

        def _lock(self, mode: int, start: int, length: int) -> None:
            os.lseek(self._descriptor, start, os.SEEK_SET)
            msvcrt.locking(self._descriptor, mode, length)

    else:

        def _try(self, *, exclusive: bool) -> bool:
            kind = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
            try:
                fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True
