"""`mm ingest`: captured replies to messages or events, one a line."""

import os
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Annotated, Final, NamedTuple

from cyclopts import Parameter
from msgspec.json import Encoder
from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.ast.event import Event, Failed
from modelmix.ast.response import Response
from modelmix.cli.exits import DONE, FAILED
from modelmix.cli.failing import fail
from modelmix.cli.terminal import Screen, is_piped, one_line
from modelmix.decode import DialectName, Tags
from modelmix.errors import BadRequest, MixError, Sent
from modelmix.explanation import explain
from modelmix.ingest.files import STDIN, Place, Unreadable, chunks, places, unreadable
from modelmix.ingest.replies import read_reply, reply_events
from modelmix.node import Node


class MessageLine(Node, frozen=True, kw_only=True):
    """A line with a message; `partial` where the reply broke off, and `error` says how."""

    file: str
    partial: bool = False
    error: MixError | None = None
    response: Response


class EventLine(Node, frozen=True, kw_only=True):
    """A line with one event."""

    file: str
    event: Event


_ENCODER: Final = Encoder()


def ingest(
    *paths: Annotated[str, Parameter(allow_leading_hyphen=True)],
    dialect: DialectName | None = None,
    tags: Tags = "none",
    events: Annotated[bool, Parameter(negative=())] = False,
    partial: Annotated[bool, Parameter(negative=())] = False,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
) -> int:
    """Read captured replies of providers and write one message a line, as JSON.

    A file holds one reply as it came: server-sent events, lines of JSON, or one document, plain or compressed with
    gzip. A reply that cannot be read is told on standard error and passed over; the exit code is 1 then.

    Parameters
    ----------
    paths
        Files, folders, which are read with all folders in them, or - for standard input.
    dialect
        The dialect of all replies; told by their first bytes if not given.
    tags
        Markup of reasoning to look for in the text.
    events
        Write the events of each reply instead of its message, as they are read, the last one too if it is a failure.
    partial
        Write what came of a reply that broke off, too, marked as partial.
    output
        Write to this file, in one step at the end, instead of standard output.
    """
    screen = Screen()
    problem = _flaw(paths)
    if problem is not None:
        return fail(problem, screen)
    tally, started = Tally(), monotonic()
    wanted = Wanted(dialect, tags, events=events, partial=partial)
    try:
        with _opened(output, screen) as write:
            _read_all(_found(paths or (STDIN,), output), wanted, tally, write, screen)
    except CannotWrite as cause:
        expected = f"a file that can be written ({cause})"
        return fail(BadRequest(field="output", value=str(output), expected=expected), screen)
    screen.note(f"{tally.told(monotonic() - started)}\n")
    return FAILED if tally.failures else DONE


class Wanted(NamedTuple):
    """How replies are read, and what is written of them."""

    dialect: DialectName | None
    tags: Tags
    events: bool
    partial: bool


class CannotWrite(Exception):  # noqa: N818 - it says what failed
    """The output cannot be written; its text says why."""


class Tally:
    """Counts what went through."""

    def __init__(self) -> None:
        self.files = self.messages = self.failures = self.size = 0

    def counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """The pieces of one more file."""
        self.files += 1
        for piece in pieces:
            self.size += len(piece)
            yield piece

    def told(self, seconds: float) -> str:
        """All counts on one line."""
        speed = self.size / 1e6 / seconds if seconds else 0.0
        counts = f"files: {self.files:,}, messages: {self.messages:,}, failures: {self.failures:,}"
        return f"{counts}, bytes: {self.size:,}, seconds: {seconds:.2f}, MB/s: {speed:.1f}"


def _flaw(paths: tuple[str, ...]) -> BadRequest | None:
    """Why there is nothing to begin with."""
    if not paths and not is_piped():
        return BadRequest(field="paths", value="nothing", expected="files, folders, or - for standard input")
    # A hyphen alone must pass the command line's own check, and everything else that begins with one does then, too.
    option = next((path for path in paths if path.startswith("-") and path != STDIN), None)
    if option is not None:
        return BadRequest(field="path", value=option, expected=f"an option of this command, or ./{option} for a file")
    return None


def _found(paths: tuple[str, ...], output: Path | None) -> Iterator[Place]:
    """The files to read; the output of an earlier run is none of them."""
    own = None if output is None else output.absolute()
    return (place for place in places(paths) if own is None or place.path.absolute() != own)


def _read_all(
    found: Iterator[Place], wanted: Wanted, tally: Tally, write: Callable[[bytes], None], screen: Screen
) -> None:
    """Reads one reply after the other, and tells of those that cannot be read."""
    for place in found:
        try:
            problem = (_events if wanted.events else _message)(place, wanted, tally, write)
        except Unreadable as cause:
            problem = unreadable(place, cause)
        if problem is None:
            tally.messages += 1
        else:
            tally.failures += 1
            screen.note(f"{screen.alarm('Error:')} {one_line(_why(place, problem), 1000)}\n")


def _message(place: Place, wanted: Wanted, tally: Tally, write: Callable[[bytes], None]) -> MixError | None:
    """Writes one message; gives what went wrong."""
    match read_reply(tally.counted(chunks(place)), dialect=wanted.dialect, tags=wanted.tags):
        case Success(response):
            write(_ENCODER.encode(MessageLine(file=place.name, response=response)))
            return None
        case Failure(problem):
            came = problem.partial if isinstance(problem, Sent) else None
            if wanted.partial and came is not None:
                error = replace(problem, partial=None)
                write(_ENCODER.encode(MessageLine(file=place.name, partial=True, error=error, response=came)))
            return problem


def _events(place: Place, wanted: Wanted, tally: Tally, write: Callable[[bytes], None]) -> MixError | None:
    """Writes the events of one reply; gives what went wrong."""
    for event in reply_events(tally.counted(chunks(place)), dialect=wanted.dialect, tags=wanted.tags):
        write(_ENCODER.encode(EventLine(file=place.name, event=event)))
        if isinstance(event, Failed):
            return event.error
    return None


def _why(place: Place, problem: MixError) -> str:
    """An error by its name and in words."""
    words = explain(problem).summary
    return words if isinstance(problem, BadRequest) else f"{place.name}: {problem.__struct_config__.tag}: {words}"


@contextmanager
def _opened(output: Path | None, screen: Screen) -> Generator[Callable[[bytes], None]]:
    """What writes a line: to standard output, made safe if a person looks on, or to a file that is there when whole."""
    if output is None:
        if screen.is_terminal:
            yield lambda line: screen.answer(line.decode() + "\n")
            return
        stdout = sys.stdout.buffer
        yield lambda line: (stdout.write(line + b"\n"), None)[1]
        stdout.flush()
        return
    with _replaced(output) as write:
        yield write


@contextmanager
def _replaced(output: Path) -> Generator[Callable[[bytes], None]]:
    """Writes beside a file and puts the new one in its place at the end; what is no file is written to as it is."""
    direct = output.exists() and not output.is_file()
    scratch = output if direct else output.with_name(f".{output.name}.{os.getpid()}")
    try:
        file = scratch.open("wb" if direct else "xb")
    except OSError as cause:
        raise CannotWrite(cause.strerror) from cause

    def write(line: bytes) -> None:
        try:
            file.write(line + b"\n")
        except OSError as cause:
            raise CannotWrite(cause.strerror) from cause

    try:
        with file:
            yield write
        if not direct:
            scratch.replace(output.resolve())
    except OSError as cause:
        raise CannotWrite(cause.strerror) from cause
    finally:
        if not direct:
            with suppress(OSError):
                scratch.unlink()
