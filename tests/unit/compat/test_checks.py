"""Each scenario holds for a good answer, and each of its assertions fails when it should."""

from array import array
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest
from msgspec.structs import replace

from modelmix.ast.content import JsonText, Reasoning, Text, ToolCall
from modelmix.ast.embedding import Embeddings
from modelmix.ast.event import Event, Finished, Started, TextDelta, UsageSeen
from modelmix.ast.message import assistant
from modelmix.ast.model import Capabilities, Model, Pricing, Tier
from modelmix.ast.response import Cost, CostItem, Response
from modelmix.ast.toolrun import Round, ToolError, ToolRun
from modelmix.ast.usage import Usage
from modelmix.compat.checks import bill
from modelmix.compat.scenario import Answered, Ask, Embed, Loop, Made, Make, ruled_out
from modelmix.compat.scenarios import ADA, SCENARIOS
from modelmix.cost import halves, price
from unit.making import call, target

USAGE: Final = Usage(input=10, output=5, total=15)
PRICED: Final = Model(
    provider="openai", id="gpt-4o", pricing=Pricing(input=Decimal("2.5"), output=Decimal(10), cache_read=Decimal(1))
)
# 10 tokens at 2.5 dollars a million, and 5 at 10.
COST: Final = Cost(
    (
        CostItem(name="input", tokens=10, rate=Decimal("2.5"), amount=Decimal("0.000025")),
        CostItem(name="output", tokens=5, rate=Decimal(10), amount=Decimal("0.00005")),
    )
)
HELLO: Final = Response(
    parts=(Text("hello"),),
    finish="stop",
    raw_finish="stop",
    usage=USAGE,
    cost=COST,
    id="chatcmpl-1",
    model="gpt-4o-2024-08-06",
)
PLAIN: Final = Answered(call=call(target(entry=PRICED)), response=HELLO)
CALL: Final = ToolCall(id="call_1", name="get_weather", arguments=JsonText('{"city":"Oslo"}'))


def answered(**changes: object) -> Answered:
    """The good answer with some of it changed."""
    return replace(PLAIN, response=replace(HELLO, **changes))


BODY: Final = (
    b'data: {"id":"chatcmpl-1","model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"content":"hel"}}]}\n\n'
    b'data: {"id":"chatcmpl-1","model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"content":"lo"},'
    b'"finish_reason":"stop"}]}\n\n'
    b'data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}\n\ndata: [DONE]\n\n'
)
EVENTS: Final[tuple[Event, ...]] = (
    Started("chatcmpl-1", "gpt-4o-2024-08-06"),
    TextDelta(0, "hel"),
    TextDelta(0, "lo"),
    UsageSeen(USAGE),
    Finished("stop", "stop"),
)
STREAM: Final = replace(PLAIN, events=EVENTS, body=BODY)
LIMITED: Final = replace(
    PLAIN,
    call=replace(PLAIN.call, max_tokens=32),
    response=replace(HELLO, finish="length", usage=Usage(input=10, output=32)),
)


def limited(**changes: object) -> Answered:
    return replace(LIMITED, response=replace(LIMITED.response, **changes))


CALLED: Final = answered(parts=(CALL,), finish="tool_calls")
THOUGHT: Final = answered(parts=(Reasoning("17 * 20 + 51"), Text("It is 391.")))

FACTS: Final = ("parts", "finish", "raw_finish", "usage", "id", "model")

