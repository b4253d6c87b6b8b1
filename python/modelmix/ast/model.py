"""A catalogue entry: what a model can do, how much it takes, what it costs."""

from decimal import Decimal
from typing import Literal, TypeAlias

from modelmix.node import Node

ModelType: TypeAlias = Literal["chat", "embedding"]
"""What a model does, where a patch says so."""

Ability: TypeAlias = Literal["tools", "reasoning", "temperature", "image", "pdf", "audio", "video", "length"]
"""What a request may need of a model, and by which it is checked before it is sent; `length` is a prompt of any length,
for which the provider makes room."""


class Limits(Node, frozen=True, kw_only=True):
    """Sizes in tokens; None where unknown."""

    context: int | None = None
    input: int | None = None
    output: int | None = None


class Pricing(Node, frozen=True, kw_only=True):
    """US dollars per million tokens; None where unknown, which is not free."""

    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    reasoning: Decimal | None = None
    audio_input: Decimal | None = None
    audio_output: Decimal | None = None
    tiers: tuple["Tier", ...] = ()
    """Prices for larger contexts, smallest first."""


class Tier(Node, frozen=True, kw_only=True):
    """Prices of a call whose input is larger than `above` tokens."""

    above: int
    pricing: Pricing


class Capabilities(Node, frozen=True, kw_only=True):
    """What a model can do, as far as the catalogue knows; None where it does not say."""

    tools: bool | None = None
    reasoning: bool | None = None
    structured_output: bool | None = None
    temperature: bool | None = None
    attachment: bool | None = None
    input: tuple[str, ...] = ()
    """Media it takes: text, image, audio, video, pdf."""
    output: tuple[str, ...] = ()
    """Media it makes."""


class Model(Node, frozen=True, kw_only=True):
    """One model of one provider."""

    provider: str
    id: str
    name: str = ""
    limits: Limits = Limits()
    pricing: Pricing = Pricing()
    capabilities: Capabilities = Capabilities()
    released: str | None = None
    updated: str | None = None
    knowledge: str | None = None
    """Up to when it knows the world. Dates are `2024-05-13`, `2024-05` or `2024`."""
    family: str | None = None
    open_weights: bool | None = None
    status: str | None = None
    """`alpha`, `beta`, `deprecated` or `retired`; None for a model in general use."""
    type: ModelType | None = None
    tier: str | None = None
    """Where it stands among its provider's models, such as `flagship`."""
    sent_as: str | None = None
    """The id that is sent, where it is not `id`."""
    delisted: bool = False
    """Whether models.dev has left it out since; it may work all the same."""
