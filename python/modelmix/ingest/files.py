"""Captured replies where they lie: files, folders, standard input; plain or compressed with gzip."""

import os
import zlib
from collections.abc import Iterable, Iterator
from gzip import GzipFile
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Final, NamedTuple

from returns.result import Failure

from modelmix.ast.response import Response
from modelmix.decode import Bounds, DialectName, Tags
from modelmix.errors import BadRequest
from modelmix.ingest.replies import read_reply
from modelmix.outcome import Outcome

CHUNK: Final = 64 << 10
"""Bytes that are read at once."""

STDIN: Final = "-"
"""The name of standard input among paths."""

_GZIP: Final = b"\x1f"
"""RFC 1952: what every gzip file begins with, whatever its name."""


class Unreadable(Exception):  # noqa: N818 - it says what the file is
    """A file cannot be read, or is damaged gzip; its text says why."""


class Ingested(NamedTuple):
    """What came of one captured reply: the message, or the error with what came before it."""

    file: str
    outcome: Outcome[Response]


class Place(NamedTuple):
    """Where a captured reply lies. `why` says that it cannot be read, where that is known before it is opened."""

    path: Path
    why: str | None = None

    @property
    def name(self) -> str:
        """The path as text that every encoding has."""
        return os.fsencode(self.path).decode("utf-8", "replace")


def ingest_files(
    paths: Iterable[str | Path],
    *,
    dialect: DialectName | None = None,
    tags: Tags = "none",
    bounds: Bounds | None = None,
) -> Iterator[Ingested]:
    """The messages of captured replies, one a file, in the order of `places`.

    Files are read as they are asked for, in chunks, so that memory holds one message at a time. A file that cannot be
    read is an error of its own (`BadRequest`), and the next one follows.
    """
    for place in places(paths):
        try:
            outcome = read_reply(chunks(place), dialect=dialect, tags=tags, bounds=bounds)
        except Unreadable as cause:
            outcome = Failure(unreadable(place, cause))
        yield Ingested(place.name, outcome)


def unreadable(place: Place, cause: Unreadable) -> BadRequest:
    """The error of a file that cannot be read."""
    return BadRequest(field="file", value=place.name, expected=f"a file that can be read ({cause})")


def places(paths: Iterable[str | Path]) -> Iterator[Place]:
    """All files that paths name: files and `-` as they are, folders by their files, sorted, and those of their folders.

    What has a name that begins with a dot is passed over in folders, and links to folders are not followed.
    """
    for path in map(Path, paths):
        if path.is_dir():
            yield from _inside(path)
        else:
            yield Place(path)


def _inside(folder: Path) -> Iterator[Place]:
    try:
        with os.scandir(folder) as listing:
            shown = [entry for entry in listing if not entry.name.startswith(".")]
    except OSError as cause:
        yield Place(folder, cause.strerror)
        return
    for entry in sorted(shown, key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            yield from _inside(Path(entry.path))
        elif entry.is_file():
            yield Place(Path(entry.path))


def chunks(place: Place) -> Iterator[bytes]:
    """The bytes of a captured reply, opened if they are compressed.

    Raises
    ------
    Unreadable
        When the file cannot be read, or is gzip and damaged.
    """
    if place.why is not None:
        raise Unreadable(place.why)
    try:
        with _open(place.path) as file:
            # Only a gzip file begins so, and a pipe may have no more than this yet.
            source = GzipFile(fileobj=file) if file.peek(1).startswith(_GZIP) else file
            while chunk := source.read1(CHUNK):
                yield chunk
    except EOFError:
        # Cut: what has come is a reply that ends here, and whoever reads it knows whether it is whole.
        return
    except (OSError, zlib.error) as cause:
        raise Unreadable(getattr(cause, "strerror", None) or str(cause)) from cause


def _open(path: Path) -> BufferedReader:
    is_stdin = str(path) == STDIN
    return BufferedReader(FileIO(0 if is_stdin else path, closefd=not is_stdin), CHUNK)
