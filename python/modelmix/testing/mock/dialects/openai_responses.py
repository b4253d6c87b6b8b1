"""openai-responses: what is asked and what is answered.

https://platform.openai.com/docs/api-reference/responses, and `types/responses` of the package `openai`.
"""

from collections.abc import Iterator
from typing import Final

from modelmix.jsonvalue import JsonValue, objects
from modelmix.testing.mock.asked import Asked, Json, Offer, Problem, joined, last_results, number, texts, under
from modelmix.testing.mock.counting import pieces, tokens
from modelmix.testing.mock.dialects.openai_chat import tool_choice
from modelmix.testing.mock.dialects.openai_style import flaw, mistyped
from modelmix.testing.mock.said import CREATED, Said
from modelmix.testing.mock.wire import Document, event

_LEAST: Final = 16
_REPEATED: Final = (
    "instructions",
    "max_output_tokens",
    "metadata",
    "reasoning",
    "temperature",
    "top_p",
    "store",
    "user",
)


def read(body: Json, model: str) -> Asked | Problem:
    """What a request asks."""
    problem = flaw(body) or _flaw(body)
    if problem is not None:
        return problem
    given = body.get("input")
    items = ({"role": "user", "content": given},) if isinstance(given, str) else objects(given)
    users = [texts(item.get("content")) for item in items if item.get("role") == "user"]
    choice, named = tool_choice(body.get("tool_choice"))
    # llama.cpp reads the form where chat completions have it.
    form = under(under(body, "text"), "format") or under(body, "response_format")
    kind = under(form, "type")
    return Asked(
        model=model,
        stream=body.get("stream") is True,
        user=users[-1] if users else "",
        result=joined(texts(item.get("output")) for item in last_results(items, _is_result)),
        input=tokens(texts(body.get("instructions"))) + sum(map(_tokens, items)),
        tools=tuple(_offers(body.get("tools"))),
        choice=choice,
        named=named,
        form=_schema(form) if kind == "json_schema" else None,
        json=kind == "json_object",
        limit=number(body.get("max_output_tokens")),
        body=body,
    )


def _schema(form: JsonValue) -> JsonValue:
    return under(form, "schema") or under(under(form, "json_schema"), "schema")


def _flaw(body: Json) -> Problem | None:
    given, before, limit = body.get("input"), body.get("previous_response_id"), number(body.get("max_output_tokens"))
    if before is not None:
        text = f"Previous response with id '{before}' not found."
        return Problem(message=text, param="previous_response_id", code="previous_response_not_found")
    if given is None:
        text = "Missing required parameter: 'input'."
        return Problem(message=text, param="input", code="missing_required_parameter")
    if not isinstance(given, str | list):
        return mistyped("input", "one of an array of objects or string", given)
    if limit is not None and limit < _LEAST:
        text = f"integer below minimum value. Expected a value >= {_LEAST}, but got {limit} instead."
        text = f"Invalid 'max_output_tokens': {text}"
        return Problem(message=text, param="max_output_tokens", code="integer_below_min_value")
    called: set[JsonValue] = set()
    for item in objects(given):
        identity = item.get("call_id")
        if item.get("type") == "function_call":
            called.add(str(identity))
        if _is_result(item) and identity not in called:
            text = f"No tool call found for function call output with call_id {identity}."
            return Problem(message=text, param="input")
    return None


def _is_result(item: Json) -> bool:
    return item.get("type") == "function_call_output"


def _tokens(item: Json) -> int:
    said = (
        texts(item.get("content")),
        texts(item.get("output")),
        texts(item.get("name")),
        texts(item.get("arguments")),
    )
    return sum(map(tokens, said))


def _offers(tools: JsonValue) -> Iterator[Offer]:
    for tool in objects(tools):
        name = tool.get("name")
        if tool.get("type") == "function" and isinstance(name, str):
            yield Offer(name, tool.get("parameters"))


def whole(asked: Asked, said: Said) -> Document:
    """An answer in one piece."""
    incomplete = {"length": "max_output_tokens"}.get(said.finish)
    if said.finish == "content_filter" and said.refusal is None:
        incomplete = "content_filter"
    status = "completed" if incomplete is None else "incomplete"
    details = None if incomplete is None else {"reason": incomplete}
    head = _head(asked, said, status)
    return {**head, "incomplete_details": details, "output": _output(said, status), "usage": _usage(asked, said)}


def frames(asked: Asked, said: Said) -> Iterator[bytes]:
    """An answer as it comes."""
    for serial, document in enumerate(_events(asked, said)):
        yield event({**document, "sequence_number": serial}, str(document["type"]))


