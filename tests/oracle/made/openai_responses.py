"""Responses, after OpenAI's reference."""

from collections.abc import Iterator, Sequence
from typing import Final

from oracle.made.wire import Document, events, whole
from oracle.reply import WireReply

_HEAD: Final[Document] = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1,
    "model": "gpt-5",
    "error": None,
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": (),
}
_USAGE: Final[Document] = {
    "input_tokens": 30,
    "input_tokens_details": {"cached_tokens": 8},
    "output_tokens": 12,
    "output_tokens_details": {"reasoning_tokens": 5},
    "total_tokens": 42,
}
_HELLO: Final[Document] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": "Grüße, 世界", "annotations": ()}],
}
_THOUGHT: Final[Document] = {
    "id": "rs_1",
    "type": "reasoning",
    "summary": [{"type": "summary_text", "text": "Short is enough."}],
}
_CALL: Final[Document] = {
    "id": "fc_1",
    "type": "function_call",
    "status": "completed",
    "call_id": "call_1",
    "name": "weather",
    "arguments": '{"city":"Zürich"}',
}


def replies() -> Iterator[WireReply]:
    """Text, reasoning, a call and a cut, streamed and not, and a rejection."""
    yield whole("text", "openai-responses", _response([_THOUGHT, _HELLO]))
    yield whole("call", "openai-responses", _response([_CALL]))
    yield whole("cut", "openai-responses", _response([_HELLO], "incomplete", reason="max_output_tokens"))
    yield whole("rejected", "openai-responses", {"error": {"message": "no such model", "type": "invalid"}}, 400)
    yield _stream(
        "streamed-text",
        _item("added", 0, {**_THOUGHT, "summary": ()}),
        {"type": "response.reasoning_summary_part.added", **_piece("rs_1"), "part": _summary("")},
        {"type": "response.reasoning_summary_text.delta", **_piece("rs_1"), "delta": "Short is enough."},
        _item("done", 0, _THOUGHT),
        _item("added", 1, {**_HELLO, "status": "in_progress", "content": ()}),
        {"type": "response.content_part.added", **_piece("msg_1", 1), "part": _text("")},
        {"type": "response.output_text.delta", **_piece("msg_1", 1), "delta": "Grüße", "logprobs": ()},
        {"type": "response.output_text.delta", **_piece("msg_1", 1), "delta": ", 世界", "logprobs": ()},
        {"type": "response.output_text.done", **_piece("msg_1", 1), "text": "Grüße, 世界", "logprobs": ()},
        _item("done", 1, _HELLO),
        output=[_THOUGHT, _HELLO],
    )
    yield _stream(
        "streamed-call",
        _item("added", 0, {**_CALL, "status": "in_progress", "arguments": ""}),
        {"type": "response.function_call_arguments.delta", **_piece("fc_1"), "delta": '{"city":'},
        {"type": "response.function_call_arguments.delta", **_piece("fc_1"), "delta": '"Zürich"}'},
        {"type": "response.function_call_arguments.done", **_piece("fc_1"), "arguments": '{"city":"Zürich"}'},
        _item("done", 0, _CALL),
        output=[_CALL],
    )


def _response(output: Sequence[Document], status: str = "completed", reason: str | None = None) -> Document:
    details = {"reason": reason} if reason else None
    return {
        **_HEAD,
        "status": status,
        "incomplete_details": details,
        "output": output,
        "usage": _USAGE if status != "in_progress" else None,
    }


def _stream(name: str, *middle: Document, output: Sequence[Document]) -> WireReply:
    first = {"type": "response.created", "response": _response([], "in_progress")}
    last = {"type": "response.completed", "response": _response(output)}
    numbered = ({**event, "sequence_number": at} for at, event in enumerate((first, *middle, last)))
    return events(name, "openai-responses", *numbered)


def _item(step: str, index: int, item: Document) -> Document:
    return {"type": f"response.output_item.{step}", "output_index": index, "item": item}


def _piece(item: str, index: int = 0) -> Document:
    part = "summary_index" if item.startswith("rs_") else "content_index"
    return {"item_id": item, "output_index": index, part: 0}


def _summary(text: str) -> Document:
    return {"type": "summary_text", "text": text}


def _text(text: str) -> Document:
    return {"type": "output_text", "text": text, "annotations": ()}