# Scenario, what came, and what the flaws are about.
ANSWERS: Final = {
    "basic: good": ("basic", PLAIN, ()),
    "basic: no text": ("basic", answered(parts=()), ("text",)),
    "basic: blank": ("basic", answered(parts=(Text(" \n"),)), ("text",)),
    "basic: cut": ("basic", answered(finish="length"), ("finish",)),
    "basic: no id": ("basic", answered(id=None), ("id",)),
    "basic: nameless": ("basic", answered(model=None), ("model",)),
    "basic: another model": ("basic", answered(model="claude-3"), ("model",)),
    "basic: a vendor before the name": ("basic", answered(model="openai/gpt-4o"), ()),
    "streaming: good": ("streaming", STREAM, ()),
    "streaming: two ends": ("streaming", replace(STREAM, events=(*EVENTS, EVENTS[-1])), ("events",)),
    "streaming: an end too early": (
        "streaming",
        replace(STREAM, events=(*EVENTS[:3], EVENTS[4], EVENTS[3])),
        ("events", "the folded events: usage"),
    ),
    "streaming: two beginnings": ("streaming", replace(STREAM, events=(EVENTS[0], *EVENTS)), ("events",)),
    "streaming: a lost piece": (
        "streaming",
        replace(STREAM, events=(*EVENTS[:2], *EVENTS[3:])),
        ("the folded events: parts",),
    ),
    "streaming: other bytes": (
        "streaming",
        replace(STREAM, body=BODY.replace(b'"lo"', b'"lp"')),
        ("the same bytes read without events: parts",),
    ),
    "streaming: bytes that end too early": (
        "streaming",
        replace(STREAM, body=BODY[:110]),
        tuple([f"the same bytes read without events: {name}" for name in FACTS]),
    ),
    "token_limit: at the limit": ("token_limit", LIMITED, ()),
    "token_limit: whole and short": ("token_limit", limited(finish="stop", usage=Usage(input=10, output=3)), ()),
    "token_limit: too much": ("token_limit", limited(usage=Usage(input=10, output=33)), ("usage.output",)),
    "token_limit: another end": ("token_limit", limited(finish="unknown"), ("finish",)),
    "token_limit: whole, but empty": (
        "token_limit",
        limited(finish="stop", parts=(), usage=Usage(input=10, output=3)),
        ("text",),
    ),
    "token_limit: too many words, uncounted": (
        "token_limit",
        limited(parts=(Text("one " * 33),), usage=Usage()),
        ("output",),
    ),
    "usage: good": ("usage", PLAIN, ()),
    "usage: no counts": ("usage", answered(usage=Usage(), cost=None), ("usage.input", "usage.output")),
    "usage: zero": ("usage", answered(usage=Usage(input=0, output=5), cost=None), ("usage.input", "cost")),
    "usage: another total": ("usage", answered(usage=replace(USAGE, total=16)), ("usage.total",)),
    "usage: a part above its whole": (
        "usage",
        answered(usage=replace(USAGE, reasoning=6)),
        ("usage.reasoning",),
    ),
    "usage: a wrong bill": ("usage", answered(cost=Cost(COST.items[:1])), ("cost",)),
    "usage: no bill": ("usage", answered(cost=None), ("cost",)),
    "usage: a bill without a price": ("usage", replace(PLAIN, call=call(target())), ("cost",)),
    "tool_multi: good": ("tool_multi", CALLED, ()),
    "tool_multi: words": ("tool_multi", PLAIN, ("tool calls",)),
    "tool_multi: another tool": (
        "tool_multi",
        answered(parts=(replace(CALL, name="find_book"),), finish="tool_calls"),
        ("tool calls",),
    ),
    "tool_multi: twice": ("tool_multi", answered(parts=(CALL, CALL), finish="tool_calls"), ("tool calls",)),
    "tool_multi: arguments that do not fit": (
        "tool_multi",
        answered(parts=(replace(CALL, arguments=JsonText('{"town":"Oslo"}')),), finish="tool_calls"),
        ("arguments",),
    ),
    "tool_multi: another city": (
        "tool_multi",
        answered(parts=(replace(CALL, arguments=JsonText('{"city":"Rome"}')),), finish="tool_calls"),
        ("arguments",),
    ),
    "tool_multi: no id": (
        "tool_multi",
        answered(parts=(replace(CALL, id=""),), finish="tool_calls"),
        ("call id",),
    ),
    "tool_multi: another end": (
        "tool_multi",
        replace(CALLED, response=replace(CALLED.response, finish="stop")),
        ("finish",),
    ),
    "tool_none: good": ("tool_none", PLAIN, ()),
    "tool_none: a call": ("tool_none", CALLED, ("tool calls", "text", "finish")),
    "reasoning: seen": ("reasoning", THOUGHT, ()),
    "reasoning: counted": (
        "reasoning",
        answered(parts=(Text("391"),), usage=replace(USAGE, reasoning=3)),
        (),
    ),
    "reasoning: sealed": ("reasoning", answered(parts=(Reasoning(""), Text("391"))), ()),
    "reasoning: none": ("reasoning", answered(parts=(Text("391"),)), ("reasoning",)),
    "reasoning: wrong": ("reasoning", answered(parts=(Reasoning("so"), Text("390"))), ("text",)),
}


