"""Chat completions, as OpenAI describes them and others copy them.

https://platform.openai.com/docs/api-reference/chat/create, https://platform.openai.com/docs/api-reference/chat/object
and https://platform.openai.com/docs/api-reference/chat-streaming/streaming; where a provider differs, its module in
`providers` says how. Members of a request that are optional are sent only where something was asked for, but `stream`,
which is said outright; the name of a format is free, and is that of the type.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias, cast

from simulate.asked import CLOSED, IN_WORDS, PARCEL, PERSON, SEED, WORDS, Asked, Json
from simulate.framing import JSON, SENT, SENT_FOR_STREAM, SSE, data, document
from simulate.kept import Exchange, Simulated
from simulate.told import Call, Counts, Thinks, Told, answers, by_tool, counts, words

Body: TypeAlias = dict[str, object]

CREATED: Final = 1795305600
"""2026-11-22T00:00:00Z."""

FINISHES: Final = {"stop": "stop", "length": "length", "tool": "tool_calls"}


def plainly(counts: Counts) -> Body:
    """The counts as all report them; tokens of thinking are part of those of the completion."""
    return {"prompt_tokens": counts.prompt, "completion_tokens": counts.output, "total_tokens": counts.total}


def in_detail(counts: Counts) -> Body:
    """The same with OpenAI's details."""
    return {
        **plainly(counts),
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": counts.thinking,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def without_thoughts(told: Told) -> Body:
    """What a message or a delta holds of the thoughts that are told: nothing."""
    return {}


def as_reasoning(told: Told) -> Body:
    """The thoughts in a field of their own."""
    return {"reasoning": told.thinking} if told.thinking else {}


def not_bent(body: Body, _: Asked) -> None:
    """The request as OpenAI's."""


def not_bent_reply(body: Body, _: Counts) -> None:
    """The reply as OpenAI's."""


def with_a_tail(host: "Host", pieces: Sequence[Body], counts: Counts) -> list[Body]:
    """Usage in a last chunk without a choice, as `include_usage` asks for it; null in all others."""
    tail: Body = {**pieces[-1], "choices": [], "usage": host.usage(counts)}
    return [*({**piece, "usage": None} for piece in pieces), tail]


def at_the_end(host: "Host", pieces: Sequence[Body], counts: Counts) -> list[Body]:
    """Usage in the chunk that has the finish reason."""
    return [*pieces[:-1], {**pieces[-1], "usage": host.usage(counts)}]


Split: TypeAlias = Callable[["Host", Sequence[Body], Counts], list[Body]]


@dataclass(frozen=True, kw_only=True)
class Host:
    """A provider of chat completions, by what it does otherwise than OpenAI.

    `asks` and `tells` change what they get.
    """

    provider: str
    url: str
    asks: Callable[[Body, Asked], None] = not_bent
    tells: Callable[[Body, Counts], None] = not_bent_reply
    """Of each reply, and of each chunk."""
    thoughts: Callable[[Told], Body] = without_thoughts
    """Members of a message; those of a delta are the same, for one word at a time."""
    remembers: Callable[[Told], Body] = without_thoughts
    """Members of an assistant's message in the next request."""
    usage: Callable[[Counts], Body] = plainly
    places: Split = with_a_tail
    """Where in a stream the usage is."""
    frames: Callable[[Sequence[Json]], bytes] = data
    writes: Callable[[Json], bytes] = document
    finishes: Mapping[str, str] = field(default_factory=lambda: FINISHES)
    reply_id: str = "chatcmpl-simulated-{}-{}"
    """Filled with the scenario and the step."""
    call_id: str = "call_simulated_{}"
    empty: Json = field(default_factory=lambda: {"content": None})
    """What a message has in place of a text."""
    aloud: bool = False
    """Whether thoughts stand in the text, between `<think>` and `</think>`."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model at a host, by its id in requests and in replies."""

    host: Host
    id: str
    says: str = ""
    """What replies call it, if they have another name for it."""
    thinks: Thinks = "never"
    tools: bool = True
    schemas: bool = True
    """Whether it takes schemas; otherwise it gives an object as the arguments of a tool that it must call."""


def text(host: Host, told: Told) -> str:
    """The text of an answer, which may begin with thoughts; where the limit cut them, they have no end."""
    if not (host.aloud and told.thinking):
        return told.text
    return f"<think>\n{told.thinking}" + ("" if told.finish == "length" else f"\n</think>\n\n{told.text}")


def simulated(model: Model) -> list[Simulated]:
    """All scenarios that the model can be asked."""
    return [
        Simulated(model.host.provider, model.id, scenario, tuple(_exchanges(model, scenario)))
        for scenario, asked in WORDS.items()
        if (model.tools or not asked.tools) and (model.thinks != "never" or not asked.effort)
    ]


def _exchanges(model: Model, scenario: str) -> list[Exchange]:
    told = answers(scenario, model.thinks)
    if WORDS[scenario].person and not model.schemas:
        told = by_tool(told)
    return [_exchange(model, scenario, told, step) for step in range(1, len(told) + 1)]


def _exchange(model: Model, scenario: str, told: Sequence[Told], step: int) -> Exchange:
    stream = WORDS[scenario].stream
    reply = _streamed if stream else _whole
    return Exchange(
        url=model.host.url,
        headers=SENT_FOR_STREAM if stream else SENT,
        request=_request(model, scenario, told[: step - 1]),
        kind=SSE if stream else JSON,
        reply=reply(model, scenario, told[step - 1], step, counts(scenario, told, step)),
    )


def _request(model: Model, scenario: str, before: Sequence[Told]) -> Body:
    asked, host = WORDS[scenario], model.host
    body: Body = {"model": model.id, "messages": _messages(host, asked, before), "stream": asked.stream}
    if asked.stream:
        body["stream_options"] = {"include_usage": True}
    if asked.temperature is not None:
        body["temperature"] = asked.temperature
    if asked.top_p is not None:
        body["top_p"] = asked.top_p
    body |= {"max_tokens": asked.max_tokens, "seed": SEED}
    if asked.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
            }
            for tool in asked.tools
        ]
    if asked.person and model.schemas:
        body["response_format"] = schema(CLOSED)
    elif asked.person:
        # https://platform.openai.com/docs/guides/function-calling#tool-choice
        body["tools"] = [{"type": "function", "function": {"name": "Person", "parameters": PERSON}}]
        body["tool_choice"] = {"type": "function", "function": {"name": "Person"}}
    if asked.effort:
        body["reasoning_effort"] = asked.effort
    host.asks(body, asked)
    return body


