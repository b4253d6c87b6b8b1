"""Lists, words and unions from every dialect: asked for as the provider takes them, and back as they were wanted.

The replies are those that the providers' documents show: https://platform.openai.com/docs/api-reference,
https://platform.claude.com/docs/en/api/messages, https://ai.google.dev/api/generate-content,
https://docs.ollama.com/api/chat. None was taken from a run.
"""

import enum
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pytest
from msgspec import Struct

from e2e.doors import DOORS, AsyncDoor, BlockingDoor
from e2e.shell import Shell
from fakes.replies import DONE, Reply, answer, body, delta, stream, whole, words
from fakes.server import FaultServer, Request
from fixtures.google import pieces as google
from fixtures.responses import pieces as responses
from modelmix import Deadlines, Success, shape_of
from modelmix.jsonvalue import JsonValue

Json: TypeAlias = Mapping[str, Any]


class Circle(Struct, tag="circle"):
    r: int


class Square(Struct, tag="square"):
    side: int


class Mood(enum.Enum):
    GLAD = "glad"
    SAD = "sad"


@dataclass(frozen=True)
class Speech:
    """How a dialect gives an answer of some name, whole and in two pieces, and where a request has its schema."""

    model: str
    whole: Callable[[str, str], Reply]
    streamed: Callable[[str, str, str], Reply]
    schema: Callable[[Json], Json]
    root: bool = True
    """Whether the provider needs an object at the root."""


def _anthropic(*blocks: Json, reason: str = "end_turn") -> Json:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": blocks,
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 15, "output_tokens": 3},
    }


def _anthropic_streamed(block: Json, *pieces: Json, reason: str = "end_turn") -> Reply:
    events: list[Json] = [
        {"type": "message_start", "message": {**_anthropic(), "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *[{"type": "content_block_delta", "index": 0, "delta": piece} for piece in pieces],
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": reason, "stop_sequence": None},
            "usage": {"output_tokens": 3},
        },
        {"type": "message_stop"},
    ]
    return stream(*[f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events])


def _by_tool(name: str, arguments: str) -> Reply:
    block = {"type": "tool_use", "id": "toolu_1", "name": name, "input": json.loads(arguments)}
    return whole(_anthropic(block, reason="tool_use"))


def _by_tool_streamed(name: str, *pieces: str) -> Reply:
    block: Json = {"type": "tool_use", "id": "toolu_1", "name": name, "input": {}}
    parts: list[Json] = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    return _anthropic_streamed(block, *parts, reason="tool_use")


def _ollama(text: str, *, done: bool) -> Json:
    line: Json = {
        "model": "m",
        "created_at": "2026-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": text},
        "done": done,
    }
    return {**line, "done_reason": "stop", "prompt_eval_count": 15, "eval_count": 3} if done else line


def _lines(*lines: Json) -> Reply:
    kind = {"Content-Type": "application/x-ndjson"}
    return stream(*[json.dumps(line).encode() + b"\n" for line in lines], headers=kind)


SPEECHES: Final[dict[str, Speech]] = {
    "openai-chat": Speech(
        "openai:gpt-4o",
        lambda _, text: answer(text),
        lambda _, first, rest: stream(*words(first, rest), delta("stop"), DONE),
        lambda sent: sent["response_format"]["json_schema"]["schema"],
    ),
    "openai-responses": Speech(
        "openai:gpt-5",
        lambda _, text: body(responses.body("completed", responses.message(text)), "application/json"),
        lambda _, first, rest: stream(
            responses.told(
                responses.added(0, responses.begun(responses.message(first + rest))),
                *responses.text(0, first, rest, item_id="msg_1"),
                responses.done(0, responses.message(first + rest)),
                output=[responses.message(first + rest)],
            )
        ),
        lambda sent: sent["text"]["format"]["schema"],
    ),
    "anthropic-messages": Speech(
        "anthropic:claude-sonnet-4-5",
        lambda _, text: whole(_anthropic({"type": "text", "text": text})),
        lambda _, first, rest: _anthropic_streamed(
            {"type": "text", "text": ""},
            *[{"type": "text_delta", "text": piece} for piece in (first, rest)],
        ),
        lambda sent: sent["output_config"]["format"]["schema"],
    ),
    "anthropic-messages by a tool": Speech(
        "anthropic:claude-opus-4-1",
        _by_tool,
        _by_tool_streamed,
        lambda sent: sent["tools"][0]["input_schema"],
    ),
    "google-generate": Speech(
        "google:gemini-3-flash-preview",
        lambda _, text: whole(google.piece(google.text(text), finish="STOP")),
        lambda _, first, rest: stream(
            google.stream(
                google.piece(google.text(first)), google.piece(google.text(rest)), google.ends("STOP")
            ).encode()
        ),
        lambda sent: sent["generationConfig"]["responseJsonSchema"],
        root=False,
    ),
    "ollama-chat": Speech(
        "ollama:qwen3",
        lambda _, text: whole(_ollama(text, done=True)),
        lambda _, first, rest: _lines(_ollama(first, done=False), _ollama(rest, done=False), _ollama("", done=True)),
        lambda sent: sent["format"],
        root=False,
    ),
}