@pytest.mark.parametrize(("name", "came", "about"), ANSWERS.values(), ids=ANSWERS)
def test_answers(name: str, came: Answered, about: tuple[str, ...]) -> None:
    play = SCENARIOS[name].play
    assert isinstance(play, Ask)
    assert tuple(flaw.about for flaw in play.check(came)) == about


OBJECTS: Final = {
    "object_basic: good": ("object_basic", Made(value=ADA), ()),
    "object_basic: another": ("object_basic", Made(value=replace(ADA, age=37)), ("object",)),
    "object_basic: plain values": ("object_basic", Made(value={"name": "Ada Lovelace"}), ("object",)),
    "object_streaming: good": (
        "object_streaming",
        Made(value=ADA, partials=2, last={"name": "Ada Lovelace", "age": 36, "occupation": "mathematician"}),
        (),
    ),
    "object_streaming: never shown": ("object_streaming", Made(value=ADA), ("partial values",)),
    "object_streaming: shown by half": (
        "object_streaming",
        Made(value=ADA, partials=2, last={"name": "Ada Lovelace"}),
        ("the last partial value",),
    ),
}


@pytest.mark.parametrize(("name", "came", "about"), OBJECTS.values(), ids=OBJECTS)
def test_objects(name: str, came: Made, about: tuple[str, ...]) -> None:
    play = SCENARIOS[name].play
    assert isinstance(play, Make)
    assert tuple(flaw.about for flaw in play.check(came)) == about


TRACK: Final = ToolCall(id="call_1", name="track_order", arguments=JsonText('{"order":"881"}'))
LAST: Final = Response(parts=(Text("The code is 7413."),), finish="stop")
RUN: Final = ToolRun(
    response=LAST,
    messages=(assistant("The code is 7413."),),
    rounds=(Round(response=Response(parts=(TRACK,), finish="tool_calls")), Round(response=LAST)),
    usage=Usage(),
    cost=None,
)
RUNS: Final = {
    "good": (RUN, ()),
    "no call": (replace(RUN, rounds=RUN.rounds[1:]), ("tool calls",)),
    "two calls": (replace(RUN, rounds=(RUN.rounds[0], *RUN.rounds)), ("tool calls",)),
    "a fault": (replace(RUN, errors=(ToolError(kind="bad_arguments", call=TRACK, why="no"),)), ("tool result",)),
    "the result left out": (replace(RUN, response=replace(LAST, parts=(Text("Sent."),))), ("text",)),
    "cut": (replace(RUN, response=replace(LAST, finish="length")), ("finish",)),
}


@pytest.mark.parametrize(("came", "about"), RUNS.values(), ids=RUNS)
def test_round_trips(came: ToolRun, about: tuple[str, ...]) -> None:
    play = SCENARIOS["tool_round_trip"].play
    assert isinstance(play, Loop)
    assert tuple(flaw.about for flaw in play.check(came)) == about


def vectors(*rows: tuple[float, ...]) -> Embeddings:
    return Embeddings(vectors=tuple(array("f", row) for row in rows))


