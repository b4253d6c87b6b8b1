"""`mm` as its users have it: a process with arguments, an environment, a working directory and three streams."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Final, TypeAlias
from unittest.mock import patch

from modelmix.cli.app import run

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

LONGEST: Final = 60.0
"""Seconds that a command may take before the test gives up on it."""

Input: TypeAlias = bytes | IO[bytes] | int | None


@dataclass(frozen=True)
class Told:
    """What a command wrote to its two streams, and its exit code."""

    out: str
    err: str
    code: int
    both: str = field(default="", compare=False)
    """Both streams as a terminal would show them, where the command ran in this process."""

    @property
    def timeless(self) -> str:
        """What went to stderr, with every time in it written as `Nms`."""
        return re.sub(r"\d+ms", "Nms", self.err)

    @property
    def counts(self) -> tuple[int, int]:
        """The tokens of input and output, where the line of statistics has no more than them."""
        found = re.search(r"^Nms • (\d+)→(\d+) tokens$", self.timeless, re.MULTILINE)
        assert found is not None, self.err
        return int(found[1]), int(found[2])


@dataclass(frozen=True)
class Shell:
    """A folder to run commands in, with settings, data and keys of its own."""

    folder: Path
    env: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def config(self) -> Path:
        """The user's settings file."""
        return self.folder / "home" / "config.toml"

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """The whole environment of a command: nothing of whoever runs the tests but the way to programs."""
        names = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
        kept = {name: os.environ[name] for name in names if name in os.environ}
        own = {"HOME": str(self.folder), "MM_CONFIG": str(self.config), "MM_HOME": str(self.folder / "home")}
        return {**kept, **own, "LANG": "C.UTF-8", **self.env, **more}

    def start(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        stdin: Input = None,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
    ) -> subprocess.Popen[bytes]:
        """A command that is left running. Without `stdin`, nobody is there to type."""
        source = subprocess.DEVNULL if stdin is None else subprocess.PIPE if isinstance(stdin, bytes) else stdin
        return subprocess.Popen(
            [sys.executable, "-m", "modelmix", *arguments],
            stdin=source,
            stdout=stdout,
            stderr=stderr,
            cwd=self.folder,
            env=self.environment(env or {}),
        )

    def inside(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        stdin: bytes | None = None,
        terminal: bool = False,
    ) -> Told:
        """As `mm`, but in this process: for tables, as starting a process takes longer than most commands."""
        return self.captured(lambda: run(arguments), env, stdin, terminal=terminal)

    def captured(
        self,
        work: Callable[[], int],
        env: Mapping[str, str] | None = None,
        stdin: bytes | None = None,
        *,
        terminal: bool = False,
    ) -> Told:
        """What a part of the command line, called in this process, writes and gives back.

        With `terminal`, standard output says that it is one.
        """
        both = io.BytesIO()
        out, err = (
            io.TextIOWrapper(_Shared(both, terminal=claim), "utf-8", write_through=True) for claim in (terminal, False)
        )
        with (
            _as_input(stdin),
            redirect_stdout(out),
            redirect_stderr(err),
            chdir(self.folder),
            patch.dict(os.environ, self.environment(env or {}), clear=True),
        ):
            code = work()
        return Told(_written(out), _written(err), code, both.getvalue().decode())

    def mm(self, *arguments: str, env: Mapping[str, str] | None = None, stdin: Input = None) -> Told:
        """What a command says, once it has ended."""
        with self.start(*arguments, env=env, stdin=stdin) as process:
            try:
                out, err = process.communicate(stdin if isinstance(stdin, bytes) else None, LONGEST)
            except BaseException:
                process.kill()
                raise
        return Told(out.decode(), err.decode(), process.returncode)


@contextmanager
def _as_input(data: bytes | None) -> Generator[None, None, None]:
    """Puts some bytes, or nothing and nobody, where a command finds its standard input."""
    kept, before = os.dup(0), sys.stdin
    try:
        with TemporaryFile() if data is not None else Path(os.devnull).open("rb") as source:
            if data is not None:
                source.write(data)
                source.seek(0)
            os.dup2(source.fileno(), 0)
            with open(0, encoding="utf-8", closefd=False) as sys.stdin:
                yield
    finally:
        sys.stdin = before
        os.dup2(kept, 0)
        os.close(kept)


class _Shared(io.BytesIO):
    """A stream of its own, and a part of one that has all of them."""

    def __init__(self, whole: io.BytesIO, *, terminal: bool) -> None:
        super().__init__()
        self._whole = whole
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def write(self, data: "ReadableBuffer", /) -> int:
        self._whole.write(data)
        return super().write(data)


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
