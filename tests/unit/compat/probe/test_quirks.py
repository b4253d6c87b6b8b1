"""Quirks that are read off bytes. The bytes are written as WIRE, QUIRKS and the references have them."""

import json
from collections.abc import Mapping

import pytest

from modelmix.compat.probe.calling import tool_deltas
from modelmix.compat.probe.counting import usage_tail
from modelmix.compat.probe.framing import framing, line_ends
from modelmix.compat.probe.quirk import Overheard, opened
from modelmix.compat.probe.refusals import WRONG_TYPE, Bad, errors, refused_options
from modelmix.compat.probe.thinking import reasoning_place
from modelmix.compat.taken import Taken
from modelmix.decode import DialectName
from modelmix.jsonvalue import JsonValue
from modelmix.transport.inquiry import Told
from unit.compat.taking import take

STREAM = {"content-type": "text/event-stream; charset=utf-8"}
ASKED = b'{"stream":true}'


def streamed(*bodies: bytes, dialect: DialectName = "openai-chat", kind: Mapping[str, str] = STREAM) -> list[Overheard]:
    """Streams that somebody asked for."""
    return [Overheard("streaming", dialect, (take(ASKED, body, response=kind),)) for body in bodies]


def sse(*documents: Mapping[str, JsonValue], named: bool = False) -> bytes:
    """Events with these documents."""
    found = [
        (f"event: {document['type']}\n" if named else "") + f"data: {json.dumps(document)}\n\n"
        for document in documents
    ]
    return "".join(found).encode()


FRAMES: dict[str, tuple[bytes, DialectName, Mapping[str, str], str]] = {
    "Ollama": (
        b'{"done":false}\n{"done":true}\n',
        "ollama-chat",
        {"content-type": "application/x-ndjson"},
        "application/x-ndjson, lines of JSON (NDJSON), LF",
    ),
    "Google without alt=sse": (
        b'[{"candidates":[]}\r\n,\r\n{"candidates":[]}]',
        "google-generate",
        {"content-type": "application/json"},
        "application/json, one JSON array",
    ),
    "a stream that is none": (
        b'{"choices":[]}',
        "openai-chat",
        {"content-type": "application/json"},
        "application/json, one JSON document, though a stream was asked for",
    ),
    "no media type": (
        b"data: {}\n\ndata: [DONE]\n\n",
        "openai-chat",
        {"x": "y"},
        "no media type, `data:` lines only, LF, ends with [DONE]",
    ),
    "a media type that is an attack": (
        b"data: {}\n\n",
        "google-generate",
        {"content-type": "\x1b[2J"},
        "an odd media type, `data:` lines only, LF",
    ),
    "Gemini": (b"data: {}\r\n\r\n", "google-generate", STREAM, "text/event-stream, `data:` lines only, CRLF"),
    "Anthropic": (
        sse({"type": "message_start"}, {"type": "message_stop"}, named=True),
        "anthropic-messages",
        STREAM,
        "text/event-stream, `event:` and `data:` lines, LF",
    ),
}


@pytest.mark.parametrize(("body", "dialect", "kind", "expected"), FRAMES.values(), ids=FRAMES)
def test_frames(body: bytes, dialect: DialectName, kind: Mapping[str, str], expected: str) -> None:
    assert [quirk.seen for quirk in framing(streamed(body, dialect=dialect, kind=kind), dialect)] == [expected]


def test_a_refused_stream_has_no_frames() -> None:
    refused = Overheard("streaming", "openai-chat", (take(ASKED, b"data: {}\n\n", status=400),))
    assert list(framing([refused], "openai-chat")) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"a\nb\r\n", "CRLF and LF"), (b"a\rb\r", "CR"), (b"a", "no line ends"), (b"\n\n", "LF")],
)
def test_line_ends(body: bytes, expected: str) -> None:
    assert line_ends(body) == expected


COUNTS: dict[str, JsonValue] = {"prompt_tokens": 1, "completion_tokens": 1}
USAGES: dict[str, tuple[bytes, DialectName, str]] = {
    "Moonshot": (
        sse({"choices": [{"delta": {}}]}, {"choices": [{"delta": {}, "usage": COUNTS}]}),
        "openai-chat",
        "`choices.0.usage` in the last chunk",
    ),
    "Groq": (
        sse({"choices": [{"delta": {}}]}, {"choices": [], "x_groq": {"usage": COUNTS}}),
        "openai-chat",
        "`x_groq.usage` in a chunk of its own, with no choices",
    ),
    "before the last": (
        sse({"choices": [{}], "usage": COUNTS}, {"choices": [{}]}),
        "openai-chat",
        "`usage` in a chunk before the last",
    ),
    "Anthropic": (
        sse(
            {"type": "message_start", "message": {"usage": {"input_tokens": 1}}},
            {"type": "content_block_delta"},
            {"type": "message_delta", "usage": {"output_tokens": 1}},
            named=True,
        ),
        "anthropic-messages",
        "in message_start and message_delta",
    ),
    "responses": (
        sse({"type": "response.created"}, {"type": "response.completed", "response": {"usage": {"input_tokens": 1}}}),
        "openai-responses",
        "`response.usage` in the last chunk",
    ),
    "Google": (
        sse({"usageMetadata": {"promptTokenCount": 1}}, {"usageMetadata": {"promptTokenCount": 1}}),
        "google-generate",
        "`usageMetadata` in every chunk",
    ),
    "Ollama": (b'{"done":false}\n{"done":true,"eval_count":3}\n', "ollama-chat", "`eval_count` in the last chunk"),
    "null is nothing": (sse({"choices": [], "usage": None}), "openai-chat", "no usage in a stream"),
}


