"""The shortest readers there are: `bytes.split`, and one call for each document."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeAlias

import msgspec
import orjson

Chunks: TypeAlias = tuple[bytes, ...]

Document: TypeAlias = dict[str, Any]  # whatever JSON the provider sends

Read: TypeAlias = Callable[[Chunks], Iterable[object]]
"""Reads a stream, one object an event."""


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class _Call(msgspec.Struct):
    index: int | None = None
    id: str | None = None
    function: _Function | None = None


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(msgspec.Struct):
    delta: _Delta
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None


class Chunk(msgspec.Struct):
    """An event, with the fields that make the answer."""

    choices: list[_Choice]
    id: str | None = None
    model: str | None = None
    usage: _Usage | None = None


_CHUNK: Final = msgspec.json.Decoder(Chunk)


def split(chunks: Chunks) -> Iterator[bytes]:
    """The payloads of a stream, by the shortest code that survives any cut between events' lines."""
    rest = b""
    for chunk in chunks:
        *events, rest = (rest + chunk).split(b"\n\n")
        for event in events:
            if event.startswith(b"data: ") and event != b"data: [DONE]":
                yield event[6:]


def by_msgspec(chunks: Chunks) -> Iterator[Chunk]:
    """`bytes.split` and msgspec Structs."""
    return map(_CHUNK.decode, split(chunks))


def by_orjson(chunks: Chunks) -> Iterator[Document]:
    """`bytes.split` and orjson."""
    return map(orjson.loads, split(chunks))
