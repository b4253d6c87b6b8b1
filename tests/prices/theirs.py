"""Their side: `genai-prices`, asked by its own functions and its own matching of names."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from genai_prices.data_snapshot import DataSnapshot, get_snapshot
from genai_prices.types import (
    ModelInfo,
    ModelPrice,
    Provider,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
    Usage as TheirUsage,
)

from modelmix.ast.usage import Usage
from prices.quote import RATES, Rate, Theirs

PROVIDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "amazon-bedrock": "aws",
        "anthropic": "anthropic",
        "azure": "azure",
        "baseten": "baseten",
        "cerebras": "cerebras",
        "cloudflare-workers-ai": "cloudflare",
        "cohere": "cohere",
        "databricks": "databricks",
        "deepseek": "deepseek",
        "fireworks-ai": "fireworks",
        "github-copilot": "github-copilot",
        "google": "google",
        "google-vertex": "google",
        "groq": "groq",
        "minimax": "minimax",
        "mistral": "mistral",
        "moonshotai": "moonshotai",
        "novita-ai": "novita",
        "openai": "openai",
        "openrouter": "openrouter",
        "ovhcloud": "ovhcloud",
        "perplexity": "perplexity",
        "togetherai": "together",
        "xai": "x-ai",
        "zai": "zai",
        "zhipuai": "zhipuai",
    }
)
"""Providers as models.dev names them, and as they do."""

_COUNTS: Final[Mapping[Rate, str]] = MappingProxyType(
    {
        "input": "input_tokens",
        "output": "output_tokens",
        "cache_read": "cache_read_tokens",
        "cache_write": "cache_write_tokens",
        "reasoning": "output_reasoning_tokens",
        "audio_input": "input_audio_tokens",
        "audio_output": "output_audio_tokens",
    }
)

_FIELDS: Final[Mapping[Rate, str]] = MappingProxyType(
    {name: count.removesuffix("_tokens") + "_mtok" for name, count in _COUNTS.items()}
)


def find(provider: str, model: str) -> tuple[Provider, ModelInfo] | None:
    """Their entry of a model."""
    try:
        return _snapshot().find_provider_model(model, None, PROVIDERS[provider], None)
    except LookupError:
        return None


def quote(found: tuple[Provider, ModelInfo], usage: Usage, at: datetime) -> Theirs:
    """What they say that a usage cost at a time."""
    provider, model = found
    counts = {_COUNTS[name]: getattr(usage, name) for name in RATES}
    asked = model.calc_price(TheirUsage(**counts), provider, genai_request_timestamp=at)
    prices, size = asked.model_price, usage.input or 0
    said: dict[Rate, Decimal | TieredPrices | None] = {}
    for name, field in _FIELDS.items():
        said[name] = getattr(prices, field)
    conditions = [] if isinstance(model.prices, ModelPrice) else [price.constraint for price in model.prices]
    return Theirs(
        model=model.id,
        total=asked.total_price,
        rates=_rates(said, size),
        base=_rates(said, 0),
        borders=frozenset(
            tier.start for value in said.values() if isinstance(value, TieredPrices) for tier in value.tiers
        ),
        fee=_at(prices.requests_kcount or Decimal(0), size) / 1000,
        makers=not any(model is own for own in provider.models),
        since=frozenset(
            one.start_date for one in conditions if isinstance(one, StartDateConstraint) and one.start_date <= at.date()
        ),
        hourly=any(isinstance(one, TimeOfDateConstraint) for one in conditions),
        images=None if prices.output_image_mtok is None else _at(prices.output_image_mtok, size),
        other_units=prices.input_mtok is None,
        comment=provider.price_comments or "",
    )


def _rates(said: Mapping[Rate, Decimal | TieredPrices | None], size: int) -> dict[Rate, Decimal]:
    return {name: _at(value, size) for name, value in said.items() if value is not None}


def _snapshot() -> DataSnapshot:
    return get_snapshot()


def _at(value: Decimal | TieredPrices, size: int) -> Decimal:
    if isinstance(value, Decimal):
        return value
    reached = [tier.price for tier in value.tiers if size > tier.start]
    return reached[-1] if reached else value.base
