"""What others take to read the same bytes: each gives one object an event, and the text in it."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

import httpx
import httpx2
from httpx_sse import EventSource
from openai import OpenAI, Stream
from openai.types.chat import ChatCompletionChunk

from benches.splits import Chunk, Chunks, Document, Read, by_msgspec, by_orjson

_SSE: Final = {"content-type": "text/event-stream"}


class _Body(httpx.SyncByteStream):
    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)


def by_httpx_sse(chunks: Chunks) -> Iterator[Document]:
    """httpx-sse and the standard library's json."""
    source = EventSource(httpx.Response(200, headers=_SSE, stream=_Body(chunks)))
    for event in source.iter_sse():
        if event.data != "[DONE]":
            yield json.loads(event.data)


class _Body2(httpx2.SyncByteStream):
    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)


class OpenAIStream:
    """The openai SDK's own reading of a response, without a network."""

    def __init__(self) -> None:
        self._client = OpenAI(api_key="unused", base_url="http://127.0.0.1:9/v1")
        self._request = httpx2.Request("POST", "http://127.0.0.1:9/v1/chat/completions")

    def __call__(self, chunks: Chunks) -> Iterator[ChatCompletionChunk]:
        response = httpx2.Response(200, headers=_SSE, stream=_Body2(chunks), request=self._request)
        return iter(Stream(cast_to=ChatCompletionChunk, response=response, client=self._client))


def peers() -> Mapping[str, Read]:
    """Everyone we are compared with, by the name in the table."""
    return MappingProxyType(
        {
            "bytes.split + msgspec Struct": by_msgspec,
            "bytes.split + orjson": by_orjson,
            "httpx-sse + json": by_httpx_sse,
            "openai SDK, sync": OpenAIStream(),
        }
    )


def text_of(event: object) -> str:
    """The answer text in an event, whoever read it."""
    match event:
        case Chunk(choices=[first, *_]):
            return first.delta.content or ""
        case ChatCompletionChunk(choices=[first, *_]):
            return first.delta.content or ""
        case {"choices": [{"delta": {"content": str(text)}}]}:
            return text
        case _:
            return ""
