"""What a call may cost at most."""

from decimal import Decimal

from modelmix.ast.usage import Usage
from modelmix.call import Call
from modelmix.cost import price
from modelmix.node import Node


class Worst(Node, frozen=True, kw_only=True):
    """Upper bounds in tokens and US dollars; None where unknown."""

    input: int
    output: int | None
    cost: Decimal | None


def worst_case(call: Call) -> Worst:
    """The most a call may cost: no token is shorter than a byte, and no answer longer than its limit."""
    entry = call.target.entry
    limit = call.max_tokens or (None if entry is None else entry.limits.output)
    tokens = len(call.body)
    if entry is not None and entry.limits.context is not None:
        tokens = min(tokens, entry.limits.context)
    if entry is None or limit is None:
        return Worst(input=tokens, output=limit, cost=None)
    bill = price(Usage(input=tokens, output=limit), entry.pricing)
    return Worst(input=tokens, output=limit, cost=None if bill is None else bill.total)
