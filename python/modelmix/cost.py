"""Turn tokens into money."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from msgspec.structs import asdict, astuple, replace

from modelmix.ast.model import Pricing
from modelmix.ast.response import EXACT, Cost, CostItem, Estimate, Response, Unpriced
from modelmix.ast.usage import Usage

_UNLISTED: Final = Unpriced(why="unlisted")
_UNTOLD: Final = {side: Unpriced(why="no_usage", what=side) for side in ("input", "output")}
_UNRATED: Final = {side: Unpriced(why="no_price", what=side) for side in ("input", "output")}


def price(usage: Usage, pricing: Pricing | None) -> Cost | Unpriced:
    """What this usage costs, or which count or rate is missing; no pricing at all means a model that is not listed.

    Cached tokens are part of the input and cost their own rate where there is one, else that of the input; the same
    holds for audio, and for reasoning and audio in the output: models.dev gives a rate of its own where there is one.
    A rate of 0 is free, one that is missing is not.
    """
    if pricing is None:
        return _UNLISTED
    if usage.input is None or usage.output is None:
        return _UNTOLD["input" if usage.input is None else "output"]
    rates = _rates_for(usage.input, pricing)
    if rates.input is None or rates.output is None:
        return _UNRATED["input" if rates.input is None else "output"]
    return Cost(tuple(_items(usage, rates, rates.input, rates.output)))


def price_input(usage: Usage, pricing: Pricing | None) -> Cost | Unpriced:
    """What a call costs that makes no tokens, such as one for vectors."""
    if pricing is None:
        return _UNLISTED
    bill = price(replace(usage, output=0), replace(pricing, output=pricing.output or Decimal(0)))
    return bill if isinstance(bill, Unpriced) else Cost(tuple([item for item in bill.items if item.name != "output"]))


def halves(bill: Cost | Unpriced) -> tuple[Cost | None, Unpriced | None]:
    """The cost and the reason for having none, of which one is None."""
    return (None, bill) if isinstance(bill, Unpriced) else (bill, None)


def sum_usage(usages: Iterable[Usage]) -> Usage:
    """The counts of several replies together; one that a reply does not give is unknown, and so is its sum."""
    columns = zip(*[astuple(usage) for usage in usages], strict=True)
    return Usage(**dict(zip(Usage.__struct_fields__, map(_sum, columns), strict=False)))


def sum_estimates(responses: Sequence[Response]) -> Estimate | None:
    """What several replies took, estimated where one of them was; None where each was counted by its provider."""
    if all(response.estimate is None for response in responses):
        return None
    guesses = [response.estimate or Estimate(usage=response.usage, cost=response.cost) for response in responses]
    cost, _ = halves(sum_cost(guess.cost or _UNLISTED for guess in guesses))
    return Estimate(usage=sum_usage(guess.usage for guess in guesses), cost=cost)


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def sum_cost(bills: Iterable[Cost | Unpriced]) -> Cost | Unpriced:
    """The bill for several replies, equal rates in one line; if one of them is unknown, so is the sum, and why."""
    lines: dict[tuple[str, Decimal], CostItem] = {}
    for bill in bills:
        if isinstance(bill, Unpriced):
            return bill
        for item in bill.items:
            line = lines.get((item.name, item.rate))
            lines[item.name, item.rate] = item if line is None else _added(line, item)
    return Cost(tuple(lines.values()))


def _added(line: CostItem, item: CostItem) -> CostItem:
    return replace(line, tokens=line.tokens + item.tokens, amount=EXACT.add(line.amount, item.amount))


def amount(tokens: int, rate: Decimal) -> Decimal:
    """What tokens cost at a rate for a million of them, exactly."""
    return EXACT.multiply(rate, Decimal(tokens)).scaleb(-6, EXACT)


def tiers(pricing: Pricing, tokens: int) -> Iterator[Pricing]:
    """The rates without tiers, then those of each tier that so much input reaches.

    What a tier leaves out, it inherits. All tokens of a call pay the rates of the highest tier it reaches, and cached
    input counts towards it: https://ai.google.dev/gemini-api/docs/pricing has prices for prompts above 200,000 tokens.
    """
    yield pricing
    for tier in pricing.tiers:
        if tokens > tier.above:
            said = {name: rate for name, rate in asdict(tier.pricing).items() if rate is not None}
            yield replace(pricing, **said)


def _rates_for(tokens: int, pricing: Pricing) -> Pricing:
    rates = pricing
    if pricing.tiers:
        *_, rates = tiers(pricing, tokens)
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
    return CostItem(name=name, tokens=tokens, rate=rate, amount=amount(tokens, rate))
