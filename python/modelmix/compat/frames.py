"""The JSON documents in a body, whatever frames it has, and the strings in them: for looking, not for decoding."""

import re
from collections.abc import Iterator
from typing import Final, TypeAlias

import msgspec

from modelmix.jsonvalue import JsonValue, parse

Place: TypeAlias = tuple[str, ...]
"""The keys that lead to a value, from the root; the elements of a list have the key `""`."""

_DATA: Final = re.compile(rb"^data:", re.MULTILINE)
_LINE: Final = re.compile(rb"[^\r\n]+")
_LINES: Final = re.compile(rb"[^\n]+")
_BLOCK: Final = re.compile(rb"(?:[^\r\n]+(?>\r\n|\r|\n)?)+")
_TOKEN: Final = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?\Z)|[{}\[\],:]', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\"\\/bfnrt]))")
_PLAIN: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def frames(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Where each document begins, and its bytes, as many as in the body; what belongs to the framing is blank."""
    if _value(body) is not None:
        yield 0, body
    elif _DATA.search(body):
        for block in _BLOCK.finditer(body):
            yield block.start(), _LINE.sub(_unframed, block[0])
    elif _value(body.partition(b"\n")[0]) is not None:
        for line in _LINES.finditer(body):
            yield line.start(), line[0]
    else:
        yield 0, body


def documents(body: bytes) -> Iterator[JsonValue]:
    """The documents that can be read."""
    for _, frame in frames(body):
        value = _value(frame)
        if value is not None:
            yield value


def strings(frame: bytes) -> Iterator[tuple[Place, int, int]]:
    """Where each string stands that is a value, without its quotes; also in a document that was cut."""
    keys: list[str] = []
    objects: list[bool] = []
    name, is_key = "", False
    for token in _TOKEN.finditer(frame):
        mark = token[0][:1]
        if mark in b"{[":
            keys.append(name)
            objects.append(mark == b"{")
            name, is_key = "", mark == b"{"
        elif mark in b"}]":
            del keys[-1:], objects[-1:]
            name, is_key = "", False
        elif mark == b",":
            name, is_key = "", bool(objects) and objects[-1]
        elif mark == b":":
            is_key = False
        elif is_key:
            name = read_string(token[1])
        elif objects:
            yield (*keys[1:], name), *token.span(1)


def read_string(raw: bytes) -> str:
    """What stands between the quotes of a JSON string, in whatever state it is."""
    try:
        return msgspec.json.decode(b'"' + raw + b'"', type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return unescaped(raw.decode("utf-8", "replace"))


def unescaped(text: str) -> str:
    """The text with the escapes of JSON undone wherever they stand."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _PLAIN.get(found[2], found[2]), text)


def _unframed(line: re.Match[bytes]) -> bytes:
    """A line of an event with nothing but its data."""
    return b"     " + line[0][5:] if line[0].startswith(b"data:") else b" " * len(line[0])


def _value(text: bytes) -> JsonValue:
    """The object or list that a text is; None for anything else."""
    try:
        value = parse(text)
    except ValueError:
        return None
    return value if isinstance(value, dict | list) else None
