"""All vectors of `vectors/sse-vectors.json`: strict server-sent events, and what an LLM client must make of them.

The strict half runs every vector whole, byte by byte and at every single split. The lenient half, where a vector has
one, runs through the decoder of its dialect.
"""

import base64
from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

import msgspec
import pytest
from msgspec import Struct

from modelmix._native import SseReader
from modelmix.ast.event import Failed
from modelmix.decode import DialectName, decoder
from modelmix.errors import MixError, Rejected, Truncated, Undecodable
from stream.feeding import CUTS, Reading, read

OTHER_DIALECTS: Final = MappingProxyType[str, DialectName](
    {
        "llm/anthropic-ping": "anthropic-messages",
        "llm/anthropic-full": "anthropic-messages",
        "llm/crlf-gemini": "google-generate",
        "llm/gemini-json-array": "google-generate",
        "llm/ndjson-body": "ollama-chat",
        "llm/ndjson-error": "ollama-chat",
        "llm/responses-failed": "openai-responses",
        "llm/responses-incomplete": "openai-responses",
    }
)
"""Vectors that are not `openai-chat`."""

UNENDED: Final = frozenset({"llm/done-no-blank", "llm/done-no-newline"})
"""Vectors whose `[DONE]` lacks its blank line, so that only the end of the input makes it one."""

PENDING: Final = "eof_with_pending_event"
"""The end of a vector that has no dialect: the reader hands out the payload of an event without its blank line."""


class StrictEvent(Struct, frozen=True):
    event: str
    data: str
    last_event_id: str


class Strict(Struct, frozen=True):
    events: tuple[StrictEvent, ...]
    last_event_id: str
    retry_ms: int | None
    available_at: tuple[int, ...]


class Counts(Struct, frozen=True):
    input: int
    output: int


class Report(Struct, frozen=True):
    code: int
    status: str


class Lenient(Struct, frozen=True):
    end: str
    events: tuple[StrictEvent, ...] | None = None
    ndjson: tuple[str, ...] = ()
    json_array_items: tuple[str, ...] = ()
    text: str | None = None
    finish: str | None = None
    finish_reason: str | None = None
    usage: Counts | None = None
    assembled_arguments: str | None = None
    error: Report | None = None
    retry_after_s: float | None = None


class Vector(Struct, frozen=True):
    id: str
    input_b64: str
    input_len: int
    expected: Strict
    llm_expected: Lenient | None = None

    @property
    def body(self) -> bytes:
        return base64.b64decode(self.input_b64)


class Delta(Struct, frozen=True):
    content: str | None = None
    text: str | None = None


class Choice(Struct, frozen=True):
    delta: Delta | None = None


class Parts(Struct, frozen=True):
    parts: tuple[Delta, ...] = ()


class Candidate(Struct, frozen=True):
    content: Parts = Parts()


class Message(Struct, frozen=True):
    content: object = None


