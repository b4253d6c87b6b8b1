"""Ollama: https://docs.ollama.com/api/chat, https://docs.ollama.com/capabilities/thinking, https://docs.ollama.com/api/embed.

A stream is a line of JSON a piece, the last of which is `done` and has the counts; durations are in nanoseconds.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from simulate import vectors
from simulate.asked import PARCEL, PERSON, SEED, WORDS, Asked, Json
from simulate.chat import Body
from simulate.framing import SENT, document, lines
from simulate.kept import Exchange, Simulated
from simulate.told import Counts, Told, answers, counts, words

# The port of this machine is not kept.
_CHAT: Final = "http://localhost/api/chat"
_EMBED: Final = "http://localhost/api/embed"
_SENT_FOR_STREAM: Final[Json] = {**SENT, "accept": "application/x-ndjson"}
_CREATED: Final = "2026-11-22T00:00:00.000000Z"

# All but gpt-oss think or do not; gpt-oss has levels.
_THINK: Final[dict[str, object]] = {"qwen3:8b": True, "gpt-oss:20b": "low"}


def simulated() -> list[Simulated]:
    """One that thinks or does not, one that thinks by levels, and vectors."""
    found = [
        Simulated("ollama", model, scenario, tuple(_exchanges(model, scenario)))
        for model in _THINK
        for scenario in WORDS
    ]
    return [*found, *vectors.ollama("nomic-embed-text", _EMBED)]


def _exchanges(model: str, scenario: str) -> Iterator[Exchange]:
    told, asked = answers(scenario, "always"), WORDS[scenario]
    for step in range(1, len(told) + 1):
        now, counted = told[step - 1], counts(scenario, told, step)
        end = _end(model, now, counted)
        yield Exchange(
            url=_CHAT,
            headers=_SENT_FOR_STREAM if asked.stream else SENT,
            request=_request(model, asked, told[: step - 1]),
            kind="application/x-ndjson" if asked.stream else "application/json; charset=utf-8",
            reply=lines(_pieces(model, now, end)) if asked.stream else document({**end, "message": _message(now)}),
        )


def _request(model: str, asked: Asked, before: Sequence[Told]) -> Body:
    options: Body = {"num_predict": asked.max_tokens, "seed": SEED}
    if asked.temperature is not None:
        options["temperature"] = asked.temperature
    if asked.top_p is not None:
        options["top_p"] = asked.top_p
    body: Body = {"model": model, "messages": _messages(asked, before), "stream": asked.stream, "options": options}
    if asked.tools:
        # https://docs.ollama.com/capabilities/tool-calling
        body["tools"] = [
            {
                "type": "function",
                "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
            }
            for tool in asked.tools
        ]
    if asked.person:
        # https://docs.ollama.com/capabilities/structured-outputs: any schema, so that this one need not be closed.
        body["format"] = PERSON
    if asked.effort:
        body["think"] = _THINK[model]
    return body


def _messages(asked: Asked, before: Sequence[Told]) -> list[Body]:
    messages: list[Body] = [{"role": "system", "content": asked.system}] if asked.system else []
    messages.append({"role": "user", "content": asked.prompt})
    for told in before:
        if told.call is not None:
            messages.append(_message(told))
            messages.append({"role": "tool", "tool_name": told.call.name, "content": PARCEL})
    return messages


def _message(told: Told) -> Body:
    """Arguments are an object, and calls have no ids. It goes back as it came, its thoughts included."""
    message: Body = {"role": "assistant", "content": told.text}
    if told.thinking:
        message["thinking"] = told.thinking
    if told.call is not None:
        message["tool_calls"] = [{"function": {"name": told.call.name, "arguments": told.call.values}}]
    return message


def _end(model: str, told: Told, counts: Counts) -> Body:
    return {
        "model": model,
        "created_at": _CREATED,
        "message": {"role": "assistant", "content": ""},
        "done": True,
        # A call is a stop as well.
        "done_reason": "length" if told.finish == "length" else "stop",
        "total_duration": 4883583458,
        "load_duration": 1334875,
        "prompt_eval_count": counts.prompt,
        "prompt_eval_duration": 342546000,
        "eval_count": counts.output,
        "eval_duration": 4535599000,
    }


def _pieces(model: str, told: Told, end: Body) -> Iterator[Json]:
    thoughts: list[Body] = [{"content": "", "thinking": word} for word in words(told.thinking)]
    texts: list[Body] = [{"content": word} for word in words(told.text)]
    for piece in [*thoughts, *texts]:
        yield {"model": model, "created_at": _CREATED, "message": {"role": "assistant", **piece}, "done": False}
    yield end
