"""A model on the loopback that does well whatever a scenario asks of it, in the OpenAI dialect."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from fakes.replies import Reply, answer, streamed_answer, whole
from fakes.server import Request

ADA: Final = '{"name": "Ada Lovelace", "age": 36, "occupation": "mathematician"}'
_WORDS: Final = (("Count from", "One, two, three"), ("17 times 23", "It is 391."), ("", "hello"))


def able(request: Request) -> Reply:
    """The reply that satisfies every scenario."""
    asked: dict[str, Any] = json.loads(request.body)  # a request is read here as a provider reads it
    if request.path.endswith("/embeddings"):
        return _vectors(asked["input"])
    prompt = str(asked["messages"])
    if "json_schema" in str(asked.get("response_format")):
        return _said(asked, ADA)
    if "weather in Oslo" in prompt:
        return _call("get_weather", {"city": "Oslo"})
    if "parcel code" in prompt and asked["messages"][-1]["role"] != "tool":
        return _call("track_order", {"order": "881"})
    if "parcel code" in prompt:
        return answer("The code is 7413.")
    if "17 times 23" in prompt:
        return answer("391", reasoning_content="17 * 20 + 17 * 3")
    if "Count from" in prompt:
        return answer("One, two, three", finish="length")
    return _said(asked, "hello")


def _said(asked: Mapping[str, Any], text: str) -> Reply:  # as above
    return streamed_answer(text[:3], text[3:]) if asked.get("stream") else answer(text)


def _call(name: str, arguments: Mapping[str, str]) -> Reply:
    function = {"name": name, "arguments": json.dumps(arguments)}
    return answer(None, finish="tool_calls", tool_calls=[{"id": "call_1", "type": "function", "function": function}])


def _vectors(texts: list[str]) -> Reply:
    rows = [
        {"object": "embedding", "index": index, "embedding": [float(len(set(text))), -len(text) / 3, 1.5]}
        for index, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": 5, "total_tokens": 5}
    return whole({"object": "list", "data": rows, "model": "text-embedding-3-small", "usage": usage})


def but(prompt: str, reply: Reply) -> Callable[[Request], Reply]:
    """The same model, which answers one prompt otherwise."""

    def said(request: Request) -> Reply:
        return reply if prompt in request.body.decode() else able(request)

    return said
