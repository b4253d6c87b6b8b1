"""The border between Python and Rust: what it takes, what it refuses, and that both sides know the same words."""

import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Final, cast, get_args

import pytest

from modelmix import _native
from modelmix.ast.event import (
    Cited,
    Event,
    Failed,
    Finished,
    OpaqueSeen,
    ReasoningDelta,
    RefusalDelta,
    Sealed,
    Started,
    TextDelta,
    ToolDelta,
    ToolStarted,
    UsageSeen,
)
from modelmix.ast.response import FinishReason
from modelmix.decode import DIALECTS, Bounds, DialectName, Tags, decoder, events
from modelmix.errors import SentError, TooLarge, Truncated, Undecodable
from stream.feeding import read

CHUNK: Final = b'data: {"id":"1","model":"m","choices":[{"delta":{"content":"hi"}}]}\n\n'
END: Final = b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'

CORE: Final = Path(__file__).parents[2] / "rust" / "core" / "src"


NOT_BYTES: Final = (bytearray(CHUNK), memoryview(CHUNK), CHUNK.decode(), None, [CHUNK])


@pytest.mark.parametrize("chunk", NOT_BYTES)
def test_chunks_are_bytes_and_nothing_else(chunk: object) -> None:
    for take in (decoder("openai-chat").feed, decoder("openai-chat").absorb, _native.SseReader().feed):
        with pytest.raises(TypeError):
            take(cast("bytes", chunk))


def test_an_unknown_dialect_or_tag_is_a_mistake_in_the_program() -> None:
    with pytest.raises(ValueError, match="unknown dialect `openai`"):
        decoder(cast("DialectName", "openai"))
    with pytest.raises(ValueError, match="unknown tags `xml`"):
        decoder("openai-chat", tags=cast("Tags", "xml"))


def test_both_sides_know_the_same_dialects_and_tags() -> None:
    assert tuple(_native.dialects()) == DIALECTS == get_args(DialectName)
    for tags in get_args(Tags):
        assert not decoder("openai-chat", tags=tags).ended


def words(source: str, start: str) -> set[str]:
    """The words that a `name` function in a Rust source gives."""
    text = (CORE / source).read_text("utf-8").split(start, 1)[1]
    return set(re.findall(r'Self::\w+ => "(\w+)"', text.split("\n    }\n", 1)[0]))


def test_both_sides_know_the_same_words() -> None:
    assert words("event.rs", "impl Finish") == set(get_args(FinishReason))
    bounds = TooLarge.__annotations__["bound"]
    assert words("fault.rs", "impl Bound") == set(get_args(bounds))
    kinds = set(get_args(Undecodable.__annotations__["kind"]))
    assert words("fault.rs", "impl Foreign") == kinds - {"malformed_event", "empty_stream"}


FINISHES: Final[dict[str, FinishReason]] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "content_filter": "content_filter",
    "error": "error",
    "": "unknown",
    "something_new": "other",
}


@pytest.mark.parametrize(("word", "reason"), FINISHES.items())
def test_a_finish_reason_arrives_as_our_word(word: str, reason: FinishReason) -> None:
    chunk = b'data: {"choices":[{"delta":{},"finish_reason":"%s"}]}\n\ndata: [DONE]\n\n' % word.encode()
    assert read([chunk]).end == Finished(reason, word or None)


FAULTS: Final[dict[str, tuple[bytes, SentError]]] = {
    "cut": (CHUNK, Truncated(phase="mid_stream")),
    "cut, with last words": (CHUNK + b"bye\n", Truncated(stray="bye", phase="mid_stream")),
    "empty": (b"", Undecodable(kind="empty_stream")),
    "a page": (b"<html>", Undecodable(kind="html", preview="<html>")),
    "text": (b"no such path", Undecodable(kind="not_json", preview="no such path")),
    "another document": (b'{"ok":true}', Undecodable(kind="not_a_reply", preview='{"ok":true}')),
    "not JSON": (
        CHUNK + b'data: {"a":}\n\n',
        Undecodable(kind="malformed_event", preview='{"a":}', phase="mid_stream"),
    ),
}


@pytest.mark.parametrize(("body", "error"), FAULTS.values(), ids=FAULTS)
def test_a_fault_arrives_as_our_error(body: bytes, error: SentError) -> None:
    assert read([body]).end == Failed(error)


