"""Events that were kept fold into the response they make, the same one that the decoder folds itself."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given, strategies as st

from modelmix.accumulate import fold
from modelmix.ast.content import Citation, JsonText, Opaque, Reasoning, Refusal, Seal, Text, ToolCall
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
from modelmix.ast.response import Response
from modelmix.ast.usage import Usage
from modelmix.decode import decoder
from modelmix.errors import Dropped, Truncated

SEAL = Seal("openai-chat", "x")
END = Finished("stop", "stop")

FOLDS: dict[str, tuple[Sequence[Event], Response]] = {
    "nothing said": ((Started("id", "m"), END), Response(id="id", model="m", finish="stop", raw_finish="stop")),
    "text": (
        (TextDelta(0, "a"), TextDelta(0, "b"), END),
        Response(parts=(Text("ab"),), finish="stop", raw_finish="stop"),
    ),
    "parts in the order of their index": (
        (TextDelta(1, "b"), ReasoningDelta(0, "a"), TextDelta(1, "c"), END),
        Response(parts=(Reasoning("a"), Text("bc")), finish="stop", raw_finish="stop"),
    ),
    "a refusal": (
        (RefusalDelta(0, "n"), RefusalDelta(0, "o"), END),
        Response(parts=(Refusal("no"),), finish="stop", raw_finish="stop"),
    ),
    "a seal after its text": (
        (ReasoningDelta(0, "a"), Sealed(0, SEAL), END),
        Response(parts=(Reasoning("a", SEAL),), finish="stop", raw_finish="stop"),
    ),
    "a seal alone": ((Sealed(0, SEAL), END), Response(parts=(Reasoning("", SEAL),), finish="stop", raw_finish="stop")),
    "the last seal counts": (
        (TextDelta(0, "a"), Sealed(0, Seal("o", "1")), Sealed(0, SEAL), END),
        Response(parts=(Text("a", SEAL),), finish="stop", raw_finish="stop"),
    ),
    "two calls at a time": (
        (
            ToolStarted(0, "c1", "clock"),
            ToolStarted(1, "c2", "weather", minted=True),
            ToolDelta(1, '{"city":'),
            ToolDelta(0, "{}"),
            ToolDelta(1, '"Oslo"}'),
            Finished("tool_calls", "tool_calls"),
        ),
        Response(
            parts=(
                ToolCall(id="c1", name="clock", arguments=JsonText("{}")),
                ToolCall(id="c2", name="weather", arguments=JsonText('{"city":"Oslo"}'), minted=True),
            ),
            finish="tool_calls",
            raw_finish="tool_calls",
        ),
    ),
    "no arguments are an empty object": (
        (ToolStarted(0, "c1", "clock"), ToolDelta(0, " "), END),
        Response(parts=(ToolCall(id="c1", name="clock", arguments=JsonText("{}")),), finish="stop", raw_finish="stop"),
    ),
    "damaged arguments stay": (
        (ToolStarted(0, "c1", "clock"), ToolDelta(0, '{"a'), Finished("length", "length")),
        Response(
            parts=(ToolCall(id="c1", name="clock", arguments=JsonText('{"a')),), finish="length", raw_finish="length"
        ),
    ),
    "a source and a strange part": (
        (Cited(0, "https://a.example", "A"), OpaqueSeen(1, "o", "k", JsonText("{}")), END),
        Response(
            parts=(Citation("https://a.example", "A"), Opaque(owner="o", kind="k", json=JsonText("{}"))),
            finish="stop",
            raw_finish="stop",
        ),
    ),
    "the last usage counts": (
        (UsageSeen(Usage(input=1)), UsageSeen(Usage(input=2, output=3)), END),
        Response(usage=Usage(input=2, output=3), finish="stop", raw_finish="stop"),
    ),
    "what comes after the end does not count": (
        (TextDelta(0, "a"), END, TextDelta(0, "b")),
        Response(parts=(Text("a"),), finish="stop", raw_finish="stop"),
    ),
}


@pytest.mark.parametrize(("events", "expected"), FOLDS.values(), ids=FOLDS)
def test_events_fold_into_a_response(events: Sequence[Event], expected: Response) -> None:
    assert fold(events).unwrap() == expected


def test_a_failure_is_the_error_that_it_holds() -> None:
    error = Dropped(detail="reset", partial=Response(parts=(Text("a"),)))
    assert fold((TextDelta(0, "a"), Failed(error))).failure() == error


def test_events_without_an_end_are_a_truncated_reply() -> None:
    events = (Started("id", "m"), TextDelta(0, "a"), UsageSeen(Usage(input=1)))
    partial = Response(id="id", model="m", parts=(Text("a"),), usage=Usage(input=1))
    assert fold(events).failure() == Truncated(partial=partial)
    assert fold(()).failure() == Truncated(partial=Response())


FINISH = (
    b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'
    b'data: {"choices":[],"usage":{"prompt_tokens":1}}\n\n'
    b"data: [DONE]\n\n"
)


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """A reply of any deltas, finished as it should be."""
    chunks: list[object] = []
    for _ in range(draw(st.integers(0, 8))):
        name = draw(st.sampled_from(["content", "reasoning_content", "refusal", "tool_calls"]))
        text: object = draw(st.text(max_size=5))
        if name == "tool_calls":
            index = draw(st.integers(0, 2))
            text = [{"index": index, "id": f"c{index}", "function": {"name": "t", "arguments": text}}]
        chunks.append({"id": "r", "model": "m", "choices": [{"delta": {name: text}}]})
    return b"".join([b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks]) + FINISH


@given(stream=streams(), size=st.integers(1, 400), coalesce=st.booleans())
def test_the_fold_of_events_is_the_fold_of_the_decoder(stream: bytes, size: int, *, coalesce: bool) -> None:
    reader = decoder("openai-chat", coalesce=coalesce)
    events = [event for at in range(0, len(stream), size) for event in reader.feed(stream[at : at + size])]
    events += reader.finish()
    answer = reader.answer()
    assert answer is not None
    assert fold(events).unwrap() == answer
