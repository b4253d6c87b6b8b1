"""A provider and its models as models.dev writes them, and as we see them.

Prices there are US dollars per million tokens, as they are here.
"""

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from modelmix.ast.model import Capabilities, Limits, Model, Pricing, Tier


class Rates(Struct, frozen=True):
    """Prices; what is absent is unknown."""

    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    reasoning: Decimal | None = None
    input_audio: Decimal | None = None
    output_audio: Decimal | None = None


class TierSize(Struct, frozen=True):
    """Where a tier begins, in tokens of context."""

    size: int
    type: str = "context"


class TierRates(Rates, frozen=True, kw_only=True):
    """Prices above a size of the context."""

    tier: TierSize


class Cost(Rates, frozen=True):
    """Prices, with their tiers."""

    tiers: tuple[TierRates, ...] = ()


class Limit(Struct, frozen=True):
    """Sizes in tokens. 0 stands for unknown."""

    context: int | None = None
    input: int | None = None
    output: int | None = None


class Modalities(Struct, frozen=True):
    """Media in and out."""

    input: tuple[str, ...] = ()
    output: tuple[str, ...] = ()


class Kind(Struct, frozen=True):
    """How one model is reached, where that differs from its provider: package of the AI SDK, base URL, API."""

    npm: str | None = None
    api: str | None = None
    shape: str | None = None
    """`responses` or `completions`, for a package that speaks both."""


class ModelRecord(Struct, frozen=True):
    """One model."""

    id: str
    name: str = ""
    attachment: bool | None = None
    reasoning: bool | None = None
    tool_call: bool | None = None
    structured_output: bool | None = None
    temperature: bool | None = None
    modalities: Modalities = Modalities()
    limit: Limit = Limit()
    cost: Cost = Cost()
    release_date: str | None = None
    last_updated: str | None = None
    knowledge: str | None = None
    family: str | None = None
    open_weights: bool | None = None
    status: str | None = None
    type: str | None = None
    provider: Kind | None = None


class ProviderRecord(Struct, frozen=True):
    """One provider and all its models."""

    id: str
    name: str = ""
    env: tuple[str, ...] = ()
    api: str | None = None
    npm: str | None = None
    doc: str | None = None
    models: Mapping[str, ModelRecord] = {}


def model(provider: str, record: ModelRecord) -> Model:
    """A record as a catalogue entry."""
    return Model(
        provider=provider,
        id=record.id,
        name=record.name,
        limits=Limits(
            context=record.limit.context or None,
            input=record.limit.input or None,
            output=record.limit.output or None,
        ),
        pricing=_pricing(record.cost, tuple([_tier(tier) for tier in record.cost.tiers])),
        capabilities=Capabilities(
            tools=record.tool_call,
            reasoning=record.reasoning,
            structured_output=record.structured_output,
            temperature=record.temperature,
            attachment=record.attachment,
            input=record.modalities.input,
            output=record.modalities.output,
        ),
        released=record.release_date,
        updated=record.last_updated,
        knowledge=record.knowledge,
        family=record.family,
        open_weights=record.open_weights,
        status=record.status,
        type=record.type,
    )


def _pricing(rates: Rates, tiers: tuple[Tier, ...] = ()) -> Pricing:
    return Pricing(
        input=rates.input,
        output=rates.output,
        cache_read=rates.cache_read,
        cache_write=rates.cache_write,
        reasoning=rates.reasoning,
        audio_input=rates.input_audio,
        audio_output=rates.output_audio,
        tiers=tiers,
    )


def _tier(rates: TierRates) -> Tier:
    return Tier(above=rates.tier.size, pricing=_pricing(rates))