def schema(person: Json) -> Body:
    """https://platform.openai.com/docs/guides/structured-outputs."""
    return {"type": "json_schema", "json_schema": {"name": "Person", "schema": person, "strict": True}}


def in_words(body: Body) -> None:
    """Asks for the object by an instruction, in place of a schema."""
    del body["response_format"]
    body["messages"] = [{"role": "system", "content": IN_WORDS}, *cast("list[Body]", body["messages"])]


def _messages(host: Host, asked: Asked, before: Sequence[Told]) -> list[Body]:
    messages: list[Body] = [{"role": "system", "content": asked.system}] if asked.system else []
    messages.append({"role": "user", "content": asked.prompt})
    for step, told in enumerate(before, start=1):
        if told.call is not None:
            calls = [_call(host, told.call, step)]
            said = {"role": "assistant", "content": text(host, told) or None, "tool_calls": calls}
            messages.append({**said, **host.remembers(told)})
            messages.append({"role": "tool", "tool_call_id": host.call_id.format(step), "content": PARCEL})
    return messages


def _call(host: Host, call: Call, step: int) -> Body:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": host.call_id.format(step), "type": "function", "function": function}


def _whole(model: Model, scenario: str, told: Told, step: int, counts: Counts) -> bytes:
    host = model.host
    said = text(host, told)
    message: Body = {"role": "assistant", **({"content": said} if said else host.empty), **host.thoughts(told)}
    if told.call is not None:
        message["tool_calls"] = [_call(host, told.call, step)]
    choice: Body = {"index": 0, "message": message, "finish_reason": host.finishes[told.finish]}
    body = _envelope(model, scenario, step, "chat.completion", choice)
    body["usage"] = host.usage(counts)
    host.tells(body, counts)
    return host.writes(body)


def _envelope(model: Model, scenario: str, step: int, kind: str, choice: Body) -> Body:
    return {
        "id": model.host.reply_id.format(scenario, step),
        "object": kind,
        "created": CREATED,
        "model": model.says or model.id,
        "choices": [choice],
    }


def _streamed(model: Model, scenario: str, told: Told, step: int, counts: Counts) -> bytes:
    host = model.host
    first: Body = {"role": "assistant", "content": ""}
    thoughts = [host.thoughts(Told(thinking=word)) for word in words(told.thinking)]
    texts: list[Body] = [{"content": word} for word in words(text(host, told))]
    said = [first, *thoughts, *texts, *_call_deltas(host, told, step)]
    made = partial(_envelope, model, scenario, step, "chat.completion.chunk")
    pieces = [made({"index": 0, "delta": delta, "finish_reason": None}) for delta in said if delta]
    pieces.append(made({"index": 0, "delta": {}, "finish_reason": host.finishes[told.finish]}))
    pieces = host.places(host, pieces, counts)
    for piece in pieces:
        host.tells(piece, counts)
    return host.frames(pieces)


def _call_deltas(host: Host, told: Told, step: int) -> list[Body]:
    """A call: its id and name first, then its arguments, cut anywhere."""
    if told.call is None:
        return []
    begun = _call(host, Call(told.call.name, ""), step)
    grown: list[Body] = [{"function": {"arguments": piece}} for piece in re.findall(r".{1,7}", told.call.arguments)]
    return [{"tool_calls": [{"index": 0, **piece}]} for piece in (begun, *grown)]


def choices(body: Body) -> list[Body]:
    """The choices of a reply, to be changed."""
    return cast("list[Body]", body["choices"])


def member(body: Body, name: str) -> Body:
    """An object within a reply, to be changed; an empty one where there is none."""
    return cast("Body", body.get(name, {}))
