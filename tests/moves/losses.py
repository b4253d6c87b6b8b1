"""What of a request is neither in its body nor told by an adaptation."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Final, cast

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.content import (
    Audio,
    Bytes,
    CachePoint,
    Citation,
    File,
    Image,
    Json,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Seal,
    Text,
    ToolCall,
    ToolResult,
    Uploaded,
    Url,
)
from modelmix.ast.message import Tool
from modelmix.ast.request import Request

_MARKS: Final = ("cache_control", "prompt_cache_breakpoint")
_LENGTH: Final = len("mk0000mk")


def strings(value: object) -> Iterator[str]:
    """All texts of a JSON value, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from strings(item)
    elif isinstance(value, dict):
        for name, member in cast("dict[str, object]", value).items():
            yield name
            yield from strings(member)


def lost(request: Request, body: object, adaptations: tuple[Adaptation, ...]) -> list[str]:
    """Every loss that nobody tells."""
    ledger = _Ledger("\n".join(strings(body)), {told.field for told in adaptations})
    for message in request.messages:
        if isinstance(message, Tool):
            for result in message.results:
                ledger.result(result)
        else:
            for part in message.parts:
                ledger.part(part)
    return ledger.lost


def _marks(text: str) -> list[str]:
    """The marks in a text."""
    pieces = text.split("mk")
    return [f"mk{piece}mk" for piece in pieces if len(piece) + 4 == _LENGTH and piece.isdecimal()]


class _Ledger:
    def __init__(self, said: str, told: set[str]) -> None:
        self._said = said
        self._told = told
        self.lost: list[str] = []

    def _look(self, text: str, *fields: str) -> None:
        """The marks of a text are in the body, or one of the fields is told to have changed."""
        if not all(mark in self._said for mark in _marks(text)) and not self._told & {*fields}:
            self.lost.append(f"{text!r}: none of {fields} in {sorted(self._told)}")

    def _seal(self, seal: Seal | None, *fields: str) -> None:
        if seal is not None:
            self._look(seal.value, "seal", *fields)

    def part(self, part: Part | Json) -> None:
        match part:
            case Text() | Refusal() | Reasoning():
                self._words(part)
            case Json(value):
                self._look(value)
            case ToolCall():
                self._look(part.name)
                self._look(part.arguments, "arguments")
                self._seal(part.seal)
            case ToolResult():
                self.result(part)
            case Citation(url, _, seal):
                self._look(seal.value if seal else url, "citation")
            case Opaque(kind=kind, json=json):
                self._look(json, kind)
            case CachePoint():
                self._point()
            case Image() | Audio() | File():
                self._media(part)

    def _words(self, part: Text | Refusal | Reasoning) -> None:
        self._look(part.text, *(("reasoning",) if isinstance(part, Reasoning) else ("text", "system")))
        if not isinstance(part, Refusal):
            self._seal(part.seal, *(("reasoning",) if isinstance(part, Reasoning) else ()))

    def _point(self) -> None:
        if "cache_point" not in self._told and not any(mark in self._said for mark in _MARKS):
            self.lost.append("a cache point")

    def _media(self, part: Image | Audio | File) -> None:
        kind = type(part).__name__.lower()
        match part.source:
            case Bytes(data, media_type) if not media_type.startswith("text/"):
                if b64encode(data).decode() not in self._said and kind not in self._told:
                    self.lost.append(f"{kind} of {data!r}")
            case Bytes(data):
                text = data.decode()
                if text not in self._said and b64encode(data).decode() not in self._said:
                    self.lost.append(f"{kind} of {text}")
            case Url(address) | Uploaded(address):
                self._look(address, kind)
        if isinstance(part, File) and part.name is not None:
            self._look(part.name, "file_name")
        if isinstance(part, Image) and part.detail in {"low", "high"} and not self._told & {"detail", kind}:
            assert part.detail is not None
            if "detail" not in self._said.split("\n"):
                self.lost.append("detail")

    def result(self, result: ToolResult) -> None:
        if result.is_error and not self._told & {"is_error", "tool_result"}:
            names = self._said.split("\n")
            if "is_error" not in names and "error" not in names:
                self.lost.append("is_error")
        for part in result.content:
            self.part(part)
