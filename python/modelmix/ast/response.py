"""A finished answer, and why it finished."""

from decimal import Context, Decimal
from functools import reduce
from typing import Final, Literal, TypeAlias

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.content import AssistantPart, Citation, Reasoning, Refusal, Text, ToolCall
from modelmix.ast.message import Assistant
from modelmix.ast.usage import Usage
from modelmix.node import Node

FinishReason: TypeAlias = Literal[
    "stop", "length", "tool_calls", "content_filter", "pause", "error", "unknown", "other"
]
"""Why an answer finished, in one spelling for every provider."""


class CostItem(Node, frozen=True, kw_only=True):
    """One line of a bill: `tokens` at `rate` US dollars per million make `amount` US dollars."""

    name: str
    tokens: int
    rate: Decimal
    amount: Decimal


EXACT: Final = Context(prec=60)
"""In which amounts are reckoned: no digit is lost, whatever the context of the program is."""


class Unpriced(Node, frozen=True, kw_only=True):
    """Why there is no amount.

    Of a reply, and of what a call may cost: `unlisted`, the catalogue does not know the model; `no_price`, it has no
    rate for `what`; `no_usage`, the provider did not say how many tokens of `what` there were. Only of what a call may
    cost: `no_limit`, nothing bounds its output; `no_window`, nothing bounds what a picture, a file or a reference in it
    comes to; `option`, `tool` and `fee`, by which more than tokens may be billed; `media`, which the catalogue does not
    price. `what` names the thing.
    """

    why: Literal["unlisted", "no_price", "no_usage", "no_limit", "no_window", "option", "tool", "fee", "media"]
    what: str = ""


class Cost(Node, frozen=True):
    """What a reply cost in US dollars, exactly."""

    items: tuple[CostItem, ...]

    @property
    def total(self) -> Decimal:
        """The sum of the items."""
        return reduce(EXACT.add, [item.amount for item in self.items], Decimal(0))


class Timing(Node, frozen=True, kw_only=True):
    """How long the parts of a call took, in seconds from its start."""

    headers: float | None = None
    first_token: float | None = None
    total: float | None = None


class Estimate(Node, frozen=True, kw_only=True):
    """What a reply took, where its provider did not say all of it. What the provider did say is in it unchanged."""

    usage: Usage
    cost: Cost | None = None
    """None where no price is known, which is not 0."""


class Response(Node, frozen=True, kw_only=True):
    """An answer, whole or as far as it came."""

    parts: tuple[AssistantPart, ...] = ()
    finish: FinishReason = "unknown"
    raw_finish: str | None = None
    """The finish reason in the provider's own word."""
    usage: Usage = Usage()
    cost: Cost | None = None
    """None where it is unknown, which is not 0; `unpriced` says why."""
    unpriced: Unpriced | None = None
    estimate: Estimate | None = None
    """Stands apart from `usage` and `cost`; None where the provider counted, and for events folded by hand."""
    id: str | None = None
    model: str | None = None
    """The model that answered, as the provider names it."""
    spec: str | None = None
    """The model that was asked, as `provider:model`."""
    request_id: str | None = None
    timing: Timing = Timing()
    attempts: int = 1
    adaptations: tuple[Adaptation, ...] = ()

    @property
    def bill(self) -> Cost | Unpriced:
        """What it cost, or why that is unknown."""
        return self.cost if self.cost is not None else self.unpriced or Unpriced(why="no_price", what="tokens")

    @property
    def text(self) -> str:
        """The answer: all text parts, joined with nothing between."""
        return "".join([part.text for part in self.parts if isinstance(part, Text)])

    @property
    def reasoning(self) -> str:
        """All reasoning, joined with nothing between."""
        return "".join([part.text for part in self.parts if isinstance(part, Reasoning)])

    @property
    def refusal(self) -> str | None:
        """The refusal, or None."""
        refusals = [part.text for part in self.parts if isinstance(part, Refusal)]
        return "".join(refusals) if refusals else None

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The calls the model wants made, in order."""
        return tuple([part for part in self.parts if isinstance(part, ToolCall)])

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The sources, in order."""
        return tuple([part for part in self.parts if isinstance(part, Citation)])

    @property
    def message(self) -> Assistant:
        """The answer as a turn, to go on with the conversation."""
        return Assistant(self.parts)
