"""P1d: the other dialects, beside the shortest reader of each and its provider's SDK.

Only recorded streams tell anything here, so without recordings there are no rows.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import httpx2
import msgspec
from anthropic import Anthropic, Stream as AnthropicStream
from anthropic.types import RawMessageStreamEvent
from google.genai.types import GenerateContentResponse
from openai import OpenAI, Stream
from openai.types.responses import ResponseStreamEvent

from benches.measure import interleave
from benches.report import Row, shown
from benches.setup import Setup
from benches.splits import Chunks, Read
from benches.streams import Sample, recorded
from modelmix.decode import DIALECTS, DialectName, decoder

_NOWHERE: Final = "http://127.0.0.1:9/v1"
_SSE: Final = {"content-type": "text/event-stream"}


class _Delta(msgspec.Struct):
    type: str = ""
    text: str | None = None
    partial_json: str | None = None
    thinking: str | None = None


class _Message(msgspec.Struct):
    content: object = None
    thinking: str | None = None


class _Part(msgspec.Struct):
    text: str | None = None
    thought: bool = False


class _Parts(msgspec.Struct):
    parts: list[_Part] = []


class _Candidate(msgspec.Struct):
    content: _Parts = msgspec.field(default_factory=_Parts)


class _Event(msgspec.Struct):
    """A payload of any of them, with the fields that bring the answer."""

    type: str | None = None
    index: int | None = None
    delta: _Delta | str | None = None
    message: _Message | None = None
    candidates: list[_Candidate] = []
    done: bool | None = None


_EVENT: Final = msgspec.json.Decoder(_Event)


def dialects(setup: Setup) -> list[Row]:
    """One block of rows a dialect; the streams are as long as providers make them, not chosen for their deltas."""
    rows: list[Row] = []
    for name in DIALECTS:
        samples = None if name == "openai-chat" else recorded(name)
        if samples is None:
            continue
        streams = samples.thinned(5).streams if setup.quick else samples.streams
        events = sum(1 for stream in streams for _ in _payloads(stream.chunks))
        reads: dict[str, Read] = {"events": partial(_to_events, name), "answer": partial(_to_answer, name)}
        reads |= {"bytes.split + msgspec Struct": _by_msgspec, **_sdks(name)}
        runs: dict[str, Callable[[tuple[Sample, ...]], object]] = {
            label: partial(_every, read) for label, read in reads.items()
        }
        measured = interleave(runs, [streams], setup.effort)
        taken = {label: series.scaled(1e6 / events) for label, series in measured.items()}
        ours, answer = taken.pop("events"), taken.pop("answer")
        rows.append(shown("P1d", f"{name}, {len(streams)} streams, {events:,} events", ours, "us/event"))
        rows.append(shown("P1d", "  to the final answer", answer, "us/event"))
        for label, series in taken.items():
            rows.append(shown("P1d", f"  {label}", series, "us/event"))
            rows.append(shown("P1d", "    times faster than that", series.over(ours), "x"))
    return rows


def _every(read: Read, streams: tuple[Sample, ...]) -> None:
    for stream in streams:
        deque(read(stream.chunks), maxlen=0)


def _to_events(dialect: DialectName, chunks: Chunks) -> Iterable[object]:
    reader = decoder(dialect, coalesce=False, fold=False)
    for chunk in chunks:
        yield from reader.feed(chunk)
    yield from reader.finish()


def _to_answer(dialect: DialectName, chunks: Chunks) -> Iterable[object]:
    reader = decoder(dialect)
    for chunk in chunks:
        reader.absorb(chunk)
    reader.finish()
    return (reader.answer(),)


def _payloads(chunks: Chunks) -> Iterator[bytes]:
    """The documents of a stream, by lines."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            payload = line.removeprefix(b"data:").strip()
            if payload.startswith(b"{"):
                yield payload
    if rest.strip().startswith(b"{"):
        yield rest


def _by_msgspec(chunks: Chunks) -> Iterator[_Event]:
    return map(_EVENT.decode, _payloads(chunks))


class _Body(httpx2.SyncByteStream):
    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)


def _response(chunks: Chunks) -> httpx2.Response:
    request = httpx2.Request("POST", _NOWHERE)
    return httpx2.Response(200, headers=_SSE, stream=_Body(chunks), request=request)


def _sdks(name: DialectName) -> Mapping[str, Read]:
    """The SDK's own reading of a response, without a network. Ollama's has none beyond a document a line."""
    match name:
        case "openai-responses":
            openai = OpenAI(api_key="unused", base_url=_NOWHERE)
            cast_to: Any = ResponseStreamEvent  # a union, which the SDK takes for a type
            return MappingProxyType(
                {"openai SDK": lambda chunks: Stream(cast_to=cast_to, response=_response(chunks), client=openai)}
            )
        case "anthropic-messages":
            anthropic = Anthropic(api_key="unused", base_url=_NOWHERE)
            cast: Any = RawMessageStreamEvent
            return MappingProxyType(
                {
                    "anthropic SDK": lambda chunks: AnthropicStream(
                        cast_to=cast, response=_response(chunks), client=anthropic
                    )
                }
            )
        case "google-generate":
            return MappingProxyType({"google-genai's types, after json": _by_genai})
        case "openai-chat" | "ollama-chat":
            return MappingProxyType({})


def _by_genai(chunks: Chunks) -> Iterator[object]:
    for payload in _payloads(chunks):
        yield GenerateContentResponse.model_validate(json.loads(payload))
