"""What a file holds, told by its content, and the exchanges in it."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from modelmix.compat.imports.collected import is_collected, read_lines
from modelmix.compat.imports.found import Left, Reading
from modelmix.compat.imports.reqllm import is_reqllm, read_reqllm
from modelmix.compat.imports.vcr import read_vcr
from modelmix.errors import NotInstalled
from modelmix.explanation import explain
from modelmix.ingest.files import Place, Unreadable, chunks, places
from modelmix.jsonvalue import JsonValue, parse

_LARGEST: Final = 64 << 20
"""Bytes of one document, or of one line of a collection, at most."""

_CASSETTE: Final = re.compile(rb"""^["']?(?:http_)?interactions["']?:""", re.MULTILINE)
_OWN: Final = frozenset({"schema", "origin", "scenario", "response"})


class _TooLargeError(ValueError):
    """A document or a line has more bytes than may be held at once."""


def exchanges(path: Path) -> Reading:
    """The exchanges in a file, or in all files of a folder, in the order of their names.

    Of a collection one record is held at a time, of everything else one file.
    """
    base = path if path.is_dir() else path.parent
    for place in places([path]):
        name = _name(place, base)
        try:
            yield from _of_file(place, name)
        except (Unreadable, _TooLargeError) as cause:
            yield Left(name, f"it cannot be read: {cause}")


def _name(place: Place, base: Path) -> str:
    """Where a file lies below what was named: whose folder that is in is nobody's affair."""
    return Place(place.path.relative_to(base)).name.replace("\\", "/")


def _of_file(place: Place, name: str) -> Reading:
    lines = _lines(chunks(place))
    first = next((line for line in lines if line.strip()), b"")
    head = _document(first)
    if is_collected(head):
        return read_lines(chain((first,), lines), name)
    return _of_document(b"".join(_bounded(chain((first,), lines))), name)


def _of_document(content: bytes, name: str) -> Reading:
    document = _document(content)
    if is_reqllm(document):
        return read_reqllm(content, name)
    if isinstance(document, dict):
        if {"interactions", "http_interactions"} & set(document):
            return _cassette(content, name)
        if set(document) >= _OWN:
            return iter([Left(name, "it is a fixture of modelmix already")])
    elif _CASSETTE.search(content):
        return _cassette(content, name)
    return iter([Left(name, "it is no recording that modelmix knows")])


def _cassette(content: bytes, name: str) -> Reading:
    try:
        yield from read_vcr(content, name)
    except ModuleNotFoundError:
        needed = explain(NotInstalled(extra="vcr", purpose="reading a cassette of VCR"))
        yield Left(name, "; ".join([needed.summary, *needed.steps]))


def _document(content: bytes) -> JsonValue:
    try:
        return parse(content)
    except ValueError:
        return None


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a file with their ends, each held whole."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        *whole, rest = piece.split(b"\n")
        for line in whole:
            yield b"".join([*held, line, b"\n"])
            held, size = [], 0
        held.append(rest)
        size += len(rest)
        if size > _LARGEST:
            raise _TooLargeError(f"a line has more than {_LARGEST >> 20} MiB")
    if size:
        yield b"".join(held)


def _bounded(lines: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for line in lines:
        size += len(line)
        if size > _LARGEST:
            raise _TooLargeError(f"it has more than {_LARGEST >> 20} MiB")
        yield line
