"""Turn tokens into money."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from msgspec.structs import asdict, astuple, replace

from modelmix.ast.model import Pricing
from modelmix.ast.response import Cost, CostItem, Estimate, Response
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


def price_input(usage: Usage, pricing: Pricing | None) -> Cost | None:
    """What a call costs that makes no tokens, such as one for vectors."""
    if pricing is None:
        return None
    bill = price(replace(usage, output=0), replace(pricing, output=pricing.output or Decimal(0)))
    return None if bill is None else Cost(tuple([item for item in bill.items if item.name != "output"]))


def sum_usage(usages: Iterable[Usage]) -> Usage:
    """The counts of several replies together; one that a reply does not give is unknown, and so is its sum."""
    columns = zip(*[astuple(usage) for usage in usages], strict=True)
    return Usage(**dict(zip(Usage.__struct_fields__, map(_sum, columns), strict=False)))


def sum_estimates(responses: Sequence[Response]) -> Estimate | None:
    """What several replies took, estimated where one of them was; None where each was counted by its provider."""
    if all(response.estimate is None for response in responses):
        return None
    guesses = [response.estimate or Estimate(usage=response.usage, cost=response.cost) for response in responses]
    return Estimate(usage=sum_usage(guess.usage for guess in guesses), cost=sum_cost(guess.cost for guess in guesses))


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def sum_cost(costs: Iterable[Cost | None]) -> Cost | None:
    """The bill for several replies, equal rates in one line; None where one of them is unknown."""
    lines: dict[tuple[str, Decimal], CostItem] = {}
    for cost in costs:
        if cost is None:
            return None
        for item in cost.items:
            line = lines.get((item.name, item.rate))
            lines[item.name, item.rate] = item if line is None else _added(line, item)
    return Cost(tuple(lines.values()))


def _added(line: CostItem, item: CostItem) -> CostItem:
    return replace(line, tokens=line.tokens + item.tokens, amount=line.amount + item.amount)


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
