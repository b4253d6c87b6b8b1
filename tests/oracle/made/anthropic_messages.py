"""Messages, after Anthropic's reference."""

from collections.abc import Iterator, Sequence
from typing import Final

from oracle.made.wire import Document, events, whole
from oracle.reply import WireReply

_USAGE: Final[Document] = {
    "input_tokens": 20,
    "cache_creation_input_tokens": 4,
    "cache_read_input_tokens": 8,
    "output_tokens": 12,
}
_THOUGHT: Final[Document] = {"type": "thinking", "thinking": "Short is enough.", "signature": "c2lnbmVk"}
_TEXT: Final[Document] = {"type": "text", "text": "Grüße, 世界"}
_CALL: Final[Document] = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Zürich"}}


def replies() -> Iterator[WireReply]:
    """Text, thinking, a call and a cut, streamed and not, and errors before and inside a stream."""
    yield whole("text", "anthropic-messages", _message([_THOUGHT, _TEXT], "end_turn"))
    yield whole("call", "anthropic-messages", _message([_TEXT, _CALL], "tool_use"))
    yield whole("cut", "anthropic-messages", _message([_TEXT], "max_tokens"))
    yield whole("rejected", "anthropic-messages", _error("rate_limit_error", "slow down"), 429)
    yield _stream(
        "streamed-text",
        *_block(
            0, {**_THOUGHT, "thinking": "", "signature": ""}, _thinking("Short is "), _thinking("enough."), _SIGNED
        ),
        {"type": "ping"},
        *_block(1, {**_TEXT, "text": ""}, _text("Grüße"), _text(", 世界")),
        finish="end_turn",
    )
    yield _stream(
        "streamed-call", *_block(0, {**_CALL, "input": {}}, _json('{"city":'), _json('"Zürich"}')), finish="tool_use"
    )
    yield events(
        "streamed-error",
        "anthropic-messages",
        _START,
        *_block(0, {**_TEXT, "text": ""}, _text("Grüße")),
        _error("overloaded_error", "too many at once"),
    )


def _message(content: Sequence[Document], stop: str | None) -> Document:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5",
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": _USAGE,
    }


def _error(kind: str, message: str) -> Document:
    return {"type": "error", "error": {"type": kind, "message": message}}


def _stream(name: str, *blocks: Document, finish: str) -> WireReply:
    last = {
        "type": "message_delta",
        "delta": {"stop_reason": finish, "stop_sequence": None},
        "usage": {"output_tokens": 15},
    }
    return events(name, "anthropic-messages", _START, *blocks, last, {"type": "message_stop"})


def _block(index: int, start: Document, *deltas: Document) -> tuple[Document, ...]:
    return (
        {"type": "content_block_start", "index": index, "content_block": start},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    )


def _text(text: str) -> Document:
    return {"type": "text_delta", "text": text}


def _thinking(text: str) -> Document:
    return {"type": "thinking_delta", "thinking": text}


def _json(text: str) -> Document:
    return {"type": "input_json_delta", "partial_json": text}


_SIGNED: Final[Document] = {"type": "signature_delta", "signature": "c2lnbmVk"}
_START: Final[Document] = {"type": "message_start", "message": _message([], None)}
