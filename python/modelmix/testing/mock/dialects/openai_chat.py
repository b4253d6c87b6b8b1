"""openai-chat: what is asked and what is answered.

https://platform.openai.com/docs/api-reference/chat, and `types/chat` of the package `openai`.
"""

from collections.abc import Iterator
from typing import Final

from modelmix.jsonvalue import JsonValue, objects
from modelmix.testing.mock.asked import (
    Asked,
    Choice,
    Json,
    Problem,
    joined,
    last_results,
    number,
    offers,
    texts,
    under,
)
from modelmix.testing.mock.counting import pieces, tokens
from modelmix.testing.mock.dialects.openai_style import flaw, missing, mistyped
from modelmix.testing.mock.said import CREATED, Said
from modelmix.testing.mock.wire import Document, event

_ROLES: Final = ("system", "assistant", "user", "function", "tool", "developer")


def read(body: Json, model: str) -> Asked | Problem:
    """What a request asks."""
    problem = flaw(body) or _messages_flaw(body.get("messages"))
    if problem is None and (number(body.get("n")) or 1) != 1:
        problem = Problem(message="mock: it gives one choice", param="n", code="unsupported_value")
    if problem is not None:
        return problem
    messages = objects(body.get("messages"))
    users = [texts(message.get("content")) for message in messages if message.get("role") == "user"]
    choice, named = tool_choice(body.get("tool_choice"), "function")
    form = under(body, "response_format")
    kind = under(form, "type")
    return Asked(
        model=model,
        stream=body.get("stream") is True,
        user=users[-1] if users else "",
        result=joined(texts(message.get("content")) for message in last_results(messages, _is_result)),
        input=sum(map(_tokens, messages)),
        tools=tuple(offers(body.get("tools"))),
        choice=choice,
        named=named,
        form=under(under(form, "json_schema"), "schema") if kind == "json_schema" else None,
        json=kind == "json_object",
        limit=number(under(body, "max_completion_tokens", "max_tokens")),
        body=body,
    )


def tool_choice(said: JsonValue, inner: str | None = None) -> tuple[Choice, str | None]:
    """Whether a tool must be called, and which; `inner` is where the name of one stands, None beside its type."""
    if said == "none":
        return "none", None
    if said == "required":
        return "required", None
    name = under(said if inner is None else under(said, inner), "name")
    return ("auto", None) if not isinstance(name, str) else ("required", name)


def _messages_flaw(messages: JsonValue) -> Problem | None:
    if messages is None:
        return missing("messages")
    if not isinstance(messages, list):
        return mistyped("messages", "an array of objects", messages)
    if not messages:
        text = (
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."
        )
        return Problem(message=text, param="messages", code="empty_array")
    called: set[JsonValue] = set()
    for at, message in enumerate(messages):
        place = f"messages[{at}]"
        if not isinstance(message, dict):
            return mistyped(place, "an object", message)
        problem = _message_flaw(message, place, called)
        if problem is not None:
            return problem
    return None


def _message_flaw(message: Json, place: str, called: set[JsonValue]) -> Problem | None:
    """What is wrong with a message; `called` are the ids of calls before it."""
    role = message.get("role")
    if role is None:
        return missing(f"{place}.role")
    if role not in _ROLES:
        names = ", ".join(f"'{name}'" for name in _ROLES[:-1])
        text = f"Invalid value: '{role}'. Supported values are: {names}, and '{_ROLES[-1]}'."
        return Problem(message=text, param=f"{place}.role", code="invalid_value")
    called.update(str(call.get("id")) for call in objects(message.get("tool_calls")))
    if role == "tool" and message.get("tool_call_id") not in called:
        text = "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
        return Problem(message=f"Invalid parameter: {text}", param=f"{place}.role")
    return None


def _is_result(message: Json) -> bool:
    return message.get("role") in {"tool", "function"}


def _tokens(message: Json) -> int:
    calls = objects(message.get("tool_calls"))
    said = [str(under(under(call, "function"), name) or "") for call in calls for name in ("name", "arguments")]
    return tokens(texts(message.get("content"))) + sum(map(tokens, said))


def whole(asked: Asked, said: Said) -> Document:
    """An answer in one piece."""
    message: dict[str, object] = {"role": "assistant", "content": _content(said), "refusal": said.refusal}
    if said.reasoning:
        # Not OpenAI's: DeepSeek's name for it, which most servers took over.
        message["reasoning_content"] = said.reasoning
    if said.calls:
        message["tool_calls"] = [_call(said, at) for at in range(len(said.calls))]
    else:
        message["annotations"] = []
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(said)}
    head = _head(asked, said, "chat.completion")
    return {**head, "choices": [choice], "usage": _usage(asked, said)}


def frames(asked: Asked, said: Said) -> Iterator[bytes]:
    """An answer as it comes, with usage at the end if it was asked for."""
    counted = under(under(asked.body, "stream_options"), "include_usage") is True
    head = {**_head(asked, said, "chat.completion.chunk"), **({"usage": None} if counted else {})}
    first: Document = {"role": "assistant", "content": None if said.calls else "", "refusal": None}
    yield _chunk(head, first)
    for piece in pieces(said.reasoning):
        yield _chunk(head, {"reasoning_content": piece})
    for piece in pieces(said.text):
        yield _chunk(head, {"content": piece})
    for piece in pieces(said.refusal or ""):
        yield _chunk(head, {"refusal": piece})
    for at, call in enumerate(said.calls):
        opening = {**_call(said, at), "function": {"name": call.name, "arguments": ""}}
        yield _chunk(head, {"tool_calls": [{"index": at, **opening}]})
        for piece in pieces(call.text):
            yield _chunk(head, {"tool_calls": [{"index": at, "function": {"arguments": piece}}]})
    yield _chunk(head, {}, _finish(said))
    if counted:
        yield event({**head, "choices": [], "usage": _usage(asked, said)})
    yield b"data: [DONE]\n\n"


def _chunk(head: Document, delta: Document, finish: str | None = None) -> bytes:
    return event({**head, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]})


def _head(asked: Asked, said: Said, kind: str) -> Document:
    named = {"id": f"chatcmpl-mock{said.serial}", "object": kind, "created": CREATED, "model": asked.model}
    return {**named, "service_tier": "default", "system_fingerprint": None}


def _content(said: Said) -> str | None:
    return None if said.calls or said.refusal is not None else said.text


def _finish(said: Said) -> str:
    # What a model refuses by itself ends as any answer; `content_filter` is the filter's word.
    return "stop" if said.refusal is not None else said.finish


def _call(said: Said, at: int) -> Document:
    call = said.calls[at]
    function = {"name": call.name, "arguments": call.text}
    return {"id": f"call_mock{said.serial}_{at}", "type": "function", "function": function}


def _usage(asked: Asked, said: Said) -> Document:
    return {
        "prompt_tokens": asked.input,
        "completion_tokens": said.output,
        "total_tokens": asked.input + said.output,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": said.thought,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
