"""Fold events into the response they make.

A stream has its response folded in Rust already; this is for events that were kept: logged, filtered, or sent on.
"""

from collections.abc import Iterable

from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.ast.content import AssistantPart, Citation, Opaque, Reasoning, Refusal, Seal, Text
from modelmix.ast.event import (
    Cited,
    Event,
    Failed,
    Finished,
    OpaqueSeen,
    ReasoningDelta,
    RefusalDelta,
    Sealed,
    Started,
    TextDelta,
    ToolDelta,
    ToolStarted,
    UsageSeen,
)
from modelmix.ast.response import Response
from modelmix.decode import tool_call
from modelmix.errors import Truncated
from modelmix.outcome import Outcome


def fold(events: Iterable[Event]) -> Outcome[Response]:
    """The response that events make, or the error that ended them. Events without an end are a truncated reply."""
    response = Response()
    openings: dict[int, Event] = {}
    pieces: dict[int, list[str]] = {}
    seals: dict[int, Seal] = {}
    for event in events:
        match event:
            case TextDelta(index, text) | ReasoningDelta(index, text) | RefusalDelta(index, text):
                openings.setdefault(index, event)
                pieces.setdefault(index, []).append(text)
            case ToolDelta(index, arguments):
                pieces.setdefault(index, []).append(arguments)
            case ToolStarted() | Cited() | OpaqueSeen():
                openings[event.index] = event
            case Sealed(index, seal):
                openings.setdefault(index, event)
                seals[index] = seal
            case Started(reply_id, model):
                response = replace(response, id=reply_id, model=model)
            case UsageSeen(usage):
                response = replace(response, usage=usage)
            case Finished(reason, raw):
                parts = _parts(openings, pieces, seals)
                return Success(replace(response, parts=parts, finish=reason, raw_finish=raw))
            case Failed(error):
                return Failure(error)
    return Failure(Truncated(partial=replace(response, parts=_parts(openings, pieces, seals))))


def _parts(
    openings: dict[int, Event], pieces: dict[int, list[str]], seals: dict[int, Seal]
) -> tuple[AssistantPart, ...]:
    indices = sorted(openings)
    return tuple([_part(openings[index], "".join(pieces.get(index, ())), seals.get(index)) for index in indices])


def _part(opening: Event, text: str, seal: Seal | None) -> AssistantPart:
    match opening:
        case TextDelta():
            return Text(text, seal)
        case RefusalDelta():
            return Refusal(text)
        case ToolStarted(_, call_id, name, minted):
            return tool_call(call_id, name, text, minted=minted, seal=seal)
        case Cited(_, url, title):
            return Citation(url, title, seal)
        case OpaqueSeen(_, owner, kind, json):
            return Opaque(owner=owner, kind=kind, json=json)
        case _:
            return Reasoning(text, seal)
