"""An answer as tokens, and an estimate where its provider counted nothing."""

from msgspec.structs import replace

from modelmix.ast.content import Citation, ToolCall
from modelmix.ast.model import Pricing
from modelmix.ast.request import Request
from modelmix.ast.response import Estimate, Response
from modelmix.ast.texts import texts_of
from modelmix.cost import halves, price
from modelmix.tokens.counted import Counted
from modelmix.tokens.encoding import count
from modelmix.tokens.family import family_of
from modelmix.tokens.request import count_request, described


def count_answer(answer: Response, model: str) -> Counted:
    """What an answer comes to, as far as it can be seen: what a model thinks in secret is not in it."""
    family = family_of(model)
    parts = [part for part in answer.parts if not isinstance(part, Citation)]
    text = sum(count(piece, family.encoding) for part in parts for piece in texts_of(part))
    calls = sum(isinstance(part, ToolCall) for part in parts)
    weights = family.weights
    tokens = weights.text * text + weights.exchange * calls + weights.answer * bool(parts)
    return Counted(tokens=round(tokens), exact=False, by=described(family))


def estimated(request: Request, answer: Response, model: str, pricing: Pricing | None) -> Estimate | None:
    """The counts that the provider did not give, and what they cost; None where it gave them."""
    said = answer.usage
    if said.input is not None and said.output is not None:
        return None
    usage = replace(
        said,
        input=count_request(request, model).tokens if said.input is None else said.input,
        output=count_answer(answer, model).tokens if said.output is None else said.output,
    )
    cost, _ = halves(price(usage, pricing))
    return Estimate(usage=usage, cost=cost)
