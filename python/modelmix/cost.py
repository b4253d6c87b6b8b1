"""Turn tokens into money."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from msgspec.structs import asdict, replace

from modelmix.ast.model import Pricing
from modelmix.ast.response import Cost, CostItem
from modelmix.ast.usage import Usage

_MILLION: Final = Decimal(1_000_000)


def price(usage: Usage, pricing: Pricing | None) -> Cost | None:
    """What this usage costs, or None where a count or a rate that it needs is unknown.

    Cached tokens are part of the input and cost their own rate where there is one, else that of the input; the same
    holds for reasoning and audio.
    """
    if pricing is None or usage.input is None or usage.output is None:
        return None
    rates = _rates_for(usage.input, pricing)
    if rates.input is None or rates.output is None:
        return None
    return Cost(tuple(_items(usage, rates, rates.input, rates.output)))


def _rates_for(tokens: int, pricing: Pricing) -> Pricing:
    """The rates of the highest tier that the input reaches; what a tier leaves out, it inherits."""
    rates = pricing
    for tier in pricing.tiers:
        if tokens > tier.above:
            said = {name: rate for name, rate in asdict(tier.pricing).items() if rate is not None}
            rates = replace(pricing, **said)
    return rates


def _items(usage: Usage, rates: Pricing, input_rate: Decimal, output_rate: Decimal) -> Iterator[CostItem]:
    inputs = (
        ("cache_read", usage.cache_read, rates.cache_read),
        ("cache_write", usage.cache_write, rates.cache_write),
        ("audio_input", usage.audio_input, rates.audio_input),
    )
    outputs = (
        ("reasoning", usage.reasoning, rates.reasoning),
        ("audio_output", usage.audio_output, rates.audio_output),
    )
    yield from _side("input", usage.input or 0, input_rate, inputs)
    yield from _side("output", usage.output or 0, output_rate, outputs)


def _side(
    name: str, tokens: int, rate: Decimal, parts: tuple[tuple[str, int | None, Decimal | None], ...]
) -> Iterator[CostItem]:
    """The lines of one side: parts with a rate of their own, and what is left at the common rate."""
    left = tokens
    for part, count, own in parts:
        if count and own is not None:
            taken = min(count, left)
            left -= taken
            yield _item(part, taken, own)
    yield _item(name, left, rate)


def _item(name: str, tokens: int, rate: Decimal) -> CostItem:
    return CostItem(name=name, tokens=tokens, rate=rate, amount=tokens * rate / _MILLION)
