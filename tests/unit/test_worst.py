"""What a call may cost at most: no token is shorter than a byte, no answer longer than its limit."""

from decimal import Decimal

import pytest

from modelmix.ast.model import Limits, Model, Pricing
from modelmix.ast.options import Options
from modelmix.worst import Worst, worst_case
from unit.making import call, target

PRICING = Pricing(input=Decimal(1), output=Decimal(2))
BYTES = len(call(target(), stream=False).body)

CASES: dict[str, tuple[Model | None, int | None, int | None, int | None, str | None]] = {
    # entry, limit asked for: input, output, cost
    "the model's limit": (
        Model(provider="openai", id="gpt-4o", limits=Limits(output=1000), pricing=PRICING),
        None,
        None,
        1000,
        "0.002",
    ),
    "the limit asked for": (
        Model(provider="openai", id="gpt-4o", limits=Limits(output=1000), pricing=PRICING),
        10,
        None,
        10,
        "0.00002",
    ),
    "not more than the context": (
        Model(provider="openai", id="gpt-4o", limits=Limits(context=20, output=1000), pricing=PRICING),
        10,
        20,
        10,
        "0.00002",
    ),
    "no limit known": (Model(provider="openai", id="gpt-4o", pricing=PRICING), None, None, None, None),
    "no limit known, but one asked for": (
        Model(provider="openai", id="gpt-4o", pricing=PRICING),
        5,
        None,
        5,
        "0.00001",
    ),
    "no price known": (Model(provider="openai", id="gpt-4o", limits=Limits(output=7)), None, None, 7, None),
    "no model known": (None, 5, None, 5, None),
    "nothing known": (None, None, None, None, None),
}


@pytest.mark.parametrize(("entry", "asked", "tokens", "output", "beyond_input"), CASES.values(), ids=CASES)
def test_the_most_a_call_may_cost(
    entry: Model | None, asked: int | None, tokens: int | None, output: int | None, beyond_input: str | None
) -> None:
    made = call(target(entry=entry), stream=False, options=Options(max_tokens=asked))
    whole = len(made.body) if tokens is None else tokens
    cost = None if beyond_input is None else Decimal(beyond_input) + whole * Decimal(1) / 1_000_000
    assert worst_case(made) == Worst(input=whole, output=output, cost=cost)