EVERYTHING: Final = b"""\
data: {"id":"1","model":"m","choices":[{"delta":{"reasoning_details":[{"text":"r","index":0}],"content":"t","refusal":\
"no","tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}],"images":[{"type":"image_url"}],\
"annotations":[{"url":"https://a.example"}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1}}

"""


def test_events_are_made_of_our_types() -> None:
    made = {type(event) for event in events([EVERYTHING], dialect="openai-chat")}
    assert made | {Failed} == set(get_args(Event))
    assert made == {
        *(Started, TextDelta, ReasoningDelta, RefusalDelta, ToolStarted, ToolDelta),
        *(Sealed, Cited, OpaqueSeen, UsageSeen, Finished),
    }


def test_a_decoder_tells_where_it_stands() -> None:
    reader = decoder("openai-chat")
    stands = [(reader.spoken, reader.complete, reader.ended, reader.tally)]
    for chunk in (b": hi\n\n", CHUNK, END, b"data: [DONE]\n\n", CHUNK):
        reader.feed(chunk)
        stands.append((reader.spoken, reader.complete, reader.ended, reader.tally))
    sizes = (0, 6, 6 + len(CHUNK), 6 + len(CHUNK + END), 20 + len(CHUNK + END), 20 + len(CHUNK + END + CHUNK))
    assert stands == [
        (False, False, False, (sizes[0], 0, 0)),
        (False, False, False, (sizes[1], 0, 0)),
        (True, False, False, (sizes[2], 1, 2)),
        (True, True, False, (sizes[3], 2, 2)),
        (True, True, True, (sizes[4], 2, 3)),
        (True, True, True, (sizes[5], 2, 3)),
    ]


def test_nothing_comes_after_the_end() -> None:
    reader = decoder("openai-chat")
    assert reader.feed(CHUNK + b"data: [DONE]\n\n" + CHUNK)[-1] == Finished("unknown")
    assert reader.feed(CHUNK) == []
    assert reader.finish() == []
    assert reader.finish() == []
    assert reader.terminal() == Finished("unknown")


def test_absorbing_is_feeding_without_events() -> None:
    fed, absorbed = decoder("openai-chat"), decoder("openai-chat")
    assert [absorbed.absorb(chunk) for chunk in (CHUNK, END, b"data: [DONE]\n\n")] == [False, False, True]
    fed.feed(CHUNK + END + b"data: [DONE]\n\n")
    assert absorbed.answer() == fed.answer()
    assert absorbed.terminal() == fed.terminal() == Finished("stop", "stop")


def test_without_folding_there_is_no_answer() -> None:
    reader = decoder("openai-chat", fold=False)
    assert reader.feed(CHUNK + END) == [Started("1", "m"), TextDelta(0, "hi")]
    assert reader.finish() == [Finished("stop", "stop")]
    assert reader.answer() is None
    assert reader.terminal() is None


LARGE: Final = b'data: {"choices":[{"delta":{"content":"' + b"\\n" * (8 << 20) + b'"}}]}\n\n'


def test_a_second_call_at_the_same_time_is_refused() -> None:
    reader = decoder("openai-chat", bounds=Bounds(event=1 << 30))
    refused, done = threading.Event(), threading.Event()

    def intrude() -> None:
        while not done.is_set() and not refused.is_set():
            try:
                reader.feed(b"")
            except RuntimeError:
                refused.set()

    intruder = threading.Thread(target=intrude, daemon=True)
    intruder.start()
    end = monotonic() + 10
    while not refused.is_set() and monotonic() < end:
        try:
            reader.absorb(LARGE)
        except RuntimeError:
            refused.set()
    done.set()
    intruder.join(10)
    assert refused.is_set()


@pytest.fixture
def patient_threads() -> Iterator[None]:
    """Nobody is asked to let go of the interpreter: whoever runs, was let."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(60)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("patient_threads")
def test_other_threads_run_while_a_large_chunk_is_read() -> None:
    steps, begun, done = [0], threading.Event(), threading.Event()

    def count() -> None:
        while not done.is_set():
            steps[0] += 1
            begun.set()
            sleep(0)

    other = threading.Thread(target=count, daemon=True)
    other.start()
    assert begun.wait(10)
    before = steps[0]
    decoder("openai-chat", bounds=Bounds(event=1 << 30)).absorb(LARGE)
    during = steps[0] - before
    done.set()
    other.join(10)
    assert during > 0
