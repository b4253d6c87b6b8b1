"""The bodies of `docs/moving.md`: conversations that begin on one provider and go on with another.

`python -m moves.page`, run in `tests`, writes them into the page anew. The prose around them is written by hand.
"""

import re
from collections.abc import Mapping
from json import dumps
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias, cast

from modelmix.ast.content import Json, JsonText, Text, ToolResult
from modelmix.ast.message import Message, Tool, system, user
from modelmix.ast.request import Request
from modelmix.ast.tool import ToolSpec
from modelmix.call import Call, plan
from modelmix.decode import DialectName, decoder
from moves.bodies import Aim, parsed

PAGE: Final = Path(__file__).parents[2] / "docs" / "moving.md"

_BLOCK: Final = re.compile(r"<!-- begin: (?P<name>.+?) -->\n(?P<held>.*?)<!-- end -->", re.DOTALL)
_WIDTH: Final = 110

Value: TypeAlias = "dict[str, Value] | list[Value] | str | int | float | bool | None"

# Replies as the documents of the providers show them; signatures and encrypted reasoning are shortened.
REPLIES: Final[Mapping[DialectName, Value]] = MappingProxyType(
    {
        # https://platform.claude.com/docs/en/build-with-claude/extended-thinking#extended-thinking-with-tool-use
        "anthropic-messages": {
            "id": "msg_01",
            "type": "message",
            "role": "assistant",
            "model": "claude-opus-4-1",
            "content": [
                {"type": "thinking", "thinking": "Two cities, two calls.", "signature": "EqQBCgIYAhIM"},
                {"type": "redacted_thinking", "data": "EmwKAhgBEgy3"},
                {"type": "text", "text": "Let me look."},
                {"type": "tool_use", "id": "toolu_01A", "name": "weather", "input": {"city": "Oslo"}},
                {"type": "tool_use", "id": "toolu_01B", "name": "weather", "input": {"city": "Bergen"}},
            ],
            "stop_reason": "tool_use",
        },
        # https://ai.google.dev/gemini-api/docs/thought-signatures
        "google-generate": {
            "candidates": [
                {
                    "content": {
                        "role": "model",
                        "parts": [
                            {"text": "Two cities, two calls.", "thought": True},
                            {"text": "Let me look."},
                            {
                                "functionCall": {"name": "weather", "args": {"city": "Oslo"}},
                                "thoughtSignature": "CiQB0e2Kb4x1",
                            },
                            {"functionCall": {"name": "weather", "args": {"city": "Bergen"}}},
                        ],
                    },
                    "finishReason": "STOP",
                }
            ]
        },
        # https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items
        "openai-responses": {
            "id": "resp_01",
            "object": "response",
            "status": "completed",
            "model": "gpt-5",
            "output": [
                {
                    "type": "reasoning",
                    "id": "rs_01",
                    "summary": [{"type": "summary_text", "text": "Two cities, two calls."}],
                    "encrypted_content": "gAAAAABo",
                },
                {
                    "type": "function_call",
                    "id": "fc_01",
                    "call_id": "call_A",
                    "name": "weather",
                    "arguments": '{"city": "Oslo"}',
                    "status": "completed",
                },
                {
                    "type": "function_call",
                    "id": "fc_02",
                    "call_id": "call_B",
                    "name": "weather",
                    "arguments": '{"city": "Bergen"}',
                    "status": "completed",
                },
            ],
        },
    }
)

TOOL: Final = ToolSpec(
    name="weather",
    description="The weather of a city",
    parameters=JsonText('{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}'),
)

_TARGETS: Final = MappingProxyType(
    {
        "anthropic": Aim("anthropic", "claude-opus-4-1"),
        "google": Aim("google", "gemini-3-pro"),
        "chat": Aim("openai", "gpt-4.1", "openai-chat"),
        "responses": Aim("openai", "gpt-5"),
        "ollama": Aim("ollama", "qwen3"),
    }
)

_MOVES: Final[tuple[tuple[DialectName, str], ...]] = (
    ("anthropic-messages", "anthropic"),
    ("anthropic-messages", "google"),
    ("anthropic-messages", "chat"),
    ("anthropic-messages", "responses"),
    ("anthropic-messages", "ollama"),
    ("google-generate", "anthropic"),
    ("openai-responses", "anthropic"),
)
"""Where a conversation begins, and where it goes on."""


def begun(dialect: DialectName) -> Request:
    """A question, the reply of a provider to it, the results of its calls, and how it goes on."""
    reader = decoder(dialect)
    reader.absorb(dumps(REPLIES[dialect]).encode())
    reader.finish()
    answer = reader.answer()
    assert answer is not None
    oslo, bergen = answer.tool_calls
    results = (
        ToolResult(call_id=oslo.id, name=oslo.name, content=(Json(JsonText('{"sky": "clear", "celsius": 4}')),)),
        ToolResult(call_id=bergen.id, name=bergen.name, content=(Text("no such station"),), is_error=True),
    )
    messages: tuple[Message, ...] = (
        system("Be brief."),
        user("What shall I wear in Oslo and in Bergen?"),
        answer.message,
        Tool(results),
    )
    return Request(messages=messages, tools=(TOOL,))


def moved(dialect: DialectName, target: str) -> Call:
    """The call that goes on with a conversation elsewhere."""
    return plan(begun(dialect), _TARGETS[target].target).unwrap()


def blocks() -> dict[str, str]:
    """What the page holds between its marks, by name."""
    made = {f"{dialect} reply": _fenced(REPLIES[dialect]) for dialect in REPLIES}
    for dialect, target in _MOVES:
        call = moved(dialect, target)
        made[f"{dialect} to {target}"] = _fenced(cast("Value", parsed(call.body)))
        losses = [f"- `{told.field}` {told.action}: {told.why}{_into(told.into)}\n" for told in call.adaptations]
        made[f"{dialect} to {target}: told"] = "".join(losses) or "- nothing\n"
    return made


def _into(into: str | None) -> str:
    return "" if into is None else f" (`{into}`)"


def _fenced(value: Value) -> str:
    return f"```json\n{_written(value, 0)}\n```\n"


def _written(value: Value, indent: int) -> str:
    """JSON whose objects and lists stand on one line where they fit."""
    line = dumps(value, ensure_ascii=False)
    if len(line) + indent <= _WIDTH or not isinstance(value, dict | list):
        return line
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        items = [f"{inner}{dumps(name)}: {_written(member, indent + 2)}" for name, member in value.items()]
        return "{\n" + ",\n".join(items) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join([inner + _written(item, indent + 2) for item in value]) + "\n" + " " * indent + "]"


def held(page: str) -> dict[str, str]:
    """What a page holds between its marks, by name."""
    return {found["name"]: found["held"] for found in _BLOCK.finditer(page)}


def written(page: str) -> str:
    """The page with its blocks made anew."""
    made = blocks()

    def block(found: re.Match[str]) -> str:
        return f"<!-- begin: {found['name']} -->\n{made[found['name']]}<!-- end -->"

    return _BLOCK.sub(block, page)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
