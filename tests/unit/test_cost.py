"""Money: exact, by the rates that hold, and None where anything is unknown."""

from decimal import Decimal, localcontext
from typing import Final

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import asdict, astuple

from modelmix.ast.model import Pricing, Tier
from modelmix.ast.response import Cost, CostItem, Unpriced
from modelmix.ast.usage import Usage
from modelmix.catalog.catalog import Catalog
from modelmix.cost import price, price_input, sum_cost
from modelmix.spec import Spec

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
    assert isinstance(cost, Cost)
    assert cost.total == Decimal(expected)


UNKNOWN = {
    "no pricing": (Usage(input=1, output=1), None, Unpriced(why="unlisted")),
    "no rates": (Usage(input=1, output=1), Pricing(), Unpriced(why="no_price", what="input")),
    "no rate for the output": (
        Usage(input=1, output=1),
        Pricing(input=Decimal(1)),
        Unpriced(why="no_price", what="output"),
    ),
    "no rate for the input": (
        Usage(input=1, output=1),
        Pricing(output=Decimal(1)),
        Unpriced(why="no_price", what="input"),
    ),
    "no count": (Usage(), GPT_4O, Unpriced(why="no_usage", what="input")),
    "no count of the output": (Usage(input=1), GPT_4O, Unpriced(why="no_usage", what="output")),
    "no count of the input": (Usage(output=1), GPT_4O, Unpriced(why="no_usage", what="input")),
    "a total alone": (Usage(total=2), GPT_4O, Unpriced(why="no_usage", what="input")),
}


