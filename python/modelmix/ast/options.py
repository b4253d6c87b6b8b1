"""How an answer shall be made: sampling, effort, form."""

from typing import Literal, TypeAlias

import msgspec

from modelmix.ast.content import JsonText
from modelmix.node import Node

Effort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
"""How much a reasoning model shall think, in OpenAI's words; each model accepts some of them."""

Extra: TypeAlias = tuple[tuple[str, JsonText], ...]
"""Provider options by their wire name, passed through as they are."""


class Options(Node, frozen=True, kw_only=True):
    """What may be chosen for one call. Only what is set is sent.

    `max_tokens` bounds the output and `reasoning_budget` the reasoning in it, in tokens. `extra` is passed through by
    name, after everything else.
    """

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    reasoning_effort: Effort | None = None
    reasoning_budget: int | None = None
    parallel_tool_calls: bool | None = None
    extra: Extra = ()


def extra(**options: object) -> Extra:
    """Provider options from plain values.

    >>> extra(top_k=5, safe=True)
    (('top_k', '5'), ('safe', 'true'))
    """
    return tuple((name, JsonText(msgspec.json.encode(value).decode())) for name, value in options.items())


class FreeText(Node, frozen=True, tag="text"):
    """Whatever the model writes."""


class AnyJson(Node, frozen=True, tag="json"):
    """Any JSON object."""


class Shaped(Node, frozen=True, tag="shaped", kw_only=True):
    """JSON that fits a schema. `name` labels it where the provider wants a label: letters, digits, `_` and `-`."""

    name: str
    schema: JsonText
    description: str | None = None


Output: TypeAlias = FreeText | AnyJson | Shaped
"""The form of the answer."""
