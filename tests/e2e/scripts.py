"""Small programs that use the library, run in processes of their own."""

import os
import subprocess
import sys
from typing import Final

_LONGEST: Final = 30


def run_script(source: str, *arguments: str) -> tuple[str, str, int]:
    """What a program prints to its two streams, and its exit code. Every warning in it is an error."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", source, *arguments],
        capture_output=True,
        text=True,
        timeout=_LONGEST,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    return run.stdout, run.stderr, run.returncode