@pytest.mark.parametrize(("usage", "pricing", "reason"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_unknown_is_not_free_and_says_why(usage: Usage, pricing: Pricing | None, reason: Unpriced) -> None:
    assert price(usage, pricing) == reason


VECTORS = {
    "input alone": (Usage(input=1000), Pricing(input=Decimal("0.02")), ("0.00002", ("input",))),
    "output is free": (Usage(input=1000), Pricing(input=Decimal("0.02"), output=Decimal(0)), ("0.00002", ("input",))),
    "a free one": (Usage(input=1000), FREE, ("0", ("input",))),
}


@pytest.mark.parametrize(("usage", "pricing", "expected"), VECTORS.values(), ids=VECTORS)
def test_vectors_cost_their_input(usage: Usage, pricing: Pricing, expected: tuple[str, tuple[str, ...]]) -> None:
    cost = price_input(usage, pricing)
    assert isinstance(cost, Cost)
    assert (cost.total, tuple(item.name for item in cost.items)) == (Decimal(expected[0]), expected[1])


UNKNOWN_VECTORS = {
    "no pricing": (Usage(input=1), None, Unpriced(why="unlisted")),
    "no rate": (Usage(input=1), Pricing(), Unpriced(why="no_price", what="input")),
    "no count": (Usage(), Pricing(input=Decimal(1)), Unpriced(why="no_usage", what="input")),
}


@pytest.mark.parametrize(("usage", "pricing", "reason"), UNKNOWN_VECTORS.values(), ids=UNKNOWN_VECTORS)
def test_vectors_of_unknown_cost_say_why(usage: Usage, pricing: Pricing | None, reason: Unpriced) -> None:
    assert price_input(usage, pricing) == reason


# Prices as published: https://platform.claude.com/docs/en/about-claude/pricing,
# https://ai.google.dev/gemini-api/docs/pricing, https://platform.openai.com/docs/pricing; amounts reckoned by hand.
PUBLISHED = {
    # 2,000 × 3 + 10,000 × 0.30 + 3,000 × 3.75 + 500 × 15, in millionths
    "claude-sonnet-4-5, with a cache": (
        "anthropic:claude-sonnet-4-5",
        Usage(input=15_000, output=500, cache_read=10_000, cache_write=3_000),
        "0.02775",
    ),
    # 200,000 × 1.25 + 1,000 × 10: at the border
    "gemini-2.5-pro, at the border of its tier": (
        "google:gemini-2.5-pro",
        Usage(input=200_000, output=1_000, reasoning=900),
        "0.26",
    ),
    # 50,001 × 2.50 + 150,000 × 0.25 + 1,000 × 15: cached tokens count towards the tier
    "gemini-2.5-pro, above it": (
        "google:gemini-2.5-pro",
        Usage(input=200_001, output=1_000, cache_read=150_000),
        "0.1775025",
    ),
    # 1,000 × 0.30 + 500 × 1.00 + 100 × 2.50
    "gemini-2.5-flash, hearing": (
        "google:gemini-2.5-flash",
        Usage(input=1_500, output=100, audio_input=500),
        "0.00105",
    ),
    # 15 × 2.50 + 3 × 10
    "gpt-4o": ("openai:gpt-4o", Usage(input=15, output=3), "0.0000675"),
    # 1,000 × 1.25 + 4,000 × 0.125 + 2,000 × 10; reasoning has no rate of its own
    "gpt-5, thinking": ("openai:gpt-5", Usage(input=5_000, output=2_000, cache_read=4_000, reasoning=1_500), "0.02175"),
}


@pytest.mark.parametrize(("spec", "usage", "expected"), PUBLISHED.values(), ids=PUBLISHED)
def test_listed_models_cost_what_is_published(spec: str, usage: Usage, expected: str) -> None:
    provider, _, name = spec.partition(":")
    cost = price(usage, Catalog().find(Spec(provider, name)).unwrap().model.pricing)
    assert isinstance(cost, Cost)
    assert cost.total == Decimal(expected)


def test_a_sum_has_equal_rates_in_one_line_and_keeps_the_first_reason() -> None:
    one, two = (price(Usage(input=count, output=1), GPT_4O) for count in (10, 20))
    whole = sum_cost([one, two])
    assert isinstance(whole, Cost)
    assert [(item.name, item.tokens) for item in whole.items] == [("input", 30), ("output", 2)]
    untold, unlisted = Unpriced(why="no_usage", what="output"), Unpriced(why="unlisted")
    assert sum_cost([one, untold, unlisted]) == untold


def test_no_digit_is_lost_in_a_program_with_few_digits() -> None:
    with localcontext() as context:
        context.prec = 3
        cost = price(Usage(input=123_456_789, output=987_654_321), GPT_4O)
        assert isinstance(cost, Cost)
        total = cost.total
    assert total == Decimal("10185.1851825")


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
    assert isinstance(cost, Cost)
    sides = {
        name: sum(item.tokens for item in cost.items if item.name in names)
        for name, names in {
            "input": {"input", "cache_read", "cache_write", "audio_input"},
            "output": {"output", "reasoning", "audio_output"},
        }.items()
    }
    assert sides == {"input": usage.input, "output": usage.output}
    assert all(item.tokens >= 0 for item in cost.items)


RATE = st.decimals(0, 1000, places=6)
PRICING = st.builds(
    Pricing,
    input=RATE,
    output=RATE,
    cache_read=st.none() | RATE,
    cache_write=st.none() | RATE,
    reasoning=st.none() | RATE,
    audio_input=st.none() | RATE,
    audio_output=st.none() | RATE,
)
PARTS = st.none() | COUNT
USAGE = st.builds(
    Usage,
    input=COUNT,
    output=COUNT,
    cache_read=PARTS,
    cache_write=PARTS,
    reasoning=PARTS,
    audio_input=PARTS,
    audio_output=PARTS,
)


def exact(usage: Usage, pricing: Pricing) -> Cost:
    cost = price(usage, pricing)
    assert isinstance(cost, Cost)
    return cost


@given(usage=USAGE, pricing=PRICING)
def test_a_total_is_the_sum_of_its_lines_and_never_negative(usage: Usage, pricing: Pricing) -> None:
    cost = exact(usage, pricing)
    with localcontext() as context:
        context.prec = 60
        assert cost.total == sum((item.tokens * item.rate / 10**6 for item in cost.items), Decimal(0))
    assert all(item.amount >= 0 for item in cost.items)
    assert sum(item.tokens for item in cost.items) == (usage.input or 0) + (usage.output or 0)


@given(usage=USAGE, pricing=PRICING, times=st.integers(0, 1000))
def test_as_many_times_the_tokens_cost_as_many_times_the_price(usage: Usage, pricing: Pricing, times: int) -> None:
    counts = {name: None if count is None else count * times for name, count in asdict(usage).items()}
    with localcontext() as context:
        context.prec = 60
        assert exact(Usage(**counts), pricing).total == exact(usage, pricing).total * times


@given(usage=USAGE, pricing=PRICING)
def test_a_price_lies_between_the_cheapest_and_the_dearest_rate(usage: Usage, pricing: Pricing) -> None:
    rates = [rate for rate in astuple(pricing)[:7] if rate is not None]
    total, tokens = exact(usage, pricing).total, (usage.input or 0) + (usage.output or 0)
    with localcontext() as context:
        context.prec = 60
        assert tokens * min(rates) / 10**6 <= total <= tokens * max(rates) / 10**6
