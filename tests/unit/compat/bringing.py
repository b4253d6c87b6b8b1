"""Small recordings of other tools, written by hand after their formats, and what is made of them."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Final

from modelmix.compat.imports.found import Found
from modelmix.compat.imports.making import made
from modelmix.compat.judging import Judged, Manner, judge

CHAT: Final = "https://api.openai.com/v1/chat/completions"

MESSAGES: Final = [{"role": "user", "content": "hi"}]

USAGE: Final = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}


def as_json(value: object) -> bytes:
    """A document."""
    return json.dumps(value).encode()


def reply(message: Mapping[str, object], finish: str | None = "stop", usage: object = USAGE) -> bytes:
    """A reply of OpenAI's chat in one piece."""
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    return as_json({"id": "chatcmpl-1", "model": "m-1", "choices": [choice], "usage": usage})


def called(name: str, arguments: str) -> dict[str, object]:
    """A message that calls a tool."""
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return {"content": None, "tool_calls": [call]}


def streamed(*chunks: object, end: bool = True) -> bytes:
    """A reply of OpenAI's chat as a stream."""
    frames = [b"data: " + as_json(chunk) + b"\n\n" for chunk in chunks]
    return b"".join([*frames, *([b"data: [DONE]\n\n"] if end else [])])


def delta(content: str, finish: str | None = None) -> dict[str, object]:
    """One chunk of such a stream."""
    return {
        "id": "1",
        "model": "m-1",
        "choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish}],
    }


def found(
    body: bytes,
    *,
    asked: Mapping[str, object] | None = None,
    wire: str = "openai-chat",
    url: str = CHAT,
    status: int = 200,
    kept: bool = True,
    headers: Mapping[str, str] | None = None,
    sizes: Sequence[int] = (),
) -> Found:
    """An exchange of some tool; `asked` is what its request has besides the model and the messages."""
    request = {"model": "m-1", "messages": MESSAGES, **(asked or {})}
    return Found(
        tool="a tool",
        path="some/file.json",
        scenario="basic",
        wire=wire,
        provider=None,
        model="m-1",
        method="POST",
        url=url,
        request_headers={"content-type": "application/json"},
        request=as_json(request) if kept else None,
        status=status,
        headers=headers or {"content-type": "application/json"},
        body=body,
        sizes=tuple(sizes),
    )


def judged(exchange: Found, manner: Manner | None = None) -> Judged:
    """The verdict on an exchange."""
    recording = made(exchange, "openai", "m-1", "imported-text-basic", ()).unwrap()
    return judge(recording, manner or Manner())


def reqllm(body: bytes = b"", *, url: str = CHAT, request: object = None, pieces: Sequence[bytes] = ()) -> bytes:
    """A fixture of ReqLLM."""
    sent = as_json(request or {"model": "m-1", "messages": MESSAGES})
    document: dict[str, object] = {
        "request": {
            "method": "POST",
            "url": url,
            "headers": {"content-type": ["application/json"]},
            "body": {"b64": b64encode(sent).decode()},
            "canonical_json": json.loads(sent),
        },
        "response": {
            "status": 200,
            "headers": {"content-type": ["application/json"]},
            "body": None if pieces else json.loads(body or reply({"content": "yo"})),
        },
        "captured_at": "2026-01-02T03:04:05.678Z",
    }
    if pieces:
        document["chunks"] = [{"b64": b64encode(piece).decode()} for piece in pieces]
    return json.dumps(document, indent=2).encode()


def response(words: str) -> dict[str, object]:
    """The reply in a record."""
    return {
        "status": 200,
        "headers": {"content-type": "application/json"},
        "fidelity": "exact",
        "body": {"text": reply({"content": words}).decode()},
    }


def record(**more: object) -> dict[str, object]:
    """A record of a collection."""
    return {
        "source": {"repo": "someone/something", "path": "a/b.json", "index": 3},
        "provider": "openai",
        "dialect": "openai-chat",
        "model": "m-1",
        "scenario": "basic",
        "request": {"method": "POST", "url": CHAT, "headers": {}, "body": {"model": "m-1", "messages": MESSAGES}},
        "response": response("yo"),
        **more,
    }


def cassette(*replies: bytes, url: str = CHAT, request_headers: str = "{}") -> bytes:
    """A cassette of VCR for Python."""
    sent = json.dumps({"model": "m-1", "messages": MESSAGES})
    exchanges = [
        f"- request: {{body: '{sent}', headers: {request_headers}, method: POST, uri: '{url}'}}\n"
        f"  response: {{body: {{string: {json.dumps(each.decode())}}}, headers: {{content-type: [application/json]}}, "
        "status: {code: 200, message: OK}}"
        for each in replies
    ]
    return "\n".join(["interactions:", *exchanges, "version: 1", ""]).encode()
