"""Cassettes of VCR, in YAML: those of Python (`vcrpy`, also with parsed bodies) and those of Ruby."""

import binascii
import zlib
from base64 import b64decode
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, cast

from msgspec.json import encode

from modelmix.compat.imports.found import Found, Left, Plain, Reading, address, flat, model_of, wire_of
from modelmix.inflate import inflater
from modelmix.jsonvalue import JsonValue, parse

if TYPE_CHECKING:
    from types import ModuleType

_LARGEST: Final = 64 << 20
"""Bytes of one opened body, at most."""


def read_vcr(content: bytes, path: str) -> Reading:
    """The exchanges of a cassette, in order.

    Raises
    ------
    ModuleNotFoundError
        Without PyYAML, which the extra `vcr` brings.
    """
    try:
        document = _yaml(content)
    except ValueError as cause:
        yield Left(path, f"it is no YAML: {cause}")
        return
    python, ruby = document.get("interactions"), document.get("http_interactions")
    taken = python if isinstance(python, list) else ruby
    if not isinstance(taken, list):
        yield Left(path, "it is no cassette of VCR")
        return
    tool = "vcrpy" if taken is python else "vcr"
    for number, exchange in enumerate(taken, 1):
        place = f"{path}#{number}"
        try:
            yield _found(exchange, tool, path, place)
        except (ValueError, TypeError, binascii.Error, zlib.error) as cause:
            yield Left(place, f"it cannot be read: {cause}")


def _yaml(content: bytes) -> dict[str, Plain]:
    import yaml  # noqa: PLC0415 - an extra

    library: ModuleType = yaml
    # The loader in C reads the same, faster; both make nothing but plain values.
    loader = getattr(library, "CSafeLoader", yaml.SafeLoader)
    try:
        found = cast("Plain", yaml.load(content, Loader=loader))  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError) as cause:
        raise ValueError(str(cause).partition("\n")[0]) from cause
    return found if isinstance(found, dict) else {}


def _found(exchange: Plain, tool: str, path: str, place: str) -> Found | Left:
    request, response = _part(exchange, "request"), _part(exchange, "response")
    if request is None or response is None:
        return Left(place, "it is no exchange")
    url = str(request.get("uri", ""))
    wire = wire_of(url)
    if wire is None:
        return Left(place, f"modelmix does not speak what is spoken at {address(url)}")
    headers = flat(response.get("headers"))
    sent, body = _bytes(request), _opened(_bytes(response) or b"", headers)
    status = response.get("status")
    code = status.get("code") if isinstance(status, dict) else status
    if not body or not isinstance(code, int):
        return Left(place, "it holds no reply")
    at = exchange.get("recorded_at") if isinstance(exchange, dict) else None
    return Found(
        tool=tool,
        path=place,
        scenario=PurePath(path).stem,
        wire=wire,
        provider=None,
        model=model_of(url, _parsed(sent)),
        method=str(request.get("method", "POST")).upper(),
        url=url,
        request_headers=flat(request.get("headers")),
        request=sent,
        status=code,
        headers=headers,
        body=body,
        time=at if isinstance(at, str) else None,
        note="the body was parsed and written again by the tool that recorded it" if "parsed_body" in response else "",
    )


def _part(exchange: Plain, name: str) -> dict[str, Plain] | None:
    part = exchange.get(name) if isinstance(exchange, dict) else None
    return part if isinstance(part, dict) else None


def _bytes(message: dict[str, Plain]) -> bytes | None:
    """The body of a request or a response, in any of the forms in use."""
    if message.get("parsed_body") is not None:
        return encode(message["parsed_body"])
    match message.get("body"):
        case str() as text:
            return text.encode()
        case bytes() as raw:
            return raw
        case {"base64_string": str() as coded}:
            return b64decode(coded)
        case {"string": str() as text}:
            return text.encode()
        case {"string": bytes() as raw}:
            return raw
        case _:
            return None


def _opened(body: bytes, headers: Mapping[str, str]) -> bytes:
    """A body that may have been recorded compressed; some tools open it and leave the header as it was."""
    opener = inflater(headers)
    if opener is None or not body.startswith((b"\x1f\x8b", b"\x78")):
        return body
    found = bytearray()
    for piece in opener.pieces(body):
        found += piece
        if len(found) > _LARGEST:
            raise ValueError("its body is too large")
    return bytes(found)


def _parsed(sent: bytes | None) -> JsonValue:
    try:
        return None if sent is None else parse(sent)
    except ValueError:
        return None
