"""Events from bytes, wherever the bytes come from.

The decoding itself is Rust; here its results get their Python types.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, Literal, Protocol, TypeAlias, cast, get_args

from modelmix import _native
from modelmix.ast.content import AssistantPart, Citation, JsonText, Opaque, Reasoning, Refusal, Seal, Text, ToolCall
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
from modelmix.ast.response import FinishReason, Response
from modelmix.ast.usage import Usage
from modelmix.errors import SentError, TooLarge, Truncated, Undecodable
from modelmix.node import Node
from modelmix.rejection import read_rejection

DialectName: TypeAlias = Literal[
    "openai-chat", "openai-responses", "anthropic-messages", "google-generate", "ollama-chat"
]
"""The wire formats that can be decoded."""

DIALECTS: Final[tuple[DialectName, ...]] = get_args(DialectName)

Tags: TypeAlias = Literal["none", "think", "harmony"]
"""Markup of reasoning inside the text: none, `<think>` blocks, or gpt-oss harmony channels."""

Decoder: TypeAlias = "_native.Decoder[Event, Response]"
"""Decodes one reply: `feed(bytes)` gives a list of events, `finish()` the rest, `answer()` the folded response."""


class Reading(Protocol):
    """What takes in a reply: a `Decoder`, or another that ends in something else than events."""

    def feed(self, chunk: bytes, /) -> list[Event]:
        """The events in a chunk."""
        ...

    def absorb(self, chunk: bytes, /) -> bool:
        """Reads a chunk without making events; whether the terminal event has been reached."""
        ...

    def finish(self) -> list[Event]:
        """The input has ended: what was held back, and the terminal event if there has been none."""
        ...

    def answer(self) -> Response | None:
        """Everything said so far, folded."""
        ...

    def terminal(self) -> Event | None:
        """The terminal event, once it has been reached."""
        ...

    @property
    def ended(self) -> bool:
        """Whether the terminal event has been given."""
        ...

    @property
    def complete(self) -> bool:
        """Whether the reply is whole: from here on a broken connection does no harm."""
        ...

    @property
    def spoken(self) -> bool:
        """Whether there has been output, after which a call must not be repeated."""
        ...


class Bounds(Node, frozen=True, kw_only=True):
    """How much one reply may hold: bytes of one event, bytes of all of it, number of events."""

    event: int = 16 << 20
    total: int = 512 << 20
    events: int = 10_000_000


def decoder(
    dialect: DialectName, *, tags: Tags = "none", coalesce: bool = True, fold: bool = True, bounds: Bounds | None = None
) -> Decoder:
    """A decoder for one reply.

    With `coalesce`, deltas of one part that arrive in one chunk become one event; with `fold`, `answer()` has the
    response at any time.

    Raises
    ------
    ValueError
        For a dialect or tags that do not exist: a mistake in the program.
    """
    bounds = bounds or Bounds()
    return _native.Decoder(
        dialect,
        _types(dialect),
        tags=tags,
        coalesce=coalesce,
        fold=fold,
        max_event=bounds.event,
        max_total=bounds.total,
        max_events=bounds.events,
    )


def events(
    chunks: Iterable[bytes], *, dialect: DialectName, tags: Tags = "none", coalesce: bool = True
) -> Iterator[Event]:
    """The events of one reply from its bytes, cut anywhere. The last one is `Finished` or `Failed`.

    >>> chunk = b'data: {"id":"1","choices":[{"delta":{"content":"hi"},"finish_reason":"stop"}]}'
    >>> [type(event).__name__ for event in events([chunk], dialect="openai-chat")]
    ['Started', 'TextDelta', 'Finished']
    """
    reader = decoder(dialect, tags=tags, coalesce=coalesce, fold=False)
    for chunk in chunks:
        yield from reader.feed(chunk)
        if reader.ended:
            return
    yield from reader.finish()


def detect(head: bytes) -> DialectName | None:
    """The dialect of a reply that begins with these bytes; None when they do not tell, or not yet.

    >>> detect(b'data: {"id":"1","choices":[')
    'openai-chat'
    """
    found = _native.detect(head)
    return next((name for name in DIALECTS if name == found), None)


def tool_call(call_id: str, name: str, arguments: str, *, minted: bool, seal: Seal | None = None) -> ToolCall:
    """A finished call. No arguments at all, which many providers send for tools that take none, mean `{}`."""
    whole = JsonText(arguments if arguments.strip() else "{}")
    return ToolCall(id=call_id, name=name, arguments=whole, minted=minted, seal=seal)


@cache
def _types(dialect: str) -> "_native.Types[Event, Response]":
    def sealed(index: int, value: str) -> Sealed:
        return Sealed(index, Seal(dialect, value))

    def opaque(index: int, kind: str, json: str) -> OpaqueSeen:
        return OpaqueSeen(index, dialect, kind, JsonText(json))

    def part(kind: str, text: str, first: str, second: str, minted: bool, seal: str | None) -> AssistantPart:  # noqa: FBT001 - called by Rust, by position
        return _part(dialect, kind, text, first, second, minted=minted, seal=seal)

    types: _native.Types[Event, Response] = _native.Types(
        started=Started,
        text=TextDelta,
        reasoning=ReasoningDelta,
        sealed=sealed,
        refusal=RefusalDelta,
        tool_started=ToolStarted,
        tool_arguments=ToolDelta,
        cited=Cited,
        opaque=opaque,
        used=UsageSeen,
        finished=_finished,
        failed=_failed,
        usage=_usage,
        part=part,
        answer=_answer,
    )
    return types


def _part(
    dialect: str, kind: str, text: str, first: str, second: str, *, minted: bool, seal: str | None
) -> AssistantPart:
    sealed = None if seal is None else Seal(dialect, seal)
    match kind:
        case "text":
            return Text(text, sealed)
        case "reasoning":
            return Reasoning(text, sealed)
        case "refusal":
            return Refusal(text)
        case "tool":
            return tool_call(first, second, text, minted=minted, seal=sealed)
        case "citation":
            return Citation(text, first or None, sealed)
        case _:
            return Opaque(owner=dialect, kind=first, json=JsonText(text))


def _usage(
    input_: int | None,
    output: int | None,
    cache_read: int | None,
    cache_write: int | None,
    reasoning: int | None,
    audio_input: int | None,
    audio_output: int | None,
    total: int | None,
) -> Usage:
    return Usage(
        input=input_,
        output=output,
        cache_read=cache_read,
        cache_write=cache_write,
        reasoning=reasoning,
        audio_input=audio_input,
        audio_output=audio_output,
        total=total,
    )


def _finished(reason: str, raw: str | None) -> Finished:
    # Rust writes only the words of FinishReason; tests/stream/test_native.py holds the two lists together.
    return Finished(cast("FinishReason", reason), raw)


def _answer(
    reply_id: str | None,
    model: str | None,
    parts: tuple[AssistantPart, ...],
    usage: Usage,
    finish: str | None,
    raw: str | None,
) -> Response:
    reason = cast("FinishReason", finish or "unknown")
    return Response(id=reply_id, model=model, parts=parts, usage=usage, finish=reason, raw_finish=raw)


def _failed(kind: str, text: str, number: int) -> Failed:
    return Failed(fault(kind, text, number))


def fault(kind: str, text: str, number: int) -> SentError:
    """The error that a fault of the Rust side is, told as its name, its text and its number."""
    match kind:
        case "provider":
            return read_rejection(text.encode())
        case "truncated":
            return Truncated(stray=text, phase="mid_stream")
        case "too_large":
            return TooLarge(bound=cast("Literal['event', 'reply', 'events']", text), limit=number)
        case "malformed_event":
            return Undecodable(kind=kind, preview=text, phase="mid_stream")
        case "html" | "not_json" | "not_a_reply" | "empty_stream":
            return Undecodable(kind=kind, preview=text)
        case _:
            raise AssertionError(kind)
