"""Replies as bytes: documents, server-sent events, lines of JSON."""

import json
from collections.abc import Iterable
from typing import Final

from simulate.asked import Json

JSON: Final = "application/json"
SSE: Final = "text/event-stream"

SENT: Final[Json] = {"content-type": JSON, "accept": JSON}
"""What a request says of itself, where a whole document is expected."""

SENT_FOR_STREAM: Final[Json] = {"content-type": JSON, "accept": SSE}


def document(value: Json, *, indent: int | None = None) -> bytes:
    """A reply in one piece."""
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(value, ensure_ascii=False, indent=indent, separators=separators).encode()


def data(values: Iterable[Json], *, end: str = "\n", done: bool = True) -> bytes:
    """Events without a name, one a value: https://html.spec.whatwg.org/multipage/server-sent-events.html.

    `done` where the literal `[DONE]` closes the stream.
    """
    lines = [document(value).decode() for value in values] + (["[DONE]"] if done else [])
    return "".join([f"data: {line}{end}{end}" for line in lines]).encode()


def events(values: Iterable[Json]) -> bytes:
    """Events that are called what the `type` of their data says."""
    return b"".join(
        [b"event: " + str(value["type"]).encode() + b"\ndata: " + document(value) + b"\n\n" for value in values]
    )


def lines(values: Iterable[Json]) -> bytes:
    """A value a line: https://github.com/ndjson/ndjson-spec."""
    return b"".join([document(value) + b"\n" for value in values])