class Chunk(Struct, frozen=True):
    """A payload of any dialect, as far as it brings words."""

    choices: tuple[Choice, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    delta: Delta | None = None
    message: Message | None = None
    response: object = None

    @property
    def words(self) -> str:
        """The words in it."""
        deltas = [choice.delta for choice in self.choices] + [self.delta]
        deltas += [part for candidate in self.candidates for part in candidate.content.parts]
        said = [delta.content or delta.text or "" for delta in deltas if delta]
        whole = [self.message.content if self.message else None, self.response]
        return "".join([*said, *[text for text in whole if isinstance(text, str)]])


class Vectors(Struct, frozen=True):
    count: int
    vectors: tuple[Vector, ...]


@pytest.fixture(scope="module")
def vectors(shared: Path) -> tuple[Vector, ...]:
    file = msgspec.json.decode((shared / "vectors" / "sse-vectors.json").read_bytes(), type=Vectors)
    assert len({vector.id for vector in file.vectors}) == file.count
    return file.vectors


Events: TypeAlias = list[tuple[str, str, str]]


def expected_events(vector: Vector) -> Events:
    return [(event.event, event.data, event.last_event_id) for event in vector.expected.events]


def test_every_split_gives_the_standards_events(vectors: tuple[Vector, ...]) -> None:
    ran = splits = 0
    for vector in vectors:
        body, events = vector.body, expected_events(vector)
        end = (vector.expected.last_event_id, vector.expected.retry_ms)
        assert len(body) == vector.input_len, vector.id
        for cut in range(len(body) + 1):
            reader = SseReader()
            assert [*reader.feed(body[:cut]), *reader.feed(body[cut:])] == events, (vector.id, cut)
            assert (reader.last_event_id, reader.retry) == end, (vector.id, cut)
            splits += 1
        ran += 1
    assert (ran, splits) == (len(vectors), sum(vector.input_len + 1 for vector in vectors))


def test_byte_by_byte_each_event_comes_as_soon_as_it_is_complete(vectors: tuple[Vector, ...]) -> None:
    ran = 0
    for vector in vectors:
        reader, body, moments, events = SseReader(), vector.body, list[int](), list[tuple[str, str, str]]()
        for at in range(len(body)):
            new = reader.feed(body[at : at + 1])
            events += new
            moments += [at + 1] * len(new)
        assert events == expected_events(vector), vector.id
        assert tuple(moments) == vector.expected.available_at, vector.id
        assert (reader.last_event_id, reader.retry) == (vector.expected.last_event_id, vector.expected.retry_ms)
        ran += 1
    assert ran == len(vectors)


def pending(body: bytes) -> tuple[str, ...]:
    """The payloads with that of an event without its blank line, if it has any that is whole UTF-8."""
    reader = SseReader()
    payloads = [data for _, data, _ in reader.feed(body)]
    rest = reader.finish()
    try:
        return (*payloads, rest.decode()) if rest else tuple(payloads)
    except UnicodeDecodeError:
        return tuple(payloads)


def is_expected_error(kind: str, error: MixError) -> bool:
    """Whether our error is the vector's."""
    match kind, error:
        case "error:stream_truncated", Truncated(by="connection"):
            return True
        case "error:provider_error" | "not_sse_json_body", Rejected():
            return True
        case "error:overloaded", Rejected(kind="overloaded"):
            return True
        case "error:rate_limited", Rejected(kind="rate_limit"):
            return True
        case "error:malformed_event", Undecodable(kind="malformed_event"):
            return True
        case "error:unexpected_content_type", Undecodable(kind="html"):
            return True
        case "error:empty_stream", Undecodable(kind="empty_stream"):
            return True
        case _:
            return False


def content(payloads: Iterable[str]) -> str:
    """The answer in the payloads that a lenient reader sees."""
    whole = [payload for payload in payloads if payload.startswith("{")]
    return "".join([msgspec.json.decode(payload, type=Chunk).words for payload in whole])


def check(vector: Vector, expected: Lenient, reading: Reading) -> None:
    """Holds a decoded vector against what is expected of it, as far as the vector says."""
    if isinstance(reading.end, Failed):
        assert is_expected_error(expected.end, reading.end.error), (vector.id, reading.end)
        check_report(vector, expected, reading.end.error)
    else:
        assert expected.end in {"done", "eof_after_terminal_event"}, (vector.id, reading.end)
    answer = reading.answer
    if expected.events is not None:
        assert answer.text == content(event.data for event in expected.events), vector.id
    items = expected.ndjson or expected.json_array_items
    if items:
        assert answer.text == content(items), vector.id
    if expected.text is not None:
        assert answer.text == expected.text, vector.id
    if expected.finish is not None or expected.finish_reason is not None:
        assert answer.finish == (expected.finish or expected.finish_reason), vector.id
    if expected.usage is not None:
        assert (answer.usage.input, answer.usage.output) == (expected.usage.input, expected.usage.output), vector.id
    if expected.assembled_arguments is not None:
        assert [call.arguments for call in answer.tool_calls] == [expected.assembled_arguments], vector.id


def check_report(vector: Vector, expected: Lenient, error: MixError) -> None:
    if expected.error is not None:
        assert isinstance(error, Rejected)
        assert (expected.error.code, expected.error.status, error.kind) == (503, error.code, "overloaded"), vector.id
    if expected.retry_after_s is not None:
        assert isinstance(error, Rejected)
        assert error.retry_after == expected.retry_after_s, vector.id


def test_a_decoder_makes_of_them_what_a_client_must(vectors: tuple[Vector, ...]) -> None:
    ran, others = 0, set(OTHER_DIALECTS)
    for vector in vectors:
        expected, dialect = vector.llm_expected, OTHER_DIALECTS.get(vector.id, "openai-chat")
        others.discard(vector.id)
        if expected is not None and expected.end == PENDING:
            assert expected.events is not None
            assert pending(vector.body) == tuple(event.data for event in expected.events), vector.id
            ran += 1
        elif expected is not None:
            for cut in CUTS.values():
                check(vector, expected, read(cut(vector.body, vector.id), dialect=dialect))
            for at in range(1, vector.input_len):
                check(vector, expected, read((vector.body[:at], vector.body[at:]), dialect=dialect))
            ran += 1
    assert others == set()
    assert ran == sum(vector.llm_expected is not None for vector in vectors)


def has_ended(body: bytes) -> bool:
    """Whether the reply is over before its input ends."""
    reader = decoder("openai-chat")
    reader.feed(body)
    return reader.ended


def test_only_done_ends_a_reply_before_its_input_does(vectors: tuple[Vector, ...]) -> None:
    ends = {vector.id: vector.llm_expected.end for vector in vectors if vector.llm_expected}
    finished = {name for name, end in ends.items() if end in {"done", "eof_after_terminal_event"}}
    early = {vector.id: has_ended(vector.body) for vector in vectors if vector.id in finished - OTHER_DIALECTS.keys()}
    assert early == {name: ends[name] == "done" and name not in UNENDED for name in early}
    assert early.keys() > UNENDED
