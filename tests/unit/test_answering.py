"""Calls of the tool that is the answer, in a stream and in a whole response."""

from typing import Final

import pytest

from modelmix.accumulate import fold
from modelmix.answering import Answering, answered
from modelmix.ast.content import JsonText, Seal, Text, ToolCall
from modelmix.ast.event import Event, Failed, Finished, Sealed, Started, TextDelta, ToolDelta, ToolStarted
from modelmix.ast.response import Response
from modelmix.errors import Truncated

SEAL: Final = Seal("google-generate", "c2ln")
CASES: Final[dict[str, tuple[tuple[Event, ...], tuple[Event, ...]]]] = {
    "a call is the answer": (
        (
            Started("r"),
            ToolStarted(0, "c", "city"),
            ToolDelta(0, '{"a"'),
            ToolDelta(0, ":1}"),
            Finished("tool_calls", "tool_use"),
        ),
        (Started("r"), TextDelta(0, '{"a"'), TextDelta(0, ":1}"), Finished("stop", "tool_use")),
    ),
    "a call without arguments is an empty object": (
        (ToolStarted(0, "c", "city"), Finished("tool_calls")),
        (TextDelta(0, "{}"), Finished("stop")),
    ),
    "a finish that is none of a call stays": (
        (ToolStarted(0, "c", "city"), ToolDelta(0, '{"a'), Finished("length", "max_tokens")),
        (TextDelta(0, '{"a'), Finished("length", "max_tokens")),
    ),
    "another call stays a call": (
        (
            ToolStarted(0, "c", "clock"),
            ToolDelta(0, "{}"),
            ToolStarted(1, "d", "city"),
            ToolDelta(1, "1"),
            Finished("tool_calls"),
        ),
        (ToolStarted(0, "c", "clock"), ToolDelta(0, "{}"), TextDelta(1, "1"), Finished("tool_calls")),
    ),
    "an answer in words stays": (
        (TextDelta(0, "{}"), Finished("stop")),
        (TextDelta(0, "{}"), Finished("stop")),
    ),
    "a seal stays with its part": (
        (ToolStarted(0, "c", "city"), Sealed(0, SEAL), ToolDelta(0, "{}"), Finished("stop")),
        (Sealed(0, SEAL), TextDelta(0, "{}"), Finished("stop")),
    ),
    "a failure stays": (
        (ToolStarted(0, "c", "city"), ToolDelta(0, "{"), Failed(Truncated())),
        (TextDelta(0, "{"), Failed(Truncated())),
    ),
}


@pytest.mark.parametrize(("told", "expected"), CASES.values(), ids=CASES)
def test_the_calls_of_one_tool_are_text(told: tuple[Event, ...], expected: tuple[Event, ...]) -> None:
    assert tuple(Answering("city").events(told)) == expected
    one_by_one = Answering("city")
    assert tuple(event for each in told for event in one_by_one.events([each])) == expected


def test_a_whole_response_says_the_same_as_its_events() -> None:
    told = CASES["a call is the answer"][0]
    events = Answering("city").events(told)
    assert answered(fold(told).unwrap(), "city") == fold(events).unwrap()


def test_a_whole_response_without_the_call_stays() -> None:
    response = fold(CASES["an answer in words stays"][0]).unwrap()
    assert answered(response, "city") is response


def test_a_seal_goes_to_the_text() -> None:
    call = ToolCall(id="c", name="city", arguments=JsonText("{}"), seal=SEAL)
    whole = answered(Response(parts=(call,), finish="tool_calls"), "city")
    assert (whole.parts, whole.finish) == ((Text("{}", SEAL),), "stop")
