"""One process at a time in a folder, for as long as it takes to move a few files."""

import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PATIENCE: Final = 30.0
"""Seconds to wait for others."""

_PAUSE: Final = 0.001
"""Seconds between two tries. Readers that come one after another leave a writer gaps that are hardly longer."""


@contextmanager
def locked(folder: Path, *, alone: bool) -> Generator[None]:
    """Holds a folder, `alone` or beside others who do not want it for themselves; ends with the process at the latest.

    Raises
    ------
    OSError
        When others hold it for more than 30 s.
    """
    if sys.platform == "win32":
        # Windows locks no folders; there, two processes must not record one scenario at a time.
        yield
        return
    import fcntl  # noqa: PLC0415 - not there on every platform

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise
                time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)
