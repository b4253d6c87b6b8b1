"""A provider and its models as models.dev writes them, and as we see them.

Prices there are US dollars per million tokens, as they are here.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec
from msgspec import Struct

from modelmix.ast.model import Capabilities, Limits, Model, ModelType, Pricing, Tier


class Rates(Struct, frozen=True, omit_defaults=True):
    """Prices; what is absent is unknown."""

    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    reasoning: Decimal | None = None
    input_audio: Decimal | None = None
    output_audio: Decimal | None = None


class TierSize(Struct, frozen=True, omit_defaults=True):
    """Where a tier begins, in tokens of context."""

    size: int
    type: str = "context"


class TierRates(Rates, frozen=True, kw_only=True, omit_defaults=True):
    """Prices above a size of the context."""

    tier: TierSize


class Cost(Rates, frozen=True, omit_defaults=True):
    """Prices, with their tiers."""

    tiers: tuple[TierRates, ...] = ()
    context_over_200k: Rates | None = None
    """The older way to write a tier; where there are tiers, it says again what one of them says, at times of another
    size."""


class Limit(Struct, frozen=True, omit_defaults=True):
    """Sizes in tokens. 0 stands for unknown."""

    context: int | None = None
    input: int | None = None
    output: int | None = None


class Modalities(Struct, frozen=True, omit_defaults=True):
    """Media in and out."""

    input: tuple[str, ...] = ()
    output: tuple[str, ...] = ()


class Kind(Struct, frozen=True, omit_defaults=True):
    """How one model is reached, where that differs from its provider: package of the AI SDK, base URL, API."""

    npm: str | None = None
    api: str | None = None
    shape: str | None = None
    """`responses` or `completions`, for a package that speaks both."""


class ModelRecord(Struct, frozen=True, omit_defaults=True):
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
    provider: Kind | None = None
    type: ModelType | None = None
    """What it does. This and the next two are said by patches alone."""
    tier: str | None = None
    """Where it stands among its provider's models, such as `flagship` or `fast`."""
    provider_model_id: str | None = None
    """The id that is sent, where it is not `id`."""
    delisted: bool = False
    """Whether models.dev has left it out since."""


class ProviderRecord(Struct, frozen=True, omit_defaults=True):
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
        pricing=_pricing(record.cost, _tiers(record.cost)),
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
        tier=record.tier,
        sent_as=record.provider_model_id,
        delisted=record.delisted,
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


def _tiers(cost: Cost) -> tuple[Tier, ...]:
    """The tiers by size of context, smallest first. There is no other kind yet; what it would mean is not guessed."""
    sized = [
        Tier(above=rates.tier.size, pricing=_pricing(rates)) for rates in cost.tiers if rates.tier.type == "context"
    ]
    if not cost.tiers and cost.context_over_200k is not None:
        sized.append(Tier(above=200_000, pricing=_pricing(cost.context_over_200k)))
    return tuple(sorted(sized, key=lambda tier: tier.above))


_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


def document(record: ProviderRecord) -> bytes:
    """A record as it stands in a file: the models in order, prices with all their decimals."""
    ordered = {name: record.models[name] for name in sorted(record.models)}
    return msgspec.json.format(_ENCODER.encode(msgspec.structs.replace(record, models=ordered)), indent=0)


def read_document(data: bytes) -> ProviderRecord:
    """The record that a file holds.

    Raises
    ------
    msgspec.DecodeError
        When it holds none.
    """
    return msgspec.json.decode(data, type=ProviderRecord)
