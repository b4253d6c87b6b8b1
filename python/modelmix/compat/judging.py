"""The verdict on an exchange of another tool: its reply is read as a client does, and held to its request."""

from collections.abc import Iterable, Iterator
from typing import Final

from returns.result import Failure

from modelmix.accumulate import fold
from modelmix.ast.event import Event, Failed
from modelmix.compat.checks import ended_once, flaw, same, shown
from modelmix.compat.fixture import Recording
from modelmix.compat.holding import Finding, Unchecked, answer_findings, vector_findings
from modelmix.compat.imports.asked import Asked, asked
from modelmix.compat.scenario import Flaw
from modelmix.decode import DIALECTS, DialectName, Tags, decoder
from modelmix.errors import MixError, Rejected, Truncated
from modelmix.explanation import explain
from modelmix.ingest.replies import read_reply
from modelmix.jsonvalue import parse
from modelmix.node import Node
from modelmix.rejection import read_rejection
from modelmix.vectors import WIRES, Packing, VectorReader, WireName


class Judged(Node, frozen=True, kw_only=True):
    """What is found of an exchange: `flaws`, or why it proves nothing in `skipped`; neither where all is well.

    `unchecked` says what it could not be held to.
    """

    flaws: tuple[Flaw, ...] = ()
    skipped: str = ""
    unchecked: tuple[str, ...] = ()
    error: MixError | None = None


class Manner(Node, frozen=True):
    """What nothing in a reply says of how to read it: markup in its text, and how vectors are packed."""

    tags: Tags = "none"
    packing: Packing = "float32"


_TAKEN: Final = frozenset({"queued", "in_progress"})
"""Statuses of OpenAI's background mode: https://platform.openai.com/docs/guides/background."""


def judge(recording: Recording, manner: Manner) -> Judged:
    """Reads a reply as a client does, and holds it to its request as far as that was recorded."""
    fixture = recording.fixture
    wire = "" if fixture.source is None else fixture.source.wire
    request = fixture.request
    wish = None if request is None else asked(wire, request.url, parse(bytes(request.body)))
    status = fixture.response.status
    if not 200 <= status < 300:
        return _refused(recording)
    dialect: DialectName | None = next((name for name in DIALECTS if name == wire), None)
    if dialect is not None:
        return _words(recording, dialect, manner.tags, wish)
    vectors: WireName | None = next((name for name in WIRES if name == wire), None)
    if vectors is not None:
        return _vectors(recording, vectors, manner.packing, wish)
    return Judged(skipped=f"modelmix does not speak {wire or 'its wire format, which is not told'}")


# Refusals and replies that never ended: they may be read well, and say nothing about the model.


def _refused(recording: Recording) -> Judged:
    response = recording.fixture.response
    error = read_rejection(recording.body, response.status, response.headers)
    if _is_document(recording.body) and error.message == _bare(recording.body):
        # Whoever cannot find the words shows all there is.
        return Judged(flaws=(flaw("refusal", "an error in the provider's words", error.message),), error=error)
    return _provider_refused(error)


def _provider_refused(error: Rejected) -> Judged:
    status = f"{error.status} " if error.status is not None else ""
    return Judged(skipped=f"the provider refused: {status}{error.kind}: {shown(error.message)}", error=error)


def _is_document(body: bytes) -> bool:
    try:
        return isinstance(parse(body), dict | list)
    except ValueError:
        return False


def _bare(body: bytes) -> str:
    return body.decode("utf-8", "replace").strip()


def _unfinished(error: MixError) -> Judged:
    match error:
        case Rejected():
            return _provider_refused(error)
        case Truncated():
            return Judged(skipped="the recording was cut off: the reply in it never ended", error=error)
        case _:
            return Judged(flaws=(flaw("reply", "one that can be read", explain(error).summary),), error=error)


# Answers


def _words(recording: Recording, dialect: DialectName, tags: Tags, wish: Asked | None) -> Judged:
    events = _events(recording, dialect, tags)
    whole = read_reply([recording.body], dialect=dialect, tags=tags)
    strays = tuple(ended_once(events))
    if strays:
        return Judged(flaws=strays)
    folded = fold(events)
    if isinstance(folded, Failure):
        return _unfinished(folded.failure())
    response = folded.unwrap()
    if response.raw_finish in _TAKEN:
        return Judged(skipped=f"the provider has taken the request, and gives the answer later: {response.raw_finish}")
    unlike = same("the same bytes read without events", whole, response)
    return _judged((*unlike, *answer_findings(response, wish)))


def _vectors(recording: Recording, wire: WireName, packing: Packing, wish: Asked | None) -> Judged:
    reader = VectorReader(wire, packing=packing)
    for piece in _pieces(recording):
        reader.feed(piece)
    reader.finish()
    end = reader.terminal()
    return _unfinished(end.error) if isinstance(end, Failed) else _judged(vector_findings(reader.vectors, wish))


def _judged(findings: Iterable[Finding]) -> Judged:
    found = tuple(findings)
    return Judged(
        flaws=tuple([each for each in found if isinstance(each, Flaw)]),
        unchecked=tuple(dict.fromkeys([each.why for each in found if isinstance(each, Unchecked)])),
    )


def _events(recording: Recording, dialect: DialectName, tags: Tags) -> list[Event]:
    reader = decoder(dialect, tags=tags)
    events: list[Event] = []
    for piece in _pieces(recording):
        events += reader.feed(piece)
        if reader.ended:
            return events
    return [*events, *reader.finish()]


def _pieces(recording: Recording) -> Iterator[bytes]:
    """The reply as the network cut it."""
    at = 0
    for _, size in recording.fixture.response.chunks:
        yield recording.body[at : at + size]
        at += size
