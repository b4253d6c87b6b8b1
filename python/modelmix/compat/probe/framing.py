"""How a stream is cut into pieces, read off its bytes (QUIRKS 1 to 31)."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from modelmix.compat.probe.quirk import Overheard, Quirk, objects, opened, streams
from modelmix.compat.taken import Taken
from modelmix.decode import DialectName
from modelmix.mediatype import media_type

_FIELD: Final = re.compile(rb"^(data|event|id|retry)(:?)( ?)", re.MULTILINE)
_DONE: Final = re.compile(rb"^data: ?\[DONE\]\s*", re.MULTILINE)
_KEEP_ALIVE: Final = re.compile(rb"^:", re.MULTILINE)
_KNOWN: Final = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")
_NDJSON: Final = "lines of JSON (NDJSON)"


def framing(overheard: Sequence[Overheard], dialect: DialectName) -> Iterator[Quirk]:
    """The frames of the first stream, and whether others differ."""
    found = [_seen(taken, dialect) for taken in streams(overheard) if opened(taken)]
    if found:
        others = "; other streams differ" if len(set(found)) > 1 else ""
        yield Quirk(name="framing", seen=found[0] + others)


def _seen(taken: Taken, dialect: DialectName) -> str:
    body, kind = opened(taken), media_type(taken.response.headers)
    shown = kind if _KNOWN.fullmatch(kind) else "no media type" if not kind else "an odd media type"
    facts = [shown, *(_events(body, dialect) if _FIELD.search(body) else _documents(body))]
    if _KEEP_ALIVE.search(body):
        facts.append("comments to keep it alive")
    return ", ".join(facts)


def _events(body: bytes, dialect: DialectName) -> Iterator[str]:
    fields = {found[1] for found in _FIELD.finditer(body)}
    yield "`event:` and `data:` lines" if b"event" in fields else "`data:` lines only"
    if any(found[1] == b"data" and not found[3] for found in _FIELD.finditer(body)):
        yield "no space after `data:`"
    yield line_ends(body)
    if _DONE.search(body):
        yield "ends with [DONE]"
    elif dialect == "openai-chat":
        yield "no [DONE]"


def _documents(body: bytes) -> Iterator[str]:
    if body.lstrip()[:1] == b"[":
        yield "one JSON array"
    elif len(objects(body)) > 1:
        yield _NDJSON
        yield line_ends(body)
    else:
        yield "one JSON document, though a stream was asked for"


def line_ends(body: bytes) -> str:
    r"""What ends the lines.

    >>> line_ends(b"data: {}\r\n\r\n")
    'CRLF'
    """
    pairs = body.count(b"\r\n")
    single = {"LF": body.count(b"\n") - pairs, "CR": body.count(b"\r") - pairs}
    found = [*(["CRLF"] if pairs else []), *[name for name, number in single.items() if number > 0]]
    return " and ".join(found) or "no line ends"