WANTED: Final[dict[str, tuple[Any, JsonValue, object]]] = {
    # shape, the JSON of an answer: the answer
    "a list": (list[Circle], [{"type": "circle", "r": 1}, {"type": "circle", "r": 2}], [Circle(1), Circle(2)]),
    "an enumeration": (Mood, "sad", Mood.SAD),
    "a union": (Circle | Square, {"type": "square", "side": 2}, Square(2)),
}


@pytest.fixture(params=list(DOORS.values()), ids=list(DOORS))
def door(request: pytest.FixtureRequest) -> Iterator[BlockingDoor | AsyncDoor]:
    with request.param(deadlines=Deadlines(total=20)) as opened:
        yield opened


@pytest.mark.parametrize(("shape", "value", "expected"), WANTED.values(), ids=WANTED)
@pytest.mark.parametrize("speech", SPEECHES.values(), ids=SPEECHES)
def test_what_is_no_object_is_wrapped_where_it_must_be_and_comes_back_as_it_was_wanted(
    door: BlockingDoor | AsyncDoor, speech: Speech, shape: type[object], value: JsonValue, expected: object
) -> None:
    name = shape_of(shape).unwrap().name
    text = json.dumps({"value": value} if speech.root else value)
    with FaultServer([speech.whole(name, text), speech.streamed(name, text[:8], text[8:])]) as server:
        made = door.make(speech.model, "Go", shape, base_url=server.url)
        grown = door.grow(speech.model, "Go", shape, base_url=server.url)
        sent = [json.loads(request.body) for request in server.requests]
    assert made == Success(expected)
    assert grown.outcome == Success(expected)
    assert json.loads(grown.partials[-1]) == value
    schemas = [speech.schema(body) for body in sent]
    assert len(schemas) == 2
    for schema in schemas:
        assert (schema.get("type") == "object") is speech.root
        assert [*schema.get("properties", ())] == (["value"] if speech.root else [])
    response = grown.response.unwrap()
    assert (response.text, response.finish, response.tool_calls) == (text, "stop", ())


JANE: Final = '{"name":"Jane Doe","age":30,"occupation":"engineer","location":null}'
COMMANDS: Final[dict[str, tuple[str, Callable[[str], Reply]]]] = {
    "streamed": ("--stream", lambda name: _by_tool_streamed(name, JANE[:20], JANE[20:])),
    "plain": ("--no-stream", lambda name: _by_tool(name, JANE)),
}


@pytest.mark.parametrize(("how", "reply"), COMMANDS.values(), ids=COMMANDS)
def test_a_model_without_schemas_answers_a_command_by_a_tool(
    shell: Shell, how: str, reply: Callable[[str], Reply]
) -> None:
    sent: list[Json] = []

    def served(request: Request) -> Reply:
        sent.append(json.loads(request.body))
        return reply(sent[-1]["tool_choice"]["name"])

    with FaultServer(served) as server:
        told = shell.mm("gen", "Go", "-m", "anthropic:claude-opus-4-1", "--json", how, "--base-url", server.url)
    assert (told.code, json.loads(told.out)) == (0, {"name": "Jane Doe", "age": 30, "occupation": "engineer"})
    assert "output_config" not in sent[0]
    assert sent[0]["tool_choice"] == {
        "type": "tool",
        "name": sent[0]["tools"][0]["name"],
        "disable_parallel_tool_use": True,
    }
