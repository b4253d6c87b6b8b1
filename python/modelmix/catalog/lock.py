"""One writer at a time: a file that the system locks, and unlocks when its process ends, however it does."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from returns.result import Failure

from modelmix.catalog.writing import failed
from modelmix.errors import WriteFailed
from modelmix.outcome import Outcome

NAME: Final = ".lock"
_PAUSE: Final = 0.05

T = TypeVar("T")


def locked(folder: Path, seconds: float, work: Callable[[], Outcome[T]]) -> Outcome[T]:
    """Does some work while no other process does any in the folder; waits for one that does, but no longer."""
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
    except OSError as cause:
        return failed(cause, path)
    try:
        until = time.monotonic() + seconds
        while not _take(descriptor):
            if time.monotonic() >= until:
                why = f"another `mm sync` has held the lock for {seconds:g} s"
                return Failure(WriteFailed(path=str(path), why=why, hint="Wait for it to end, or end it"))
            time.sleep(_PAUSE)
        return work()
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
