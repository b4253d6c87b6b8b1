"""Generated content, after Google's reference."""

from collections.abc import Iterator
from typing import Final

from oracle.made.wire import Document, events, whole
from oracle.reply import WireReply

_USAGE: Final[Document] = {
    "promptTokenCount": 30,
    "cachedContentTokenCount": 8,
    "candidatesTokenCount": 7,
    "thoughtsTokenCount": 5,
    "totalTokenCount": 42,
}
_THOUGHT: Final[Document] = {"text": "Short is enough.", "thought": True}
_CALL: Final[Document] = {"functionCall": {"name": "weather", "args": {"city": "Zürich"}}}


def replies() -> Iterator[WireReply]:
    """Text, thoughts, calls, a cut and a block, streamed and not, and a rejection."""
    yield whole("text", "google-generate", _content(_THOUGHT, {"text": "Grüße, 世界"}, finish="STOP"))
    yield whole("calls", "google-generate", _content(_CALL, _named("call_2"), finish="STOP"))
    yield whole("cut", "google-generate", _content({"text": "Grüße"}, finish="MAX_TOKENS"))
    yield whole("blocked", "google-generate", {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": _USAGE})
    yield whole("rejected", "google-generate", {"error": {"code": 400, "message": "no", "status": "INVALID"}}, 400)
    yield events(
        "streamed-text",
        "google-generate",
        _content(_THOUGHT),
        _content({"text": "Grüße"}),
        _content({"text": ", 世界"}, finish="STOP"),
    )
    yield events("streamed-calls", "google-generate", _content(_CALL), _content(_named("call_2"), finish="STOP"))


def _named(call_id: str) -> Document:
    return {"functionCall": {"id": call_id, "name": "time", "args": {}}}


def _content(*parts: Document, finish: str | None = None) -> Document:
    candidate: Document = {"index": 0, "content": {"role": "model", "parts": parts}}
    return {
        "candidates": [{**candidate, "finishReason": finish} if finish else candidate],
        "usageMetadata": _USAGE,
        "modelVersion": "gemini-3-flash",
        "responseId": "r-1",
    }
