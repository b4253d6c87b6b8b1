"""What a function gives back, as what a model reads."""

from collections.abc import Sequence
from typing import cast

from msgspec.json import encode

from modelmix.ast.content import Bytes, CachePoint, File, Image, Json, JsonText, ResultPart, Text
from modelmix.ast.media import media_type


def result_parts(value: object) -> tuple[ResultPart, ...]:
    """The parts of a result: text as it is, parts as they are, pictures and documents by their bytes, the rest as JSON.

    A sequence with a part or bytes in it is a result of several parts.

    Raises
    ------
    ValueError
        When it cannot be told to a model; the message says why.
    """
    items = _items(value)
    if any(isinstance(item, _KINDS) for item in items):
        return tuple([_part(item) for item in items])
    return (_part(value),)


def _items(value: object) -> Sequence[object]:
    return cast("Sequence[object]", value) if isinstance(value, list | tuple) else ()


_KINDS = (Text, Json, Image, File, CachePoint, bytes)


def _part(value: object) -> ResultPart:
    match value:
        case Text() | Json() | Image() | File() | CachePoint():
            return value
        case str():
            # Half a character, as in a file's name that is no UTF-8, cannot be sent.
            value.encode()
            return Text(value)
        case bytes():
            return _media(value)
        case _:
            return Json(_json(value))


def _media(data: bytes) -> ResultPart:
    kind = media_type(data)
    if kind is None or kind.startswith("audio/"):
        raise ValueError("bytes are only told if they are a picture, a PDF or text")
    if kind == "text/plain":
        return Text(data.decode())
    source = Bytes(data, kind)
    return Image(source) if kind.startswith("image/") else File(source)


def _json(value: object) -> JsonText:
    try:
        return JsonText(encode(value, enc_hook=_plain).decode())
    except Exception as cause:  # values of the caller's own may raise anything while they are read
        raise ValueError(f"no JSON can be made of it ({cause})") from cause


def _plain(value: object) -> object:
    """A pydantic model as plain values; pydantic itself is never imported."""
    dump = getattr(value, "model_dump", None)
    if dump is None:
        raise TypeError(f"`{type(value).__name__}` is no JSON")
    return dump(mode="json")
