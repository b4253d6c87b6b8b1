"""Run the blocks of a page one after another, in a folder of its own, and say what is not as the page has it."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from unittest.mock import patch

from e2e.shell import LONGEST, Shell, Told
from guides.page import Block
from guides.reading import Command, commands, fits, plain
from guides.stage import CATALOG, Stage
from modelmix.testing.mock.rules import read_rule

_EXPORT: Final = re.compile(r"export (\w+)=(\S+)")
_SCRIPT: Final = "block.py"
_PYTHON: Final = shlex.quote(sys.executable)
_PROGRAMS: Final = f"""
mm() {{ {_PYTHON} -m modelmix "$@"; }}
python() {{ {_PYTHON} "$@"; }}
pytest() {{ {_PYTHON} -m pytest -p no:cacheprovider "$@"; }}
"""


class Runner:
    """A folder in which a page is run, while it is entered."""

    def __init__(self, folder: Path, stage: Stage) -> None:
        self._stage = stage
        self._shell = Shell(folder, stage.environment)
        self._shell.config.parent.mkdir(exist_ok=True)
        self._shell.config.write_text(stage.settings, encoding="utf-8")
        self._out = ""
        self._script = ""
        self._beside: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for process in self._beside:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(LONGEST)

    def flaws(self, block: Block) -> Iterator[str]:
        """Does what the marks of a block say; what is not as they and the block say."""
        self._stage.play(())
        for command in block.all("before"):
            told = self._run(Command(command))
            assert told.code == 0, f"`{command}` ends with {told.code}:\n{told.out}{told.err}"
        self._stage.play(tuple(read_rule(rule, "says").unwrap() for rule in block.all("says")))
        file, printed = block.mark("file"), block.mark("prints")
        if file is not None:
            self._write(file, block)
        elif printed is not None:
            yield from self._unprinted(block, printed)
        elif (port := block.mark("serves")) is not None:
            self._serve(block, port)
        elif (code := block.mark("runs")) is not None:
            yield from self._unlike(block, int(code or 0))
        asks = block.mark("asks")
        if asks is not None and (self._stage.asked > 0) != (asks == "yes"):
            yield f"asked {self._stage.asked} times, not as said: {asks}"

    def _write(self, name: str, block: Block) -> None:
        path = self._shell.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._stage.here(block.text), encoding="utf-8")

    def _unprinted(self, block: Block, name: str) -> Iterator[str]:
        until = time.monotonic() + 5
        while not fits(block.text, written := self._printed(name)):
            if not name or time.monotonic() > until:
                yield f"what is printed is\n{written}"
                return
            time.sleep(0.02)

    def _printed(self, name: str) -> str:
        path = self._shell.folder / name
        return self._stage.there(path.read_text(encoding="utf-8") if name and path.is_file() else self._out)

    def _unlike(self, block: Block, last: int) -> Iterator[str]:
        """Runs the commands of a block; what is another than it says."""
        if block.language == "python":
            self._script = (self._script if block.mark("continues") is not None else "") + block.text
            self._write(_SCRIPT, Block(block.line, "python", (), self._script))
            asked: tuple[Command, ...] = (Command(f"python {_SCRIPT}"),)
        else:
            asked = commands(block)
        self._out = ""
        for at, command in enumerate(asked):
            told = self._run(command)
            self._out += told.out
            if told.code != (last if at == len(asked) - 1 else 0):
                yield f"`{command.text}` ends with {told.code}:\n{told.out}{told.err}"
            if command.shown is not None and not fits(command.shown, self._stage.there(told.both)):
                yield f"`{command.text}` shows\n{self._stage.there(told.both)}"

    def _run(self, command: Command) -> Told:
        text = self._stage.here(command.text)
        exported = _EXPORT.fullmatch(text)
        if exported is not None:
            self._shell = replace(self._shell, env={**self._shell.env, exported[1]: exported[2]})
            return Told("", "", 0)
        arguments = plain(text)
        if arguments is None:
            return self._in_bash(text, merged=command.shown is not None)
        with patch("modelmix.cli.sync.DEFAULT", self._stage.here(f"{CATALOG}/api.json")):
            shown = command.shown is not None
            return self._shell.inside(*arguments, env={"COLUMNS": "120", "NO_COLOR": "1"}, terminal=shown)

    def _in_bash(self, text: str, *, merged: bool) -> Told:
        done = subprocess.run(
            ["bash", "-c", _PROGRAMS + text],
            cwd=self._shell.folder,
            env=self._shell.environment({"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": _PLUGIN}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if merged else subprocess.PIPE,
            timeout=LONGEST,
            check=False,
        )
        out = done.stdout.decode()
        return Told(out, "" if merged else done.stderr.decode(), done.returncode, out)

    def _serve(self, block: Block, port: str) -> None:
        """Starts a command that goes on, and waits until it can be reached."""
        free = self._stage.serve(port)
        (command,) = commands(block)
        line = self._stage.here(command.text).rstrip().removesuffix("&")
        process = subprocess.Popen(
            ["bash", "-c", _PROGRAMS + line],
            cwd=self._shell.folder,
            env=self._shell.environment({}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._beside.append(process)
        until = time.monotonic() + LONGEST
        while not _listens(free):
            assert process.poll() is None, f"`{line}` has ended"
            assert time.monotonic() < until, f"`{line}` cannot be reached"
            time.sleep(0.05)


_PLUGIN: Final = "modelmix.testing.plugin"


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
