"""OpenAI's responses: https://platform.openai.com/docs/api-reference/responses/create, the events of a stream at
https://platform.openai.com/docs/api-reference/responses-streaming, thoughts at
https://platform.openai.com/docs/guides/reasoning.

The model thinks before every answer. Nobody asked for a summary, so that its thoughts are there in their encrypted form
alone; the caller keeps the conversation (`store: false`), and sends them back.
"""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Final, cast

from simulate.asked import CLOSED, PARCEL, WORDS, Asked, Json
from simulate.chat import CREATED, Body
from simulate.framing import JSON, SENT, SENT_FOR_STREAM, SSE, document, events
from simulate.kept import Exchange, Simulated
from simulate.told import Counts, Told, answers, counts, words

_URL: Final = "https://api.openai.com/v1/responses"


def simulated(model: str, *, says: str) -> list[Simulated]:
    """All scenarios of a model, which replies call by another name."""
    return [Simulated("openai", model, scenario, tuple(_exchanges(model, says, scenario))) for scenario in WORDS]


def _exchanges(model: str, says: str, scenario: str) -> Iterator[Exchange]:
    told, asked = answers(scenario, "always"), WORDS[scenario]
    for step in range(1, len(told) + 1):
        request = _request(model, asked, told[: step - 1])
        body = _body(says, scenario, asked, told, step)
        yield Exchange(
            url=_URL,
            headers=SENT_FOR_STREAM if asked.stream else SENT,
            request=request,
            kind=SSE if asked.stream else JSON,
            reply=events(_events(body, told[step - 1])) if asked.stream else document(body, indent=2),
        )


def _request(model: str, asked: Asked, before: Sequence[Told]) -> Body:
    """A model that thinks takes neither temperature nor top_p, and responses know no seed.

    https://platform.openai.com/docs/guides/latest-model
    """
    body: Body = {
        "model": model,
        "input": _input(asked, before),
        "stream": asked.stream,
        "max_output_tokens": asked.max_tokens,
        "store": False,
        # Without it, thoughts that are not stored are lost to the next turn.
        "include": ["reasoning.encrypted_content"],
    }
    if asked.tools:
        body["tools"] = [
            {
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
                # Required; true would want every property to be required, and not all of these are.
                "strict": False,
            }
            for tool in asked.tools
        ]
    if asked.person:
        # https://platform.openai.com/docs/guides/structured-outputs?api-mode=responses
        body["text"] = {"format": {"type": "json_schema", "name": "Person", "schema": CLOSED, "strict": True}}
    if asked.effort:
        body["reasoning"] = {"effort": asked.effort}
    return body


def _input(asked: Asked, before: Sequence[Told]) -> list[Body]:
    # Instructions may stand here as well as in `instructions`; newer models know them as the developer's:
    # https://platform.openai.com/docs/guides/text#message-roles-and-instruction-following
    items: list[Body] = [{"role": "developer", "content": asked.system}] if asked.system else []
    items.append({"role": "user", "content": asked.prompt})
    for step, told in enumerate(before, start=1):
        # As they came, but for their state, which is the provider's to say.
        items += [_without_status(item) for item in _output("tool_round_trip", told, step)]
        items.append({"type": "function_call_output", "call_id": _call_id(step), "output": PARCEL})
    return items


def _without_status(item: Body) -> Body:
    return {name: value for name, value in item.items() if name != "status"}


def _call_id(step: int) -> str:
    return f"call_simulated_{step}"


def _output(scenario: str, told: Told, step: int) -> list[Body]:
    """The items of an answer: thoughts first."""
    mark = f"simulated_{scenario}_{step}"
    items: list[Body] = []
    if told.thinking:
        items.append({"id": f"rs_{mark}", "type": "reasoning", "summary": [], "encrypted_content": "c2ltdWxhdGVk"})
    if told.call is not None:
        called = {"name": told.call.name, "arguments": told.call.arguments}
        items.append(
            {"id": f"fc_{mark}", "type": "function_call", "status": "completed", "call_id": _call_id(step), **called}
        )
    if told.text:
        content: list[Body] = [{"type": "output_text", "text": told.text, "annotations": [], "logprobs": []}]
        items.append(
            {"id": f"msg_{mark}", "type": "message", "status": "completed", "role": "assistant", "content": content}
        )
    return items


def _body(says: str, scenario: str, asked: Asked, told: Sequence[Told], step: int) -> Body:
    cut = told[step - 1].finish == "length"
    return {
        "id": f"resp_simulated_{scenario}_{step}",
        "object": "response",
        "created_at": CREATED,
        "status": "incomplete" if cut else "completed",
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "instructions": None,
        "max_output_tokens": asked.max_tokens,
        "model": says,
        "output": _output(scenario, told[step - 1], step),
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": asked.effort or "medium", "summary": None},
        "service_tier": "default",
        "store": False,
        "temperature": 1.0,
        "tool_choice": "auto",
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": _usage(counts(scenario, told, step)),
        "metadata": {},
    }


def _usage(counts: Counts) -> Body:
    """Tokens of thinking are part of the output."""
    return {
        "input_tokens": counts.prompt,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": counts.output,
        "output_tokens_details": {"reasoning_tokens": counts.thinking},
        "total_tokens": counts.total,
    }


def _events(body: Body, told: Told) -> Iterator[Json]:
    """The events of a stream, numbered; the last has the whole response."""
    begun: Body = {**body, "status": "in_progress", "output": [], "usage": None}
    number = count()
    for event in _unnumbered(body, begun, told):
        yield {**event, "sequence_number": next(number)}


def _unnumbered(body: Body, begun: Body, told: Told) -> Iterator[Body]:
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for index, item in enumerate(cast("list[Body]", body["output"])):
        if item["type"] == "message":
            yield from _message(index, item, told)
        else:
            yield {"type": "response.output_item.added", "output_index": index, "item": item}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    yield {"type": "response.completed", "response": body}


def _message(index: int, item: Body, told: Told) -> Iterator[Body]:
    at: Body = {"item_id": item["id"], "output_index": index, "content_index": 0}
    part: Body = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    added: Body = {**item, "status": "in_progress", "content": []}
    yield {"type": "response.output_item.added", "output_index": index, "item": added}
    yield {"type": "response.content_part.added", **at, "part": part}
    for word in words(told.text):
        yield {"type": "response.output_text.delta", **at, "delta": word, "logprobs": [], "obfuscation": "simulated"}
    yield {"type": "response.output_text.done", **at, "text": told.text, "logprobs": []}
    yield {"type": "response.content_part.done", **at, "part": {**part, "text": told.text}}
