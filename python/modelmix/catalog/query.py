"""Choose among models: by provider, ability, price, size and words; sort them."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from modelmix.ast.model import Ability, Model
from modelmix.capable import can
from modelmix.catalog.catalog import Catalog
from modelmix.node import Node
from modelmix.outcome import Outcome, mapped

Type: TypeAlias = Literal["chat", "embedding", "rerank", "image", "audio", "video", "transcription"]
"""What a model is for."""

Trait: TypeAlias = Literal[
    "tools",
    "vision",
    "reasoning",
    "json",
    "temperature",
    "attachment",
    "pdf",
    "audio",
    "video",
    "image-output",
    "audio-output",
    "video-output",
    "embedding",
    "open-weights",
]
"""Something that a model is wanted to have."""

Order: TypeAlias = Literal["name", "price", "output-price", "context", "output", "released"]
"""What models are sorted by: cheapest, largest or newest first, and what is unknown last."""

_HAS: Final[Mapping[Trait, Callable[[Model], bool]]] = MappingProxyType(
    {
        "tools": lambda model: model.capabilities.tools is True,
        "vision": lambda model: "image" in model.capabilities.input,
        "reasoning": lambda model: model.capabilities.reasoning is True,
        "json": lambda model: model.capabilities.structured_output is True,
        "temperature": lambda model: model.capabilities.temperature is True,
        "audio": lambda model: "audio" in model.capabilities.input,
        "pdf": lambda model: "pdf" in model.capabilities.input,
        "video": lambda model: "video" in model.capabilities.input,
        "attachment": lambda model: model.capabilities.attachment is True,
        "image-output": lambda model: "image" in model.capabilities.output,
        "audio-output": lambda model: "audio" in model.capabilities.output,
        "video-output": lambda model: "video" in model.capabilities.output,
        "embedding": lambda model: type_of(model) == "embedding",
        "open-weights": lambda model: model.open_weights is True,
    }
)

_SAID: Final = MappingProxyType[str, Type]({"chat": "chat", "embedding": "embedding"})

# models.dev has no field for it: models of vectors and rerankers are listed as text in, text out. These are parts of
# names, each of them found in its data.
_EMBEDDERS: Final = ("embed", "bge-", "gte-", "/e5-", "-e5-", "minilm", "mini-lm", "voyage-")
_RERANKERS: Final = ("rerank",)

_SHOWN: Final = 3

_ORDERS: Final[Mapping[Order, Callable[[Model], tuple[bool, Decimal | int]]]] = MappingProxyType(
    {
        "price": lambda model: _rising(model.pricing.input),
        "output-price": lambda model: _rising(model.pricing.output),
        "context": lambda model: _falling(model.limits.context),
        "output": lambda model: _falling(model.limits.output),
        "released": lambda model: _falling(_day(model.released)),
    }
)


class Query(Node, frozen=True, kw_only=True):
    """Which models are wanted. What is None or empty lets all of them pass.

    A model whose price, size or capability is unknown does not pass a bound on it. Prices are US dollars per million
    tokens, sizes are tokens. Every one of `words` must stand in the specification or the name, in any case; a word with
    `*` is a glob over the whole specification.
    """

    words: tuple[str, ...] = ()
    traits: tuple[Trait, ...] = ()
    types: tuple[Type, ...] = ()
    max_price: Decimal | None = None
    """On input, which models are compared by."""
    max_output_price: Decimal | None = None
    min_context: int | None = None
    min_output: int | None = None
    order: Order = "name"
    limit: int | None = None


def spec_of(model: Model) -> str:
    """How a model is named."""
    return f"{model.provider}:{model.id}"


def select(models: Iterable[Model], query: Query) -> tuple[Model, ...]:
    """The models that are wanted, in the order that is wanted."""
    found = sorted([model for model in models if _passes(model, query)], key=spec_of)
    if query.order != "name":
        found.sort(key=_ORDERS[query.order])
    return tuple(found[: query.limit])


def has(model: Model, trait: Trait) -> bool:
    """Whether a model has something, as far as the catalogue says."""
    return _HAS[trait](model)


def type_of(model: Model) -> Type:
    """What a model is for: as its entry says, else by what it makes, else by its name."""
    said = _SAID.get(model.type or "")
    if said is not None:
        return said
    makes, takes = model.capabilities.output, model.capabilities.input
    if makes and "text" not in makes:
        return "image" if "image" in makes else "video" if "video" in makes else "audio"
    if takes == ("audio",):
        return "transcription"
    return _type_by_name(f"/{model.id} {model.name}".lower())


def peers(catalog: Catalog, provider: str, ability: Ability) -> Outcome[tuple[str, ...]]:
    """The newest models of a provider that can do something, three at most."""
    return mapped(
        catalog.models(provider),
        lambda models: tuple(
            [
                spec_of(model)
                for model in select(models, Query(types=("chat",), order="released"))
                if model.status is None and can(model, ability)
            ][:_SHOWN]
        ),
    )


@cache
def _type_by_name(name: str) -> Type:
    if any(part in name for part in _RERANKERS):
        return "rerank"
    return "embedding" if any(part in name for part in _EMBEDDERS) else "chat"


def _passes(model: Model, query: Query) -> bool:
    prices, limits = model.pricing, model.limits
    return (
        (not query.types or type_of(model) in query.types)
        and all(_HAS[trait](model) for trait in query.traits)
        and _at_most(prices.input, query.max_price)
        and _at_most(prices.output, query.max_output_price)
        and _at_least(limits.context, query.min_context)
        and _at_least(limits.output, query.min_output)
        and all(_says(model, word.lower()) for word in query.words)
    )


def _at_most(price: Decimal | None, bound: Decimal | None) -> bool:
    return bound is None or (price is not None and price <= bound)


def _at_least(size: int | None, bound: int | None) -> bool:
    return bound is None or (size is not None and size >= bound)


def _says(model: Model, word: str) -> bool:
    spec = spec_of(model).lower()
    return fnmatchcase(spec, word) if "*" in word else word in spec or word in model.name.lower()


def _rising(value: Decimal | None) -> tuple[bool, Decimal | int]:
    return value is None, value or 0


def _falling(value: int | None) -> tuple[bool, Decimal | int]:
    return value is None, -(value or 0)


def _day(date: str | None) -> int | None:
    """A date as a number that sorts like it; a month stands before its days."""
    digits = (date or "").replace("-", "")
    return int(digits.ljust(8, "0")[:8]) if digits.isdecimal() else None
