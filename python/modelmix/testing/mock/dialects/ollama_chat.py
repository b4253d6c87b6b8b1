"""ollama-chat: what is asked and what is answered.

https://docs.ollama.com/api/chat, `api/types.go` and `server/routes.go` of ollama/ollama.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from modelmix.jsonvalue import JsonValue, objects
from modelmix.testing.mock.asked import (
    Asked,
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
from modelmix.testing.mock.said import CREATED_AT, Said
from modelmix.testing.mock.wire import Document, line

_KINDS: Final[Mapping[type, str]] = MappingProxyType(
    {bool: "bool", str: "string", int: "number", float: "number", list: "array", dict: "object"}
)
"""What Go calls the kinds of values."""

_TIMES: Final = ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")


def error(problem: Problem) -> Document:
    """The body of an error."""
    return {"error": problem.message}


def unknown_model(model: str) -> Problem:
    """The refusal of a model that is not served."""
    return Problem(status=404, message=f"model '{model}' not found")


def read(body: Json, model: str) -> Asked | Problem:
    """What a request asks. It is streamed unless it says otherwise, and without messages it only loads the model."""
    stream, messages = body.get("stream"), body.get("messages")
    if not model:
        return Problem(message="model is required")
    if not isinstance(stream, bool | None):
        return _mistyped("bool", "stream", stream)
    if not isinstance(messages, list | None):
        return _mistyped("[]api.Message", "messages", messages)
    turns = objects(messages)
    users = [texts(turn.get("content")) for turn in turns if turn.get("role") == "user"]
    form = body.get("format")
    limit = number(under(under(body, "options"), "num_predict"))
    return Asked(
        model=model,
        stream=stream is not False,
        user=users[-1] if users else "",
        result=joined(texts(turn.get("content")) for turn in last_results(turns, _is_result)),
        input=sum(tokens(texts(turn.get("content"))) for turn in turns),
        tools=tuple(offers(body.get("tools"))),
        form=form if isinstance(form, dict) else None,
        json=form == "json",
        # -1 is no limit, and -2 that of the context.
        limit=limit if limit is not None and limit >= 0 else None,
        body=body,
    )


def _mistyped(kind: str, name: str, found: JsonValue) -> Problem:
    told = _KINDS.get(type(found), "null")
    text = f"json: cannot unmarshal {told} into Go struct field ChatRequest.{name} of type {kind}"
    return Problem(message=text)


def _is_result(turn: Json) -> bool:
    return turn.get("role") == "tool"


def whole(asked: Asked, said: Said) -> Document:
    """An answer in one piece."""
    message: dict[str, object] = {"role": "assistant", "content": _text(asked, said)}
    if said.reasoning:
        message["thinking"] = said.reasoning
    if said.calls:
        message["tool_calls"] = _calls(said)
    return {**_head(asked), "message": message, **_last(asked, said)}


def frames(asked: Asked, said: Said) -> Iterator[bytes]:
    """An answer as it comes, a document a line."""
    for piece in pieces(said.reasoning):
        yield _line(asked, {"content": "", "thinking": piece})
    for piece in pieces(_text(asked, said)):
        yield _line(asked, {"content": piece})
    if said.calls:
        yield _line(asked, {"content": "", "tool_calls": _calls(said)})
    yield line({**_head(asked), "message": {"role": "assistant", "content": ""}, **_last(asked, said)})


def _line(asked: Asked, message: Document) -> bytes:
    return line({**_head(asked), "message": {"role": "assistant", **message}, "done": False})


def _text(asked: Asked, said: Said) -> str:
    if not asked.body.get("messages"):
        return ""
    # There is no field for a refusal: it is what the model says.
    return said.text if said.refusal is None else said.refusal


def _calls(said: Said) -> list[Document]:
    return [{"function": {"name": call.name, "arguments": call.value}} for call in said.calls]


def _head(asked: Asked) -> Document:
    return {"model": asked.model, "created_at": CREATED_AT}


def _last(asked: Asked, said: Said) -> Document:
    if not asked.body.get("messages"):
        return {"done": True, "done_reason": "load"}
    reason = "length" if said.finish == "length" else "stop"
    counts = {"prompt_eval_count": asked.input, "eval_count": said.output}
    return {"done": True, "done_reason": reason, **dict.fromkeys(_TIMES, 1), **counts}
