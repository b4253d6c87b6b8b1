"""Chat completions, after OpenAI's reference; `reasoning_content` after DeepSeek's."""

from collections.abc import Iterator
from typing import Final

from oracle.made.wire import Document, events, whole
from oracle.reply import WireReply

_USAGE: Final[Document] = {
    "prompt_tokens": 30,
    "completion_tokens": 12,
    "total_tokens": 42,
    "prompt_tokens_details": {"cached_tokens": 8},
    "completion_tokens_details": {"reasoning_tokens": 5},
}


def replies() -> Iterator[WireReply]:
    """Text, reasoning, two calls and a cut, streamed and not, and a rejection."""
    hello, weather = {"role": "assistant", "content": "Grüße, 世界"}, _call("call_1", "weather", '{"city":"Zürich"}')
    thought = {"role": "assistant", "content": "4", "reasoning_content": "2 + 2"}
    calls = {"role": "assistant", "content": None, "tool_calls": [weather, _call("call_2", "time", "{}")]}
    yield whole("text", "openai-chat", _completion(hello, "stop"))
    yield whole("reasoning", "openai-chat", _completion(thought, "stop"))
    yield whole("calls", "openai-chat", _completion(calls, "tool_calls"))
    yield whole("cut", "openai-chat", _completion(hello, "length"))
    yield whole("rejected", "openai-chat", {"error": {"message": "no such model", "type": "invalid"}}, 404)
    yield _stream("streamed-text", {"role": "assistant", "content": "Grüße"}, {"content": ", 世界"}, finish="stop")
    yield _stream("streamed-reasoning", {"reasoning_content": "2 + 2"}, {"content": "4"}, finish="stop")
    yield _stream(
        "streamed-calls",
        {"tool_calls": [{"index": 0, **_call("call_1", "weather", "")}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"city":'}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '"Zürich"}'}}]},
        {"tool_calls": [{"index": 1, **_call("call_2", "time", "{}")}]},
        finish="tool_calls",
    )


def _call(call_id: str, name: str, arguments: str) -> Document:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def _completion(message: Document, finish: str) -> Document:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {**_head("chat.completion"), "choices": [choice], "usage": _USAGE}


def _stream(name: str, *deltas: Document, finish: str) -> WireReply:
    head = _head("chat.completion.chunk")
    chunks = [{**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    nothing: Document = {}
    last = {**head, "choices": [{"index": 0, "delta": nothing, "finish_reason": finish}]}
    return events(name, "openai-chat", *chunks, last, {**head, "choices": [], "usage": _USAGE}, done=True)


def _head(kind: str) -> Document:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "gpt-4o"}
