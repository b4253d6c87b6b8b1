"""How things look: banner and statistics byte for byte, errors, bills, requests."""

from decimal import Decimal
from typing import Final

import pytest
from msgspec.structs import replace

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.content import Citation, Text
from modelmix.ast.model import Pricing
from modelmix.ast.options import Options
from modelmix.ast.response import Cost, CostItem, FinishReason, Response, Timing, Unpriced
from modelmix.ast.usage import Usage
from modelmix.cli import render
from modelmix.cost import halves, price
from modelmix.worst import Worst
from unit.making import KEY, call, target

FAMILY: Final = "👨‍👩‍👧"
BANNERS = {
    # spec, prompt: the lines
    "as documented": ("openai:gpt-4o", "What is 2+2?", 'openai:gpt-4o → "What is 2+2?"\n\n'),
    "50 characters": ("a:b", "x" * 50, f'a:b → "{"x" * 50}"\n\n'),
    "51 characters": ("a:b", "x" * 51, f'a:b → "{"x" * 50}..."\n\n'),
    "50 families": ("a:b", FAMILY * 50, f'a:b → "{FAMILY * 50}"\n\n'),
    "51 families": ("a:b", FAMILY * 51, f'a:b → "{FAMILY * 50}..."\n\n'),
    "several lines": ("a:b", "one\ntwo\r\n\tthree", 'a:b → "one two three"\n\n'),
    "a very long prompt": ("a:b", "word " * 10_000, f'a:b → "{"word " * 10}..."\n\n'),
    "a prompt that acts": ("a:b", "\x1b[2J\u202ehi", 'a:b → "␛[2J\N{REPLACEMENT CHARACTER}hi"\n\n'),
    "a spec that acts": ("a:\x1bb", "hi", 'a:␛b → "hi"\n\n'),
    "quotes": ("a:b", 'say "hi"', 'a:b → "say "hi""\n\n'),
}


@pytest.mark.parametrize(("spec", "prompt", "expected"), BANNERS.values(), ids=BANNERS)
def test_the_banner(spec: str, prompt: str, expected: str) -> None:
    assert render.banner(spec, prompt) == expected


def test_the_banner_of_an_object() -> None:
    prompt = "Create a user profile for John Smith, age 30"
    assert render.object_banner("openai:gpt-4o-mini", prompt) == (
        "Generating object from openai:gpt-4o-mini\nPrompt: Create a user profile for John Smith, age 30\n\n"
    )


GPT_4O: Final = Pricing(input=Decimal("2.5"), output=Decimal(10))


def spent(seconds: float | None, usage: Usage, pricing: Pricing | None = None) -> Response:
    cost, unpriced = halves(price(usage, pricing))
    return Response(timing=Timing(total=seconds), usage=usage, cost=cost, unpriced=unpriced)


STATS = {
    "as documented": (spent(0.25, Usage(input=15, output=3), GPT_4O), "250ms • 15→3 tokens • ~$0.000068"),
    "with reasoning": (
        spent(0.25, Usage(input=15, output=3, reasoning=120)),
        "250ms • 15→3 tokens (120 reasoning)",
    ),
    "no reasoning is not told": (spent(0.25, Usage(input=15, output=3, reasoning=0)), "250ms • 15→3 tokens"),
    "no price known": (spent(0.25, Usage(input=15, output=3)), "250ms • 15→3 tokens"),
    "a free model": (
        spent(0.25, Usage(input=15, output=3), Pricing(input=Decimal(0), output=Decimal(0))),
        "250ms • 15→3 tokens • ~$0.000000",
    ),
    "no tokens": (spent(0.25, Usage(input=0, output=0)), "250ms • 0→0 tokens"),
    "a long time": (spent(83.4567, Usage(input=1, output=1)), "83457ms • 1→1 tokens"),
    "a short time": (spent(0.0004, Usage(input=1, output=1)), "0ms • 1→1 tokens"),
    "half a millisecond goes to the even one": (spent(0.0025, Usage(input=1, output=1)), "2ms • 1→1 tokens"),
    "many tokens": (
        spent(1.0, Usage(input=1_234_567, output=89_012), GPT_4O),
        "1000ms • 1234567→89012 tokens • ~$3.976538",
    ),
}


@pytest.mark.parametrize(("response", "expected"), STATS.values(), ids=STATS)
def test_the_line_of_statistics(response: Response, expected: str) -> None:
    assert render.stats(response) == expected


