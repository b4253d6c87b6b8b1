"""anthropic-messages: what is asked and what is answered.

https://platform.claude.com/docs/en/api/messages and /docs/en/build-with-claude/streaming.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from modelmix.jsonvalue import JsonValue, objects
from modelmix.testing.mock.asked import Asked, Choice, Json, Offer, Problem, joined, number, texts, under
from modelmix.testing.mock.counting import pieces, tokens
from modelmix.testing.mock.said import Said
from modelmix.testing.mock.wire import Document, event

# https://platform.claude.com/docs/en/api/errors
_ERRORS: Final[Mapping[int, str]] = MappingProxyType(
    {
        401: "authentication_error",
        402: "billing_error",
        403: "permission_error",
        404: "not_found_error",
        413: "request_too_large",
        429: "rate_limit_error",
        504: "timeout_error",
        529: "overloaded_error",
    }
)
_STOPS: Final = MappingProxyType(
    {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "content_filter": "refusal"}
)
_SIGNATURE: Final = "bW9jaw=="


def error(problem: Problem) -> Document:
    """The body of an error."""
    kind = _ERRORS.get(problem.status, "invalid_request_error" if problem.status < 500 else "api_error")
    inner = {"type": problem.code or kind, "message": problem.message}
    return {"type": "error", "error": inner, "request_id": "req_mock"}


def unknown_model(model: str) -> Problem:
    """The refusal of a model that is not served."""
    return Problem(status=404, message=f"model: {model}")


def read(body: Json, model: str) -> Asked | Problem:
    """What a request asks."""
    limit = body.get("max_tokens")
    problem = _required(body, "max_tokens") or counted_flaw(body)
    if problem is None and (number(limit) or 0) < 1:
        problem = Problem(message="max_tokens: Input should be greater than or equal to 1")
    if problem is not None:
        return problem
    messages = objects(body.get("messages"))
    # A result is no words of the user's.
    users = [spoken for message in messages if message.get("role") == "user" and (spoken := _words(message))]
    choice, named = _choice(body.get("tool_choice"))
    form = under(under(body, "output_config"), "format") or body.get("output_format")
    return Asked(
        model=model,
        stream=body.get("stream") is True,
        user=users[-1] if users else "",
        result=joined(texts(block.get("content")) for block in _blocks(messages[-1], "tool_result")),
        input=count(body),
        tools=tuple(_offers(body.get("tools"))),
        choice=choice,
        named=named,
        form=under(form, "schema"),
        limit=number(limit),
        body=body,
    )


def counted_flaw(body: Json) -> Problem | None:
    """What is wrong with a request whose tokens are to be counted: it needs no `max_tokens`."""
    problem = _required(body, "messages") or _required(body, "model")
    if problem is not None:
        return problem
    stream, messages = body.get("stream"), body.get("messages")
    if stream is not None and not isinstance(stream, bool):
        return Problem(message="stream: Input should be a valid boolean")
    if not isinstance(messages, list):
        return Problem(message="messages: Input should be a valid list")
    if not messages:
        return Problem(message="messages: at least one message is required")
    return _turns_flaw(messages)


def count(body: Json) -> int:
    """The tokens of all messages and of the system prompt."""
    return tokens(texts(body.get("system"))) + sum(map(_tokens, objects(body.get("messages"))))


def _required(body: Json, name: str) -> Problem | None:
    return Problem(message=f"{name}: Field required") if body.get(name) is None else None


def _turns_flaw(messages: Sequence[JsonValue]) -> Problem | None:
    called: tuple[str, ...] = ()
    for at, message in enumerate(messages):
        role = under(message, "role")
        if not isinstance(message, dict) or role not in {"user", "assistant"}:
            return Problem(message=f"messages.{at}.role: Input should be 'user' or 'assistant'")
        results = [str(block.get("tool_use_id")) for block in _blocks(message, "tool_result")]
        for stray in (result for result in results if result not in called):
            text = f"unexpected `tool_use_id` found in `tool_result` blocks: {stray}."
            return Problem(message=f"messages.{at}.content.0: {text} {_PAIRED}")
        open_calls = [call for call in called if call not in results]
        if open_calls:
            text = f"`tool_use` ids were found without `tool_result` blocks immediately after: {', '.join(open_calls)}."
            return Problem(message=f"messages.{at - 1}: {text} {_ANSWERED}")
        called = tuple(str(block.get("id")) for block in _blocks(message, "tool_use"))
    return None


_PAIRED: Final = "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
_ANSWERED: Final = "Each `tool_use` block must have a corresponding `tool_result` block in the next message."


def _blocks(message: Json, kind: str) -> tuple[Json, ...]:
    return tuple(block for block in objects(message.get("content")) if block.get("type") == kind)


def _words(message: Json) -> str:
    content = message.get("content")
    return (
        content if isinstance(content, str) else "\n".join(str(block.get("text")) for block in _blocks(message, "text"))
    )


def _tokens(message: Json) -> int:
    results = (texts(block.get("content")) for block in _blocks(message, "tool_result"))
    return tokens(_words(message)) + sum(map(tokens, results))


def _choice(said: JsonValue) -> tuple[Choice, str | None]:
    match said:
        case {"type": "none"}:
            return "none", None
        case {"type": "any"}:
            return "required", None
        case {"type": "tool", "name": str(name)}:
            return "required", name
        case _:
            return "auto", None


def _offers(tools: JsonValue) -> Iterator[Offer]:
    for tool in objects(tools):
        name = tool.get("name")
        # Tools of the provider's own have no schema.
        if isinstance(name, str) and "input_schema" in tool:
            yield Offer(name, tool.get("input_schema"))


def whole(asked: Asked, said: Said) -> Document:
    """An answer in one piece."""
    blocks = [block for block, _ in _content(said)]
    return {**_head(asked, said), "content": blocks, **_stop(said), "usage": _usage(asked, said.output)}


def frames(asked: Asked, said: Said) -> Iterator[bytes]:
    """An answer as it comes."""
    for document in _events(asked, said):
        yield event(document, str(document["type"]))


def _events(asked: Asked, said: Said) -> Iterator[Document]:
    empty: Document = {"content": [], "stop_reason": None, "stop_sequence": None}
    opening: Document = {**_head(asked, said), **empty}
    yield {"type": "message_start", "message": {**opening, "usage": _usage(asked, 1)}}
    yield {"type": "ping"}
    for at, (block, deltas) in enumerate(_content(said)):
        yield {"type": "content_block_start", "index": at, "content_block": {**block, **_EMPTY[str(block["type"])]}}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": at, "delta": delta}
        yield {"type": "content_block_stop", "index": at}
    usage = {"input_tokens": asked.input, "output_tokens": said.output}
    yield {"type": "message_delta", "delta": _stop(said), "usage": usage}
    yield {"type": "message_stop"}


_EMPTY: Final[Mapping[str, Document]] = MappingProxyType(
    {"thinking": {"thinking": "", "signature": ""}, "text": {"text": ""}, "tool_use": {"input": {}}}
)
"""What a block has when it begins."""


def _content(said: Said) -> Iterator[tuple[Document, list[Document]]]:
    """The blocks of an answer, each with the deltas that make it."""
    if said.reasoning:
        thoughts: list[Document] = [{"type": "thinking_delta", "thinking": piece} for piece in pieces(said.reasoning)]
        block = {"type": "thinking", "thinking": said.reasoning, "signature": _SIGNATURE}
        yield block, [*thoughts, {"type": "signature_delta", "signature": _SIGNATURE}]
    if said.text:
        words: list[Document] = [{"type": "text_delta", "text": piece} for piece in pieces(said.text)]
        yield {"type": "text", "text": said.text}, words
    for at, call in enumerate(said.calls):
        parts: list[Document] = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces(call.text)]
        identity = f"toolu_mock{said.serial}_{at}"
        yield {"type": "tool_use", "id": identity, "name": call.name, "input": call.value}, parts


def _head(asked: Asked, said: Said) -> Document:
    return {"id": f"msg_mock{said.serial}", "type": "message", "role": "assistant", "model": asked.model}


def _stop(said: Said) -> Document:
    reason = {"stop_reason": _STOPS[said.finish], "stop_sequence": None}
    if said.refusal is None:
        return reason
    return {**reason, "stop_details": {"type": "refusal", "category": None, "explanation": said.refusal}}


def _usage(asked: Asked, output: int) -> Document:
    cached = {"cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
    return {"input_tokens": asked.input, **cached, "output_tokens": output, "service_tier": "standard"}
