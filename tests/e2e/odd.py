"""A server on the loopback that speaks chat completions well, and ways to bend it, each a quirk of real servers."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from e2e.able import ADA, able
from fakes.replies import (
    DONE,
    Reply,
    Step,
    answer,
    counts,
    delta,
    refusal,
    stream,
    streamed_answer,
    usage_chunk,
    whole,
    words,
)
from fakes.server import Request

MODEL: Final = "gpt-4o"
PASSWORD: Final = '{"password": "quokka-58"}'

Serve = Callable[[Request], Reply]
Asked = dict[str, Any]  # a request is read here as a server reads it


def asked_of(request: Request) -> Asked:
    """The body of a request."""
    body: Asked = json.loads(request.body)
    return body


def plain(request: Request) -> Reply:
    """A server without quirks: a list of models, chat completions, embeddings, and 404 for the rest."""
    if request.method == "GET" and request.path == "/v1/models":
        return listed(MODEL, "text-embedding-3-small")
    if request.path not in {"/v1/chat/completions", "/v1/embeddings"}:
        return refusal(404, "not_found", "no such place")
    if request.path == "/v1/embeddings":
        return able(request)
    return _completed(request)


def listed(*models: str) -> Reply:
    """A list of models as OpenAI has it."""
    return whole({"object": "list", "data": [{"id": model, "object": "model"} for model in models]})


def _completed(request: Request) -> Reply:
    body = asked_of(request)
    if body["model"] != MODEL:
        return refusal(404, "model_not_found", "The model does not exist")
    if not isinstance(body["messages"], list):
        return refusal(400, "invalid_request_error", "messages must be a list")
    if "quokka" in json.dumps(body.get("response_format", "")) or "quokka" in json.dumps(body["messages"]):
        return answer(PASSWORD)
    if "Ada Lovelace" in json.dumps(body["messages"]):
        return streamed_answer(ADA[:9], ADA[9:]) if body.get("stream") else answer(ADA)
    if "Oslo and in Rome" in json.dumps(body["messages"]):
        return stream(*CALLS, delta("tool_calls"), usage_chunk(15, 3), DONE)
    if body.get("stream") and "stream_options" not in body:
        return stream(*words("hel", "lo"), delta("stop"), DONE)
    return able(request)


def call(index: int | None, call_id: str | None, arguments: str, name: str | None = None) -> bytes:
    """A piece of a call, with as much of it as is given."""
    function = {"arguments": arguments, **({} if name is None else {"name": name})}
    piece: dict[str, object] = {"function": function, **({} if index is None else {"index": index})}
    return delta(tool_calls=[{**piece, **({} if call_id is None else {"id": call_id, "type": "function"})}])


def pieces(*indexes: int | None, repeated: bool = False) -> tuple[bytes, ...]:
    """Two calls, each in two pieces."""
    found: list[bytes] = []
    for index, city, name in zip(indexes, ("Oslo", "Rome"), ("a", "b"), strict=True):
        found.append(call(index, name, '{"city": ', "get_weather"))
        found.append(call(index, name if repeated else None, f'"{city}"}}'))
    return tuple(found)


CALLS: Final = pieces(0, 1)


def calling(*chunks: bytes, finish: str = "tool_calls") -> Serve:
    """Calls that are streamed in these chunks."""

    def serve(request: Request) -> Reply:
        if b"Oslo and in Rome" in request.body:
            return stream(*chunks, delta(finish), usage_chunk(15, 3), DONE)
        return plain(request)

    return serve


def streaming(make: Callable[[], Reply]) -> Serve:
    """All streams of words are this one."""

    def serve(request: Request) -> Reply:
        if b'"stream":true' not in request.body or b"Oslo and" in request.body or b"Ada" in request.body:
            return plain(request)
        return make()

    return serve


def said(*chunks: bytes, headers: dict[str, str] | None = None) -> Callable[[], Reply]:
    """A stream of these chunks."""
    return lambda: stream(*chunks, headers=headers)


def crlf() -> Reply:
    """A stream whose lines end in CRLF."""
    found = plain_stream()
    return replace(found, steps=tuple(Step(step.data.replace(b"\n", b"\r\n")) for step in found.steps))


def plain_stream() -> Reply:
    """A stream as OpenAI has it."""
    return stream(*words("hel", "lo"), delta("stop"), usage_chunk(15, 3), DONE)


def refusing(word: str, message: str, unless: str = "\0") -> Serve:
    """Refuses requests that hold a word, with a message that names what is wrong."""

    def serve(request: Request) -> Reply:
        if f'"{word}"'.encode() in request.body and unless.encode() not in request.body:
            return refusal(400, "invalid_request_error", message)
        return plain(request)

    return serve


def deaf_to_schemas(request: Request) -> Reply:
    """Takes `response_format` and passes over it; says what it is told in words."""
    if b'"response_format"' in request.body:
        stripped = {name: value for name, value in asked_of(request).items() if name != "response_format"}
        return plain(replace(request, body=json.dumps(stripped).encode()))
    return plain(request)


def thinking_aloud(request: Request) -> Reply:
    """Reasoning stands in the text, between tags."""
    if b"17 times 23" in request.body:
        return answer("<think>17 * 20 + 17 * 3</think>391")
    return plain(request)


def failing(reply: Reply) -> Serve:
    """Answers wrong requests, and only them, so."""

    def serve(request: Request) -> Reply:
        wrong = b'"messages":5' in request.body or b"no-such-model" in request.body
        return reply if wrong else plain(request)

    return serve


USAGE_EVERYWHERE: Final = (
    delta(content="hel", usage=counts(15, 1)),
    delta(content="lo", usage=counts(15, 2)),
    delta("stop", usage=counts(15, 3)),
    DONE,
)
USAGE_AT_THE_END: Final = (*words("hel", "lo"), delta("stop", usage=counts(15, 3)), DONE)
NO_USAGE: Final = (*words("hel", "lo"), delta("stop"), DONE)
NO_DONE: Final = (*words("hel", "lo"), delta("stop"), usage_chunk(15, 3))
KEPT_ALIVE: Final = (b": still here\n\n", *words("hel", "lo"), delta("stop"), usage_chunk(15, 3), DONE)
NAMED: Final = tuple(b"event: message\n" + chunk for chunk in NO_DONE)
TIGHT: Final = tuple(chunk.replace(b"data: ", b"data:") for chunk in NO_DONE)
WHOLE_CALLS: Final = (
    call(0, "a", '{"city": "Oslo"}', "get_weather"),
    call(1, "b", '{"city": "Rome"}', "get_weather"),
)