def _events(asked: Asked, said: Said) -> Iterator[Document]:
    last = whole(asked, said)
    begun = _head(asked, said, "in_progress")
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    place = 0
    if said.reasoning:
        yield from _reasoning_events(said, place)
        place += 1
    if not said.calls:
        yield from _message_events(said, place, str(last["status"]))
    for at in range(len(said.calls)):
        yield from _call_events(said, at, place + at)
    yield {"type": f"response.{last['status']}", "response": last}


def _reasoning_events(said: Said, place: int) -> Iterator[Document]:
    item = _reasoning(said)
    at = {"item_id": item["id"], "output_index": place, "summary_index": 0}
    summary: Document = {"type": "summary_text", "text": said.reasoning}
    yield _added(place, {**item, "summary": []})
    yield {"type": "response.reasoning_summary_part.added", **at, "part": {**summary, "text": ""}}
    for piece in pieces(said.reasoning):
        yield {"type": "response.reasoning_summary_text.delta", **at, "delta": piece}
    yield {"type": "response.reasoning_summary_text.done", **at, "text": said.reasoning}
    yield {"type": "response.reasoning_summary_part.done", **at, "part": summary}
    yield _done(place, item)


def _message_events(said: Said, place: int, status: str) -> Iterator[Document]:
    item, part = _message(said, status), _part(said)
    field = "text" if said.refusal is None else "refusal"
    kind = "output_text" if said.refusal is None else "refusal"
    logs: Document = {"logprobs": []} if said.refusal is None else {}
    at = {"item_id": item["id"], "output_index": place, "content_index": 0}
    yield _added(place, {**item, "status": "in_progress", "content": []})
    yield {"type": "response.content_part.added", **at, "part": {**part, field: ""}}
    for piece in pieces(str(part[field])):
        yield {"type": f"response.{kind}.delta", **at, **logs, "delta": piece}
    yield {"type": f"response.{kind}.done", **at, **logs, field: part[field]}
    yield {"type": "response.content_part.done", **at, "part": part}
    yield _done(place, item)


def _call_events(said: Said, nth: int, place: int) -> Iterator[Document]:
    item = _call(said, nth)
    at = {"item_id": item["id"], "output_index": place}
    yield _added(place, {**item, "status": "in_progress", "arguments": ""})
    for piece in pieces(said.calls[nth].text):
        yield {"type": "response.function_call_arguments.delta", **at, "delta": piece}
    arguments = {"arguments": item["arguments"], "name": item["name"]}
    yield {"type": "response.function_call_arguments.done", **at, **arguments}
    yield _done(place, item)


def _added(place: int, item: Document) -> Document:
    return {"type": "response.output_item.added", "output_index": place, "item": item}


def _done(place: int, item: Document) -> Document:
    return {"type": "response.output_item.done", "output_index": place, "item": item}


def _output(said: Said, status: str) -> list[Document]:
    reasoning = [_reasoning(said)] if said.reasoning else []
    answer = [_call(said, at) for at in range(len(said.calls))] or [_message(said, status)]
    return [*reasoning, *answer]


def _reasoning(said: Said) -> Document:
    summary = [{"type": "summary_text", "text": said.reasoning}]
    return {"id": f"rs_mock{said.serial}", "type": "reasoning", "summary": summary}


def _message(said: Said, status: str) -> Document:
    named = {"id": f"msg_mock{said.serial}", "type": "message", "status": status, "role": "assistant"}
    return {**named, "content": [_part(said)]}


def _part(said: Said) -> Document:
    if said.refusal is not None:
        return {"type": "refusal", "refusal": said.refusal}
    return {"type": "output_text", "annotations": [], "logprobs": [], "text": said.text}


def _call(said: Said, at: int) -> Document:
    call = said.calls[at]
    ids = {"id": f"fc_mock{said.serial}_{at}", "call_id": f"call_mock{said.serial}_{at}"}
    return {**ids, "type": "function_call", "status": "completed", "name": call.name, "arguments": call.text}


def _head(asked: Asked, said: Said, status: str) -> Document:
    """A response without its output; what was asked is repeated in it."""
    repeated = {name: asked.body.get(name) for name in _REPEATED}
    return {
        "id": f"resp_mock{said.serial}",
        "object": "response",
        "created_at": CREATED,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": None,
        "model": asked.model,
        "output": [],
        "parallel_tool_calls": asked.body.get("parallel_tool_calls", True),
        "previous_response_id": None,
        **repeated,
        "text": asked.body.get("text", {"format": {"type": "text"}}),
        "tool_choice": asked.body.get("tool_choice", "auto"),
        "tools": asked.body.get("tools", []),
        "truncation": "disabled",
        "usage": None,
    }


def _usage(asked: Asked, said: Said) -> Document:
    return {
        "input_tokens": asked.input,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": said.output,
        "output_tokens_details": {"reasoning_tokens": said.thought},
        "total_tokens": asked.input + said.output,
    }
