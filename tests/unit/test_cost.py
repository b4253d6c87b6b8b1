"""Money: exact, by the rates that hold, and None where anything is unknown."""

from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given, strategies as st

from modelmix.ast.model import Pricing, Tier
from modelmix.ast.response import Cost, CostItem
from modelmix.ast.usage import Usage
from modelmix.cost import price

GPT_4O: Final = Pricing(input=Decimal("2.5"), output=Decimal(10), cache_read=Decimal("1.25"))
EVERY_RATE: Final = Pricing(
    input=Decimal(10),
    output=Decimal(20),
    cache_read=Decimal(1),
    cache_write=Decimal("12.5"),
    reasoning=Decimal(30),
    audio_input=Decimal(40),
    audio_output=Decimal(80),
)
TIERED: Final = Pricing(
    input=Decimal(1),
    output=Decimal(2),
    cache_read=Decimal("0.1"),
    tiers=(
        Tier(above=100, pricing=Pricing(input=Decimal(10), output=Decimal(20))),
        Tier(above=1000, pricing=Pricing(input=Decimal(100), output=Decimal(200), cache_read=Decimal(50))),
    ),
)
FREE: Final = Pricing(input=Decimal(0), output=Decimal(0))

TOTALS = {
    "15 in and 3 out of gpt-4o": (Usage(input=15, output=3), GPT_4O, "0.0000675"),
    "cached tokens cost less": (Usage(input=10, output=0, cache_read=4), GPT_4O, "0.00002"),
    "nothing spent": (Usage(input=0, output=0), GPT_4O, "0"),
    "a free model costs nothing, which is known": (Usage(input=9, output=9), FREE, "0"),
    "reasoning is part of the output": (Usage(input=0, output=10, reasoning=8), GPT_4O, "0.0001"),
    "reasoning at its own rate": (Usage(input=0, output=10, reasoning=8), EVERY_RATE, "0.00028"),
    "audio at its own rate": (
        Usage(input=10, output=10, audio_input=5, audio_output=5),
        EVERY_RATE,
        "0.00075",
    ),
    "writing to a cache at its own rate": (Usage(input=10, output=0, cache_write=4), EVERY_RATE, "0.00011"),
    "a cache without a rate costs as input": (
        Usage(input=10, output=0, cache_read=4),
        Pricing(input=Decimal(1), output=Decimal(1)),
        "0.00001",
    ),
    "more cached than there is": (Usage(input=10, output=0, cache_read=40), GPT_4O, "0.0000125"),
    "below the tiers": (Usage(input=100, output=10), TIERED, "0.00012"),
    "above the first tier": (Usage(input=101, output=10), TIERED, "0.00121"),
    "above the last tier": (Usage(input=1001, output=10), TIERED, "0.1021"),
    "a tier inherits what it leaves out": (Usage(input=200, output=0, cache_read=100), TIERED, "0.00101"),
    "a tier's own rate": (Usage(input=2000, output=0, cache_read=1000), TIERED, "0.15"),
    "a million of each": (Usage(input=10**6, output=10**6), GPT_4O, "12.5"),
}


@pytest.mark.parametrize(("usage", "pricing", "expected"), TOTALS.values(), ids=TOTALS)
def test_a_total_is_exact(usage: Usage, pricing: Pricing, expected: str) -> None:
    cost = price(usage, pricing)
    assert cost is not None
    assert cost.total == Decimal(expected)


UNKNOWN = {
    "no pricing": (Usage(input=1, output=1), None),
    "no rates": (Usage(input=1, output=1), Pricing()),
    "no rate for the output": (Usage(input=1, output=1), Pricing(input=Decimal(1))),
    "no rate for the input": (Usage(input=1, output=1), Pricing(output=Decimal(1))),
    "no count": (Usage(), GPT_4O),
    "no count of the output": (Usage(input=1), GPT_4O),
    "no count of the input": (Usage(output=1), GPT_4O),
    "a total alone": (Usage(total=2), GPT_4O),
}


@pytest.mark.parametrize(("usage", "pricing"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_unknown_is_not_free(usage: Usage, pricing: Pricing | None) -> None:
    assert price(usage, pricing) is None


def test_a_bill_has_a_line_for_each_rate() -> None:
    usage = Usage(input=10, output=5, cache_read=4, reasoning=2)
    assert price(usage, EVERY_RATE) == Cost(
        (
            CostItem(name="cache_read", tokens=4, rate=Decimal(1), amount=Decimal("0.000004")),
            CostItem(name="input", tokens=6, rate=Decimal(10), amount=Decimal("0.00006")),
            CostItem(name="reasoning", tokens=2, rate=Decimal(30), amount=Decimal("0.00006")),
            CostItem(name="output", tokens=3, rate=Decimal(20), amount=Decimal("0.00006")),
        )
    )


COUNT = st.integers(0, 10**7)


@given(
    usage=st.builds(
        Usage, input=COUNT, output=COUNT, cache_read=COUNT, cache_write=COUNT, reasoning=COUNT, audio_input=COUNT
    )
)
def test_no_token_is_paid_twice(usage: Usage) -> None:
    cost = price(usage, EVERY_RATE)
    assert cost is not None
    sides = {
        name: sum(item.tokens for item in cost.items if item.name in names)
        for name, names in {
            "input": {"input", "cache_read", "cache_write", "audio_input"},
            "output": {"output", "reasoning", "audio_output"},
        }.items()
    }
    assert sides == {"input": usage.input, "output": usage.output}
    assert all(item.tokens >= 0 for item in cost.items)
