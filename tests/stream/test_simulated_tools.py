"""Tool calls in every shape: told apart by index, by id, or by order, each with its own arguments."""

from typing import Final

import pytest

from modelmix.ast.content import AssistantPart, Reasoning, Text
from modelmix.errors import Truncated
from stream.simulated import Want, called, check, failed, finished, names


def calls(*parts: AssistantPart, raw: str | None = "tool_calls") -> Want:
    """A reply that waits for its calls."""
    return finished(*parts, finish="tool_calls", raw=raw)


HI: Final = Text("hi")
LOOK: Final = called("call_a", "look", '{"q": "é"}')
ONE: Final = called("call_a", "look", '{"q": 1}')
WAIT: Final = called("call_b", "wait", "{}")
CUT: Final = called("call_a", "look", '{"q": "a')

CASES: Final = {
    "tools/in pieces": calls(LOOK),
    "tools/whole": calls(LOOK, WAIT),
    "tools/by turns": calls(LOOK, WAIT),
    "tools/index 1 first": calls(WAIT, LOOK),
    "tools/index as text": calls(ONE),
    "tools/no index, the id on each": calls(ONE, WAIT),
    "tools/no index, the id on the first": calls(ONE, WAIT),
    "tools/no index, no id": calls(
        called("call_0", "look", '{"q": 1}', minted=True),
        called("call_1", "wait", "{}", minted=True),
        called("call_2", "wait", "{}", minted=True),
    ),
    "tools/no index, no id, the name on each": calls(
        called("call_0", "look", '{"q": 1}', minted=True), called("call_1", "look", '{"q": 2}', minted=True)
    ),
    "tools/index always 0": calls(LOOK, WAIT),
    "tools/index always 0, in pieces": calls(ONE, WAIT),
    "tools/id and name on each": calls(ONE),
    "tools/announced twice": calls(LOOK),
    "tools/id empty later": calls(ONE),
    "tools/id and name null later": calls(ONE),
    "tools/name after the arguments": calls(ONE),
    "tools/one id for two": calls(called("call", "look", '{"q": "é"}'), called("call", "wait", "{}")),
    "tools/without ids": calls(
        called("call_0", "look", "{}", minted=True), called("call_1", "wait", "{}", minted=True)
    ),
    "tools/arguments null": calls(called("call_a", "look", "{}")),
    "tools/arguments empty": calls(called("call_a", "look", "{}"), WAIT, called("call_c", "rest", "{}")),
    "tools/arguments an object": calls(called("call_a", "look", '{"q": [1, "é"]}')),
    "tools/arguments that are not JSON": finished(CUT, finish="length", raw="length"),
    "tools/arguments cut inside an escape": calls(called("call_a", "look", r'{"q": "\u00e9\n"}')),
    "tools/none": finished(HI),
    "tools/after text": calls(HI, LOOK),
    "tools/before text": calls(LOOK, HI),
    "tools/beside text": calls(Reasoning("so"), HI, LOOK),
    "tools/finish stop": calls(LOOK, raw="stop"),
    "tools/finish empty": calls(LOOK, raw=None),
    "tools/finish missing": calls(LOOK, raw=None),
    "tools/finish missing, arguments cut": finished(CUT, finish="unknown", raw=None),
    "tools/finish and [DONE] missing": failed(Truncated(phase="mid_stream"), LOOK),
    "tools/finish length": finished(LOOK, finish="length", raw="length"),
    "tools/in a body": calls(LOOK, WAIT),
    "tools/in a body without index": calls(
        called("call_0", "look", "{}", minted=True), called("call_1", "look", "{}", minted=True), raw="stop"
    ),
    "tools/legacy": calls(called("call_0", "look", '{"q": 1}', minted=True), raw="function_call"),
    "tools/legacy in a body": calls(called("call_0", "look", "{}", minted=True), raw="function_call"),
    "tools/legacy and empty": finished(HI),
}


@pytest.mark.parametrize(("name", "want"), CASES.items(), ids=CASES)
def test_tools(name: str, want: Want) -> None:
    check(name, want)


def test_no_reply_is_left_out() -> None:
    assert CASES.keys() == names("tools")
