"""What a call may cost at most."""

from decimal import Decimal
from types import MappingProxyType
from typing import Final

from modelmix.ast.model import Limits, Model, Pricing
from modelmix.ast.response import Unpriced
from modelmix.billed import Billed, billed
from modelmix.call import AnyCall, Call, EmbedCall, Target
from modelmix.cost import amount, tiers
from modelmix.node import Node
from modelmix.quirks import fits


class Worst(Node, frozen=True, kw_only=True):
    """Upper bounds in tokens and US dollars, of one try of a call. None is unknown: `why` says what the cost lacks."""

    input: int | None
    output: int | None
    cost: Decimal | None
    why: Unpriced | None = None


_UNSEEN: Final = 2048
"""Tokens that a provider may put before a prompt: a template, a system prompt, the words that explain tools.

Of 1,800 recorded calls with nothing but text in them, Grok 4 had 680 before everything, devstral 1,200, both as hidden
prompts; Command A has 1,400 with tools.
"""

_UNSEEN_AT: Final = MappingProxyType(
    {
        # At these, no recorded call of nothing but text had more tokens than bytes: 958, 318, 67, 33, 66 and 94 calls.
        **dict.fromkeys(("openai", "google", "google-vertex", "azure", "mistral", "deepseek"), 256),
        # It publishes what it adds for tools, 530 tokens at most; recorded is up to 333 more tokens than bytes.
        # https://platform.claude.com/docs/en/about-claude/pricing
        "anthropic": 1024,
    }
)

_HOUR: Final = 2
"""Writing to a cache that lasts an hour costs as many times the input, where the catalogue has the rate for five
minutes: https://platform.claude.com/docs/en/about-claude/pricing."""

_THINKS_ON: Final = ("*grok*", "*o1-pro*", "*o3-pro*", "*gpt-5*-pro*")
"""Models whose reasoning goes beyond the limit that is sent: recorded of grok-3-mini, grok-4 and grok-code-fast-1 (18
of 22 answers at their limit, reasoning beside it) and of o1-pro (164 tokens at a limit of 100), which runs several
answers for one, like its successors."""

_FEES: Final = (
    *("perplexity:*", "*:perplexity/*", "*sonar*", "*search-preview*", "*search-api*", "*deep-research*"),
    *("groq:*compound*", "*:online"),
)
"""Models that search on their own, which is billed by the request."""


def worst_case(call: AnyCall) -> Worst:
    """The most that one try of a call may cost.

    No token is shorter than a byte, and no answer longer than its limit. Where a body holds more than text, the window
    of the model bounds it; each token costs the dearest rate that it may come to. What a call is billed for besides
    tokens is not known, and neither is then the cost.
    """
    match call:
        case EmbedCall():
            return _vectors(call)
        case Call():
            return _answer(call)


def _answer(call: Call) -> Worst:
    said, target = billed(call.body), call.target
    limits = Limits() if target.entry is None else target.entry.limits
    tokens, output = _input(call, said, limits), _output(target, said, limits)
    if target.provider.launch:
        return Worst(input=tokens, output=output, cost=Decimal(0))
    if target.entry is None:
        return Worst(input=tokens, output=output, cost=None, why=Unpriced(why="unlisted"))
    doubt = said.doubt or _doubt(target, target.entry)
    if doubt is not None or tokens is None or output is None:
        missing = Unpriced(why="no_window") if tokens is None else Unpriced(why="no_limit")
        return Worst(input=tokens, output=output, cost=None, why=doubt or missing)
    return _priced(tokens, output, target.entry.pricing, said)


def _vectors(call: EmbedCall) -> Worst:
    tokens, target = len(call.body), call.target
    if target.provider.launch:
        return Worst(input=tokens, output=0, cost=Decimal(0))
    if target.entry is None:
        return Worst(input=tokens, output=0, cost=None, why=Unpriced(why="unlisted"))
    return _priced(tokens, 0, target.entry.pricing, Billed())


def _input(call: Call, said: Billed, limits: Limits) -> int | None:
    """The window bounds any input, and the bytes of the body one that is text."""
    known = [
        limits.context,
        limits.input,
        None if said.heavy else len(call.body) + _UNSEEN_AT.get(call.target.provider.id, _UNSEEN),
    ]
    return min((bound for bound in known if bound is not None), default=None)


def _output(target: Target, said: Billed, limits: Limits) -> int | None:
    """The limit that is sent, else that of the model; where neither holds, the window."""
    thinks = target.entry is None or target.entry.capabilities.reasoning is not False
    bound = limits.context if thinks and fits(target.model.lower(), _THINKS_ON) else said.limit or limits.output
    return None if bound is None else bound * said.answers


def _doubt(target: Target, entry: Model) -> Unpriced | None:
    """What is billed besides text: by the request, and for pictures and the like."""
    if fits(f"{target.provider.id}:{target.model}".lower(), _FEES):
        return Unpriced(why="fee")
    strange = [kind for kind in entry.capabilities.output if kind not in {"text", "embedding"}]
    rated = entry.pricing.audio_output is not None
    unrated = [kind for kind in strange if not (kind == "audio" and rated)]
    return Unpriced(why="media", what=unrated[0]) if unrated else None


def _priced(tokens: int, output: int, pricing: Pricing, said: Billed) -> Worst:
    """Every token at the dearest rate, in the dearest of the tiers that so much input may reach."""
    # Some count the border itself to the tier: xAI has prices "≥ 200k".
    reached = tuple(tiers(pricing, tokens + 1))
    if any(rates.input is None for rates in reached):
        return Worst(input=tokens, output=output, cost=None, why=Unpriced(why="no_price", what="input"))
    if output and any(rates.output is None for rates in reached):
        return Worst(input=tokens, output=output, cost=None, why=Unpriced(why="no_price", what="output"))
    into = max(_dearest_input(rates, said) for rates in reached)
    out = max(_dearest(rates.output, rates.reasoning, rates.audio_output) for rates in reached)
    return Worst(input=tokens, output=output, cost=amount(tokens, into) + amount(output, out))


def _dearest_input(rates: Pricing, said: Billed) -> Decimal:
    dear = _dearest(rates.input, rates.cache_read, rates.cache_write)
    if said.hour:
        dear = max(dear, _dearest(rates.input) * _HOUR)
    return max(dear, _dearest(rates.audio_input)) if said.heavy else dear


def _dearest(*rates: Decimal | None) -> Decimal:
    return max((rate for rate in rates if rate is not None), default=Decimal(0))
