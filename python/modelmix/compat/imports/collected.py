"""Collections of recordings, one JSON record a line: request, reply with its chunks, provider, dialect and model."""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeGuard

from msgspec.json import encode

from modelmix.compat.imports.found import WIRES, Found, Left, Reading, flat
from modelmix.jsonvalue import JsonValue, parse

_KNOWN: Final = frozenset(wire for _, wire in WIRES)
_SPOKEN: Final = MappingProxyType({"mistral-chat": "openai-chat"})
"""What other tools tell apart and modelmix does not."""


def is_collected(document: JsonValue) -> TypeGuard[dict[str, JsonValue]]:
    """Whether a document is such a record."""
    return isinstance(document, dict) and {"response", "dialect", "provider"} <= set(document)


def read_collected(content: bytes, path: str) -> Reading:
    """The exchanges of a collection, in order."""
    return read_lines(content.splitlines(), path)


def read_lines(lines: Iterable[bytes], path: str) -> Reading:
    """As `read_collected`, of lines that are read as they are needed."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            yield _found(parse(line), place)
        except (ValueError, KeyError, TypeError, binascii.Error) as cause:
            yield Left(place, f"it is no record of an exchange: {cause}")


def _found(record: JsonValue, place: str) -> Found | Left:
    if not isinstance(record, dict):
        return Left(place, "it is no record of an exchange")
    response, request, source = record["response"], record.get("request"), record.get("source")
    said, model = str(record["dialect"]), record.get("model")
    wire = _SPOKEN.get(said, said)
    if wire not in _KNOWN:
        return Left(place, f"modelmix does not speak {wire}", str(record["provider"]))
    if not isinstance(response, dict) or not isinstance(status := response["status"], int):
        return Left(place, "it holds no reply")
    body = _body(response["body"])
    if not body:
        return Left(place, "it holds no reply")
    sizes, asked = response.get("sizes"), request if isinstance(request, dict) else {}
    told = source if isinstance(source, dict) else {}
    exact = response.get("fidelity") == "exact"
    return Found(
        tool=str(told.get("repo", "")) or "a collection",
        path=f"{told.get('path', place)}#{told.get('index', 1)}",
        scenario=str(record.get("scenario", "")),
        wire=wire,
        provider=str(record["provider"]),
        model=model if isinstance(model, str) else None,
        method=str(asked.get("method", "POST")),
        url=str(asked.get("url", "")),
        request_headers=flat(asked.get("headers")),
        request=_sent(asked),
        status=status,
        headers=flat(response.get("headers")),
        body=body,
        sizes=_sizes(sizes, len(body)),
        time=_text(record.get("captured_at")),
        note="" if exact else f"the body is {response.get('fidelity')}",
    )


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


def _sizes(sizes: JsonValue, length: int) -> tuple[int, ...]:
    if not isinstance(sizes, list):
        return ()
    known = [size for size in sizes if isinstance(size, int) and size >= 0]
    return tuple(known) if sum(known) == length else ()


def _sent(asked: Mapping[str, JsonValue]) -> bytes | None:
    """The request as it was sent; None where a part of it was taken out."""
    body = asked.get("body")
    return None if body is None or asked.get("elided") or asked.get("body_dropped") else encode(body)


def _body(body: JsonValue) -> bytes:
    if not isinstance(body, dict):
        return b""
    text, coded = body.get("text"), body.get("b64")
    return text.encode() if isinstance(text, str) else b64decode(str(coded), validate=True)
