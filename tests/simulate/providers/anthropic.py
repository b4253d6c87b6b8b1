"""Anthropic's messages: https://platform.claude.com/docs/en/api/messages, the events of a stream at
https://platform.claude.com/docs/en/build-with-claude/streaming.

Content that is text alone may be a string, which stands for one block of text; a system prompt as well.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast

from simulate.asked import CLOSED, PARCEL, PERSON, WORDS, Asked, Json
from simulate.chat import Body
from simulate.framing import JSON, SENT, SENT_FOR_STREAM, SSE, document, events
from simulate.kept import Exchange, Simulated
from simulate.told import Counts, Told, answers, by_tool, counts, words

_URL: Final = "https://api.anthropic.com/v1/messages"
_VERSION: Final[Json] = {"anthropic-version": "2023-06-01"}
_STOPS: Final = {"stop": "end_turn", "length": "max_tokens", "tool": "tool_use"}
_SIGNATURE: Final = "c2ltdWxhdGVk"


@dataclass(frozen=True, kw_only=True)
class _Model:
    """A model, what replies call it, how its thinking is asked for, and an object."""

    id: str
    says: str
    thinks: Literal["budget", "adaptive"]
    forms: Literal["schema", "tool"] = "schema"


def simulated() -> list[Simulated]:
    """One that is given a budget to think with, one that measures itself, one that gives objects by a tool alone."""
    models = (
        _Model(id="claude-haiku-4-5", says="claude-haiku-4-5-20251001", thinks="budget"),
        _Model(id="claude-opus-4-7", says="claude-opus-4-7", thinks="adaptive"),
        _Model(id="claude-opus-4-1", says="claude-opus-4-1-20250805", thinks="budget", forms="tool"),
    )
    return [
        Simulated("anthropic", model.id, scenario, tuple(_exchanges(model, scenario)))
        for model in models
        for scenario in WORDS
    ]


def _exchanges(model: _Model, scenario: str) -> Iterator[Exchange]:
    told, asked = answers(scenario, "asked"), WORDS[scenario]
    if asked.person and model.forms == "tool":
        told = by_tool(told)
    for step in range(1, len(told) + 1):
        body = _body(model, scenario, told, step)
        yield Exchange(
            url=_URL,
            headers={**(SENT_FOR_STREAM if asked.stream else SENT), **_VERSION},
            request=_request(model, asked, told[: step - 1]),
            kind=f"{SSE}; charset=utf-8" if asked.stream else JSON,
            reply=events(_events(body, counts(scenario, told, step))) if asked.stream else document(body),
        )


def _request(model: _Model, asked: Asked, before: Sequence[Told]) -> Body:
    body: Body = {
        "model": model.id,
        "max_tokens": asked.max_tokens,
        "messages": _messages(asked, before),
        "stream": asked.stream,
    }
    if asked.system:
        body["system"] = asked.system
    # Models from Opus 4.7 on take no sampling at all, those from Opus 4.1 on temperature or top_p, but not both:
    # https://platform.claude.com/docs/en/about-claude/models/migration-guide
    if asked.temperature is not None and model.thinks == "budget":
        body["temperature"] = asked.temperature
    if asked.tools:
        body["tools"] = [
            {"name": tool.name, "description": tool.description, "input_schema": tool.parameters}
            for tool in asked.tools
        ]
    output: Body = {}
    if asked.person and model.forms == "schema":
        # https://platform.claude.com/docs/en/build-with-claude/structured-outputs
        output["format"] = {"type": "json_schema", "schema": CLOSED}
    elif asked.person:
        # Models before the 4.5 family have no such format; their objects are the input of a tool that must be called,
        # once: https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use
        body["tools"] = [{"name": "Person", "input_schema": PERSON}]
        body["tool_choice"] = {"type": "tool", "name": "Person", "disable_parallel_tool_use": True}
    if asked.effort and model.thinks == "adaptive":
        # https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking: the only form from Opus 4.7 on, whose
        # thoughts are left out unless a summary is asked for; and https://platform.claude.com/docs/en/build-with-claude/effort
        body["thinking"] = {"type": "adaptive", "display": "summarized"}
        output["effort"] = asked.effort
    elif asked.effort:
        # https://platform.claude.com/docs/en/build-with-claude/extended-thinking: at least 1,024, and less than
        # `max_tokens`. No document says how many are few; docs/wire/anthropic-messages.md says 4,000, and
        # no more than half of what the answer is allowed.
        body["thinking"] = {"type": "enabled", "budget_tokens": min(4000, asked.max_tokens // 2)}
    if output:
        body["output_config"] = output
    return body


def _begun(block: Body) -> Body:
    return {**block, "input": {}} if block["type"] == "tool_use" else {**block, "text": ""}


def _deltas(block: Body) -> list[Body]:
    """The words of a text; the input of a tool as pieces of its JSON, the first of them empty."""
    if block["type"] == "text":
        return [{"type": "text_delta", "text": word} for word in words(str(block["text"]))]
    pieces = ["", *words(json.dumps(block["input"]))]
    return [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]


def _messages(asked: Asked, before: Sequence[Told]) -> list[Body]:
    """https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls."""
    messages: list[Body] = [{"role": "user", "content": asked.prompt}]
    for step, told in enumerate(before, start=1):
        result = {"type": "tool_result", "tool_use_id": _use_id(step), "content": PARCEL}
        messages.append({"role": "assistant", "content": _content(told, step)})
        messages.append({"role": "user", "content": [result]})
    return messages


def _use_id(step: int) -> str:
    return f"toolu_simulated_{step}"


def _content(told: Told, step: int) -> list[Body]:
    blocks: list[Body] = []
    if told.thinking:
        blocks.append({"type": "thinking", "thinking": told.thinking, "signature": _SIGNATURE})
    if told.text:
        blocks.append({"type": "text", "text": told.text})
    if told.call is not None:
        blocks.append({"type": "tool_use", "id": _use_id(step), "name": told.call.name, "input": told.call.values})
    return blocks


def _body(model: _Model, scenario: str, told: Sequence[Told], step: int) -> Body:
    return {
        "id": f"msg_simulated_{scenario}_{step}",
        "type": "message",
        "role": "assistant",
        "model": model.says,
        "content": _content(told[step - 1], step),
        "stop_reason": _STOPS[told[step - 1].finish],
        "stop_sequence": None,
        "usage": _usage(counts(scenario, told, step)),
    }


def _usage(counts: Counts) -> Body:
    """What was read from a cache or written to one stands beside the input; tokens of thinking are among the output."""
    return {
        "input_tokens": counts.prompt,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": counts.output,
        "service_tier": "standard",
    }


def _events(body: Body, counts: Counts) -> Iterator[Json]:
    """A message that is begun, its blocks piece by piece, and its end with the counts so far."""
    begun: Body = {**body, "content": [], "stop_reason": None, "usage": {**_usage(counts), "output_tokens": 1}}
    yield {"type": "message_start", "message": begun}
    for index, block in enumerate(cast("list[Body]", body["content"])):
        yield {"type": "content_block_start", "index": index, "content_block": _begun(block)}
        yield {"type": "ping"}
        for delta in _deltas(block):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    end = {"stop_reason": body["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": end, "usage": _usage(counts)}
    yield {"type": "message_stop"}