BATCH: Final = ((1.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
VECTORS: Final = {
    "embed_basic: good": ("embed_basic", vectors((0.5, 0.25)), ()),
    "embed_basic: none": ("embed_basic", vectors(), ("vectors", "dimensions")),
    "embed_basic: two": ("embed_basic", vectors((0.5, 0.25), (0.5, 0.25)), ("vectors",)),
    "embed_basic: one number": ("embed_basic", vectors((0.5,)), ("dimensions",)),
    "embed_basic: not a number": ("embed_basic", vectors((float("nan"), 1.0)), ("vector 0",)),
    "embed_basic: endless": ("embed_basic", vectors((float("inf"), 1.0)), ("vector 0",)),
    "embed_basic: zeros": ("embed_basic", vectors((0.0, 0.0)), ("vector 0",)),
    "embed_batch: good": ("embed_batch", vectors(*BATCH), ()),
    "embed_batch: one too few": ("embed_batch", vectors(*BATCH[:3]), ("vectors",)),
    "embed_batch: of two lengths": ("embed_batch", vectors(*BATCH[:3], (1.0, 1.0, 1.0)), ("dimensions",)),
    "embed_batch: in another order": ("embed_batch", vectors(BATCH[1], *BATCH[:3]), ("order",)),
    "embed_batch: all alike": ("embed_batch", vectors(*[(1.0, 0.0)] * 4), ("order",)),
}


@pytest.mark.parametrize(("name", "came", "about"), VECTORS.values(), ids=VECTORS)
def test_vectors(name: str, came: Embeddings, about: tuple[str, ...]) -> None:
    play = SCENARIOS[name].play
    assert isinstance(play, Embed)
    assert tuple(flaw.about for flaw in play.check(came)) == about


TIERED: Final = Pricing(
    input=Decimal(1),
    output=Decimal(2),
    tiers=(Tier(above=100, pricing=Pricing(input=Decimal(3))), Tier(above=200, pricing=Pricing(input=Decimal(5)))),
)
BILLS: Final = {
    "plain": (Usage(input=10, output=5), PRICED.pricing, Fraction(75, 1_000_000)),
    "from the cache": (Usage(input=10, output=5, cache_read=4), PRICED.pricing, Fraction(69, 1_000_000)),
    "a kind without its rate": (Usage(input=10, output=5, reasoning=4), PRICED.pricing, Fraction(75, 1_000_000)),
    "in the second tier": (Usage(input=150, output=1), TIERED, Fraction(452, 1_000_000)),
    "in the highest tier": (Usage(input=201, output=1), TIERED, Fraction(1007, 1_000_000)),
    "uncounted": (Usage(input=10), PRICED.pricing, None),
    "unpriced": (Usage(input=10, output=5), Pricing(input=Decimal(1)), None),
    "unknown": (Usage(input=10, output=5), None, None),
}


@pytest.mark.parametrize(("usage", "pricing", "expected"), BILLS.values(), ids=BILLS)
def test_bills(usage: Usage, pricing: Pricing | None, expected: Fraction | None) -> None:
    assert bill(usage, pricing) == expected
    paid, _ = halves(price(usage, pricing))
    assert (None if paid is None else Fraction(paid.total)) == expected


RULED: Final = {
    "nothing is known": ("tool_multi", Capabilities(), None),
    "it can": ("tool_multi", Capabilities(tools=True), None),
    "it cannot": ("tool_multi", Capabilities(tools=False), "the catalog says that it has no tools"),
    "one of two ways is left": ("object_basic", Capabilities(structured_output=False), None),
    "neither way": (
        "object_basic",
        Capabilities(structured_output=False, tools=False),
        "the catalog says that it has no structured output and no tools",
    ),
    "it does not think": ("reasoning", Capabilities(reasoning=False), "the catalog says that it has no reasoning"),
    "words need nothing": ("basic", Capabilities(tools=False, reasoning=False), None),
}


@pytest.mark.parametrize(("name", "capabilities", "reason"), RULED.values(), ids=RULED)
def test_what_is_ruled_out(name: str, capabilities: Capabilities, reason: str | None) -> None:
    model = Model(provider="openai", id="x", capabilities=capabilities)
    assert ruled_out(SCENARIOS[name], model) == reason
    assert ruled_out(SCENARIOS[name], None) is None