@pytest.mark.parametrize(("body", "dialect", "expected"), USAGES.values(), ids=USAGES)
def test_usage(body: bytes, dialect: DialectName, expected: str) -> None:
    assert [quirk.seen for quirk in usage_tail(streamed(body, dialect=dialect), dialect, None)] == [expected]


DELTAS: dict[str, tuple[bytes, DialectName, str]] = {
    "responses": (
        sse(*[{"type": "response.function_call_arguments.delta", "delta": "{"}] * 3),
        "openai-responses",
        "arguments in 3 pieces",
    ),
    "Anthropic": (
        sse({"type": "content_block_delta", "delta": {"type": "input_json_delta", "partial_json": "{}"}}),
        "anthropic-messages",
        "arguments in 1 piece",
    ),
    "Google": (
        sse({"candidates": [{"content": {"parts": [{"text": "a"}, {"functionCall": {"name": "f", "args": {}}}]}}]}),
        "google-generate",
        "1 call, each whole, without ids",
    ),
    "Ollama": (
        b'{"message":{"tool_calls":[{"id":"1","function":{"name":"f","arguments":{}}}]}}\n{"done":true}\n',
        "ollama-chat",
        "1 call, each whole, with ids",
    ),
    "arguments that are an object": (
        sse({"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"name": "f", "arguments": {}}}]}}]}),
        "openai-chat",
        "indexed, no ids, each call whole in one chunk, arguments as an object",
    ),
    "nothing but nonsense": (
        sse({"choices": [{"delta": {"tool_calls": [5, {"index": {}, "id": [1], "function": 7}]}}]}),
        "openai-chat",
        "indexed, 1 call in 1 piece",
    ),
}


@pytest.mark.parametrize(("body", "dialect", "expected"), DELTAS.values(), ids=DELTAS)
def test_calls_in_a_stream(body: bytes, dialect: DialectName, expected: str) -> None:
    assert [quirk.seen for quirk in tool_deltas(streamed(body, dialect=dialect), dialect)] == [expected]


def test_a_finish_reason_of_any_kind_is_no_fault() -> None:
    body = sse({"choices": [{"delta": {"tool_calls": [{"index": 0}]}, "finish_reason": {"odd": []}}]})
    assert [quirk.name for quirk in tool_deltas(streamed(body), "openai-chat")] == ["tool deltas"]


# https://docs.vllm.ai, https://openrouter.ai/docs: names of the field; QUIRKS 107.
THOUGHTS: dict[str, tuple[dict[str, object], list[str], str | None]] = {
    "DeepSeek": ({"reasoning_content": "hm", "content": ""}, ["in `reasoning_content`"], None),
    "OpenRouter": ({"reasoning": "hm", "reasoning_details": [{}]}, ["in `reasoning` and `reasoning_details`"], None),
    "tags": ({"content": "\n<think>hm</think>391"}, ["in the text, as `<think>`"], "think"),
    "harmony": ({"content": "<|channel|>analysis<|message|>hm"}, ["in the text, as channels of harmony"], "harmony"),
    "a tag that is the answer's own": ({"content": "Write <think> first"}, [], None),
}


@pytest.mark.parametrize(("message", "seen", "tags"), THOUGHTS.values(), ids=THOUGHTS)
def test_reasoning(message: object, seen: list[str], tags: str | None) -> None:
    taken = take(b"{}", json.dumps({"choices": [{"message": message}]}).encode())
    found = list(reasoning_place([Overheard("reasoning", "openai-chat", (taken,))], "openai-chat"))
    assert [quirk.seen for quirk in found] == seen
    changes = [quirk.change.tags for quirk in found if quirk.change is not None]
    assert changes == ([] if tags is None else [tags])


def refused(sent: object, message: str, status: int = 400) -> list[Overheard]:
    """A refusal of a request."""
    body = json.dumps({"error": {"message": message, "type": "invalid_request_error"}}).encode()
    return [Overheard("basic", "openai-chat", (take(json.dumps(sent).encode(), body, status=status),))]


OPTIONS: dict[str, tuple[dict[str, int], str, int, list[str]]] = {
    # https://platform.openai.com/docs/guides/reasoning: the words of the API for max_tokens.
    "max_tokens": (
        {"max_tokens": 5},
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        400,
        ["max_tokens"],
    ),
    "two at once": ({"seed": 1, "top_p": 1}, "seed and top_p are not allowed", 422, ["seed", "top_p"]),
    "one that was not sent": ({"seed": 1}, "temperature is wrong", 400, []),
    "a part of a word": ({"seed": 1}, "seeds and seed_value are nice", 400, []),
    "a fault of the server": ({"seed": 1}, "seed", 500, []),
}


@pytest.mark.parametrize(("sent", "message", "status", "names"), OPTIONS.values(), ids=OPTIONS)
def test_options_that_are_refused(sent: object, message: str, status: int, names: list[str]) -> None:
    assert [quirk.name for quirk in refused_options(refused(sent, message, status))] == names


def test_an_error_under_200_is_told_as_one() -> None:
    told = Told(status=200, headers={}, body=b'{"error":{"message":"no"}}')
    assert [quirk.seen for quirk in errors([Bad(WRONG_TYPE, told)])] == [
        "a number in place of messages: OpenAI's error object under 200"
    ]


def test_a_body_that_cannot_be_unpacked_is_empty() -> None:
    broken: Taken = take(b"{}", b"no gzip", response={"content-encoding": "gzip"})
    assert opened(broken) == b""