AMOUNTS = {
    "0.0000675": "0.000068",
    "0.0000665": "0.000066",
    "0.0000005": "0.000000",
    "0.0000015": "0.000002",
    "0.00000149": "0.000001",
    "0": "0.000000",
    "12.5": "12.500000",
    "1E+3": "1000.000000",
    "1E-9": "0.000000",
    "123456789.1234565": "123456789.123456",
}


@pytest.mark.parametrize(("amount", "expected"), AMOUNTS.items(), ids=AMOUNTS)
def test_dollars_have_six_decimals_half_to_even(amount: str, expected: str) -> None:
    assert render.dollars(Decimal(amount)) == expected


ADAPTED = {
    "nothing": ((), ""),
    "dropped": (
        (Adaptation(field="temperature", action="dropped", why="it refuses it"),),
        "  temperature: dropped (it refuses it)\n",
    ),
    "renamed": (
        (Adaptation(field="seed", action="renamed", into="random_seed", why="so it is called"),),
        "  seed: renamed to random_seed (so it is called)\n",
    ),
    "two": (
        (Adaptation(field="a", action="dropped", why="x"), Adaptation(field="b", action="added", into="\x1b", why="y")),
        "  a: dropped (x)\n  b: added to ␛ (y)\n",
    ),
}


@pytest.mark.parametrize(("changes", "expected"), ADAPTED.values(), ids=ADAPTED)
def test_adaptations_have_a_line_each(changes: tuple[Adaptation, ...], expected: str) -> None:
    assert render.adaptations(changes) == expected


WORST = {
    "all known": (
        Worst(input=100, output=50, cost=Decimal("0.00075")),
        "Worst case: $0.000750 (at most 100→50 tokens)\n",
    ),
    "rounded up, since it is a bound": (
        Worst(input=1, output=1, cost=Decimal("0.0000001")),
        "Worst case: $0.000001 (at most 1→1 tokens)\n",
    ),
    "no price": (
        Worst(input=100, output=50, cost=None, why=Unpriced(why="no_price", what="output")),
        "Worst case: unknown, as the catalogue has no price for the output of the model (at most 100→50 tokens)\n",
    ),
    "no limit": (
        Worst(input=100, output=None, cost=None, why=Unpriced(why="no_limit")),
        "Worst case: unknown, as nothing bounds how long the answer may be (at most 100→unknown tokens)\n",
    ),
    "nothing known": (
        Worst(input=None, output=None, cost=None, why=Unpriced(why="unlisted")),
        "Worst case: unknown, as the catalogue does not list the model (at most unknown→unknown tokens)\n",
    ),
    "a strange option": (
        Worst(input=1, output=1, cost=None, why=Unpriced(why="option", what="\x1b[2J")),
        "Worst case: unknown, as `␛[2J` may change what is billed (at most 1→1 tokens)\n",
    ),
}


@pytest.mark.parametrize(("bound", "expected"), WORST.values(), ids=WORST)
def test_the_worst_case(bound: Worst, expected: str) -> None:
    assert render.worst(bound) == expected


def test_details_tell_everything_that_is_known() -> None:
    response = Response(
        usage=Usage(input=15, output=30),
        cost=Cost((CostItem(name="input", tokens=15, rate=Decimal("2.5"), amount=Decimal("0.0000375")),)),
        model="gpt-4o-2024-08-06",
        request_id="req_1\x1b",
        timing=Timing(headers=0.1, first_token=0.2, total=1.2),
        attempts=2,
        adaptations=(Adaptation(field="a", action="dropped", why="x"),),
    )
    assert render.details(response).splitlines() == [
        "  a: dropped (x)",
        "  headers: 100ms",
        "  first token: 200ms",
        "  total: 1200ms",
        "  tokens/s: 30.0",
        "  input: 15 × $2.5/M = $0.000038",
        "  model: gpt-4o-2024-08-06",
        "  request id: req_1␛",
        "  attempts: 2",
    ]


def test_details_leave_out_what_is_not_known() -> None:
    assert render.details(Response()) == "  attempts: 1\n"
    assert "tokens/s" not in render.details(Response(usage=Usage(output=5), timing=Timing(first_token=1.0, total=1.0)))


