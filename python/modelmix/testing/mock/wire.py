"""Replies as bytes: what is sent, when, and how it ends."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from msgspec.json import encode
from msgspec.structs import replace

from modelmix.node import Node
from modelmix.testing.mock.rules import Rule

Document: TypeAlias = Mapping[str, object]
"""A JSON object of ours on its way out."""

JSON: Final = "application/json"
SSE: Final = "text/event-stream; charset=utf-8"
NDJSON: Final = "application/x-ndjson"

Headers: TypeAlias = tuple[tuple[str, str], ...]


class Step(Node, frozen=True):
    """Some bytes of a body, after a delay in seconds."""

    data: bytes
    delay: float = 0.0


class Reply(Node, frozen=True, kw_only=True):
    """One reply. `before` is the silence before its headers, in seconds.

    A streamed reply is sent in chunks, a step each; another one says its length. One that is dropped says more than it
    sends: its last chunk, or the rest of its length, never comes.
    """

    status: int = 200
    headers: Headers = ()
    steps: tuple[Step, ...]
    streamed: bool = False
    before: float = 0.0
    length: int | None = None
    """The length that is promised, where it is not that of the steps."""
    dropped: bool = False


def whole(document: object, status: int = 200, headers: Headers = (), kind: str = JSON) -> Reply:
    """A document in one piece."""
    return Reply(status=status, headers=(("content-type", kind), *headers), steps=(Step(encode(document)),))


def plain(text: str, status: int) -> Reply:
    """A text that is no document."""
    return Reply(status=status, headers=(("content-type", "text/plain"),), steps=(Step(text.encode()),))


def stream(frames: Iterable[bytes], kind: str = SSE) -> Reply:
    """A stream, a frame a step."""
    return Reply(headers=(("content-type", kind),), steps=tuple(map(Step, frames)), streamed=True)


def event(document: Document, name: str | None = None) -> bytes:
    """One server-sent event."""
    head = b"" if name is None else b"event: %b\n" % name.encode()
    return b"%bdata: %b\n\n" % (head, encode(document))


def line(document: Document) -> bytes:
    """One line of JSON."""
    return encode(document) + b"\n"


def array(documents: Iterable[Document]) -> Iterable[bytes]:
    """The items of one JSON array."""
    opening = b"["
    for document in documents:
        yield opening + encode(document)
        opening = b",\n"
    yield b"]"


def disturbed(reply: Reply, rule: Rule) -> Reply:
    """The reply with what the rule does to it: slower, silent for a while, cut."""
    steps = tuple(Step(step.data, step.delay + rule.delay) for step in reply.steps)
    before = reply.before
    if rule.stall and not rule.after:
        before += rule.stall
    elif rule.stall and steps:
        at = min(rule.after, len(steps) - 1)
        steps = (*steps[:at], Step(steps[at].data, steps[at].delay + rule.stall), *steps[at + 1 :])
    slower = replace(reply, steps=steps, before=before)
    if rule.cut is None and rule.cut_bytes is None:
        return slower
    kept = steps[: rule.cut] if rule.cut is not None else tuple(_first(steps, rule.cut_bytes or 0))
    length = sum(len(step.data) for step in steps)
    if length == sum(len(step.data) for step in kept):
        # It is over before it would be cut.
        return slower
    dropped = rule.end == "drop"
    return replace(slower, steps=kept, dropped=dropped, length=length if dropped else None)


def _first(steps: Iterable[Step], size: int) -> Iterable[Step]:
    """The steps, up to a number of bytes."""
    for step in steps:
        if size <= 0:
            return
        yield Step(step.data[:size], step.delay)
        size -= len(step.data)
