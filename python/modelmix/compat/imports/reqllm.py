"""Fixtures of ReqLLM: one JSON document an exchange, a stream as a list of chunks in base64.

The form is that of `test/support/fixtures` in its repository: `request.body.b64`, `request.url`, headers as texts or
lists, and either `response.body` or `chunks[].b64`.
"""

import binascii
from base64 import b64decode
from pathlib import PurePath
from typing import TypeGuard

from msgspec.json import encode

from modelmix.compat.imports.found import Found, Left, Reading, address, flat, model_of, wire_of
from modelmix.jsonvalue import JsonValue, parse

TOOL = "req_llm"


def is_reqllm(document: JsonValue) -> TypeGuard[dict[str, JsonValue]]:
    """Whether a document is such a fixture."""
    return (
        isinstance(document, dict)
        and isinstance(request := document.get("request"), dict)
        and isinstance(response := document.get("response"), dict)
        and "url" in request
        and "status" in response
        and ("canonical_json" in request or "chunks" in document)
    )


def read_reqllm(content: bytes, path: str) -> Reading:
    """The exchange of a fixture."""
    try:
        yield _found(parse(content), path)
    except (ValueError, binascii.Error) as cause:
        yield Left(path, f"it is no fixture of ReqLLM: {cause}")


def _found(document: JsonValue, path: str) -> Found | Left:
    if not is_reqllm(document):
        return Left(path, "it is no fixture of ReqLLM")
    request, response = document["request"], document["response"]
    assert isinstance(request, dict)
    assert isinstance(response, dict)
    url, status = str(request["url"]), response["status"]
    wire = wire_of(url)
    if wire is None:
        return Left(path, f"modelmix does not speak what is spoken at {address(url)}")
    sent = _request(request)
    pieces = _pieces(document.get("chunks"))
    whole = b"".join(pieces) if pieces else _body(response.get("body"))
    if not whole or not isinstance(status, int):
        return Left(path, "it holds no reply")
    captured = document.get("captured_at")
    return Found(
        tool=TOOL,
        path=path,
        scenario=PurePath(path).stem,
        wire=wire,
        provider=None,
        model=model_of(url, None if sent is None else parse(sent)),
        method=str(request.get("method", "POST")).upper(),
        url=url,
        request_headers=flat(request.get("headers")),
        request=sent,
        status=status,
        headers=flat(response.get("headers")),
        body=whole,
        sizes=tuple([len(piece) for piece in pieces]),
        time=captured if isinstance(captured, str) else None,
        note="" if pieces else "the body was parsed and written again by the tool that recorded it",
    )


def _request(request: dict[str, JsonValue]) -> bytes | None:
    body = request.get("body")
    if isinstance(body, dict) and isinstance(body.get("b64"), str):
        return b64decode(str(body["b64"]), validate=True)
    said = request.get("canonical_json")
    if isinstance(said, str):
        return said.encode()
    return None if said is None else encode(said)


def _pieces(chunks: JsonValue) -> list[bytes]:
    if not isinstance(chunks, list):
        return []
    coded = [chunk["b64"] for chunk in chunks if isinstance(chunk, dict)]
    return [b64decode(each, validate=True) for each in coded if isinstance(each, str)]


def _body(body: JsonValue) -> bytes:
    match body:
        case None:
            return b""
        case str():
            return body.encode()
        case {"b64": str() as coded}:
            return b64decode(coded, validate=True)
        case _:
            return encode(body)