BILLS: dict[str, tuple[Response, list[str]]] = {
    "every kind of line, exact rates and rounded amounts": (
        Response(
            cost=Cost(
                (
                    CostItem(name="cache_read", tokens=5, rate=Decimal("0.1"), amount=Decimal("0.0000005")),
                    CostItem(name="input", tokens=15, rate=Decimal("2.50"), amount=Decimal("0.0000375")),
                )
            )
        ),
        ["cache_read: 5 × $0.1/M = $0.000000", "input: 15 × $2.50/M = $0.000038"],
    ),
    "a free model": (
        Response(cost=Cost((CostItem(name="input", tokens=5, rate=Decimal(0), amount=Decimal(0)),))),
        ["input: 5 × $0/M = $0.000000"],
    ),
    "no tokens told": (
        Response(unpriced=Unpriced(why="no_usage", what="output")),
        ["cost: unknown, as the provider did not say how many tokens of output there were"],
    ),
    "not listed": (
        Response(unpriced=Unpriced(why="unlisted")),
        ["cost: unknown, as the catalogue does not list the model"],
    ),
    "nobody has reckoned": (Response(), []),
}


@pytest.mark.parametrize(("response", "expected"), BILLS.values(), ids=BILLS)
def test_a_bill_has_a_line_an_item_or_its_reason(response: Response, expected: list[str]) -> None:
    assert render.bill_lines(response) == expected


ENVELOPES = {
    "a cost": (
        spent(0.25, Usage(input=15, output=3), GPT_4O),
        (
            '"cost":0.000068,"cost_items":[{"name":"input","tokens":15,"rate":2.5,"amount":0.0000375},'
            '{"name":"output","tokens":3,"rate":10,"amount":0.000030}]'
        ),
    ),
    "no price known": (spent(0.25, Usage(input=15, output=3)), '"cost":null,"unpriced":{"why":"unlisted"}'),
    "no usage": (spent(0.25, Usage(), GPT_4O), '"cost":null,"unpriced":{"why":"no_usage","what":"input"}'),
}


@pytest.mark.parametrize(("response", "expected"), ENVELOPES.values(), ids=ENVELOPES)
def test_an_envelope_holds_the_bill_or_why_there_is_none(response: Response, expected: str) -> None:
    assert f",{expected}," in render.envelope(response, text="x")


NOTICES: dict[str, tuple[FinishReason, str | None, str]] = {
    "it stopped": ("stop", "stop", ""),
    "it calls": ("tool_calls", "tool_calls", ""),
    "it was cut": ("length", "length", "Note: the answer was cut off by the limit on output\n"),
    "it was filtered": ("content_filter", "content_filter", "Note: a content filter stopped the answer\n"),
    "another word": ("other", "eos\x1b", "Note: the answer ended with 'eos␛'\n"),
    "no word": ("unknown", None, ""),
}


@pytest.mark.parametrize(("finish", "raw", "expected"), NOTICES.values(), ids=NOTICES)
def test_an_end_that_is_not_a_plain_one_is_noted(finish: FinishReason, raw: str | None, expected: str) -> None:
    assert render.notice(Response(finish=finish, raw_finish=raw)) == expected


def test_sources_are_numbered_and_safe() -> None:
    response = Response(parts=(Text("x"), Citation("https://a.example"), Citation("https://b.example/\x1b[2J")))
    assert render.sources(response) == "Sources:\n  [1] https://a.example\n  [2] https://b.example/␛[2J\n"
    assert render.sources(Response()) == ""


def test_a_request_is_shown_as_it_goes_with_its_key_hidden() -> None:
    shown = render.request(call(target(), stream=False, options=Options(temperature=0.5)))
    assert shown == (
        "POST https://api.openai.com/v1/chat/completions\n"
        "content-type: application/json\n"
        "accept: application/json\n"
        "authorization: Bearer ***\n"
        "\n"
        "{\n"
        '  "model": "gpt-4o",\n'
        '  "messages": [\n'
        "    {\n"
        '      "role": "user",\n'
        '      "content": "Hello."\n'
        "    }\n"
        "  ],\n"
        '  "stream": false,\n'
        '  "temperature": 0.5\n'
        "}\n"
    )
    assert KEY not in shown


def test_an_object_is_shown_as_documented() -> None:
    assert render.pretty({"name": "John Smith", "age": 30, "tags": ["ä"]}) == (
        '{\n  "name": "John Smith",\n  "age": 30,\n  "tags": [\n    "ä"\n  ]\n}'
    )


def test_what_is_unknown_costs_no_zero() -> None:
    assert "$" not in render.stats(replace(Response(), usage=Usage(input=1, output=1)))
