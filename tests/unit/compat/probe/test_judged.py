"""What verdicts say of abilities."""

import pytest

from modelmix.compat.probe.judged import capabilities, is_usable
from modelmix.compat.scenario import Flaw
from modelmix.compat.verdict import Verdict
from modelmix.errors import MixError, Rejected


def passed(name: str) -> Verdict:
    return Verdict(scenario=name, status="pass")


def failed(name: str, about: str, error: MixError | None = None) -> Verdict:
    return Verdict(scenario=name, status="fail", flaws=(Flaw(about=about, expected="", came=""),), error=error)


def untested(name: str) -> Verdict:
    return Verdict(scenario=name, status="untested", reason="no room")


REFUSED = Rejected(kind="invalid", message="no tools")
STATES: dict[str, tuple[list[Verdict], str, str]] = {
    "all pass": ([passed("tool_multi"), passed("tool_none")], "tools", "holds"),
    "some pass": ([passed("tool_multi"), failed("tool_none", "tool calls")], "tools", "unclear"),
    "the model calls nothing": ([failed("tool_multi", "tool calls")], "tools", "unclear"),
    "the server refuses tools": ([failed("tool_multi", "answer", REFUSED)], "tools", "does not hold"),
    "a call without an id": ([failed("tool_multi", "call id")], "tools", "does not hold"),
    "the values of an object": ([failed("object_basic", "object")], "structured output", "unclear"),
    "no usage": ([failed("usage", "usage.input")], "usage", "does not hold"),
    "a wrong sum": ([failed("reasoning", "text")], "reasoning", "unclear"),
    "no reasoning": ([failed("reasoning", "reasoning")], "reasoning", "does not hold"),
    "nothing was asked": ([untested("embed_basic")], "embeddings", "unclear"),
}


@pytest.mark.parametrize(("verdicts", "name", "state"), STATES.values(), ids=STATES)
def test_states(verdicts: list[Verdict], name: str, state: str) -> None:
    found = capabilities({verdict.scenario: verdict for verdict in verdicts})
    assert [(each.name, each.state) for each in found] == [(name, state)]


USABLE: dict[str, tuple[list[Verdict], bool]] = {
    "both": ([passed("basic"), passed("streaming"), failed("usage", "usage.input")], True),
    "no stream": ([passed("basic"), failed("streaming", "events")], False),
    "not asked": ([passed("basic"), untested("streaming")], False),
    "others only": ([passed("usage")], True),
    "others that fail": ([failed("usage", "usage.input")], False),
    "nothing": ([], False),
}


@pytest.mark.parametrize(("verdicts", "expected"), USABLE.values(), ids=USABLE)
def test_plain_and_streamed_answers_decide(verdicts: list[Verdict], expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_usable({verdict.scenario: verdict for verdict in verdicts}) is expected
