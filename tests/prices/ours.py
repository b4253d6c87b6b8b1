"""Our side: the built-in catalogue."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from modelmix import catalog
from modelmix.ast.model import Model, Pricing
from modelmix.ast.response import Cost
from modelmix.ast.usage import Usage
from modelmix.catalog.catalog import Catalog
from modelmix.cost import price, tiers
from prices.quote import RATES, Ours, Rate

_DATA: Final = Path(catalog.__file__).parent / "data"


class _Dated(Struct):
    """What the library itself does not read of a model."""

    last_updated: str = ""


class _Provider(Struct):
    models: Mapping[str, _Dated]


def listed(provider: str) -> Iterator[tuple[Model, str]]:
    """The models of a provider that have a price, each with the date that models.dev gives its record."""
    dated = msgspec.json.decode((_DATA / f"{provider}.json").read_bytes(), type=_Provider).models
    return (
        (model, dated[model.id].last_updated)
        for model in Catalog().models(provider).unwrap()
        if model.pricing.input is not None
    )


def quote(model: Model, updated: str, usage: Usage) -> Ours:
    """What we say that a usage costs."""
    cost = price(usage, model.pricing)
    assert isinstance(cost, Cost), cost
    *_, at = tiers(model.pricing, usage.input or 0)
    return Ours(
        model=model.id,
        total=cost.total,
        rates=_rates(at),
        base=_rates(model.pricing),
        borders=frozenset(tier.above for tier in model.pricing.tiers),
        updated=updated,
        window=model.limits.context,
    )


def _rates(pricing: Pricing) -> dict[Rate, Decimal]:
    found: dict[Rate, Decimal] = {}
    for name in RATES:
        rate: Decimal | None = getattr(pricing, name)
        if rate is not None:
            found[name] = rate
    return found
