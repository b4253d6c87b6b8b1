"""What is known of models, as JSON and as words."""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.json import Encoder
from msgspec.structs import asdict

from modelmix.ast.model import Model, Pricing
from modelmix.card import Access, Card
from modelmix.catalog.query import Trait, has, spec_of, type_of
from modelmix.cli.listing import Column, about, dollars, pairs, shown, tokens
from modelmix.explanation import explain
from modelmix.keys import STORED

_ENCODER: Final = Encoder(decimal_format="number")

_MARKS: Final[tuple[tuple[Trait, str], ...]] = (
    ("tools", "tools"),
    ("vision", "vision"),
    ("reasoning", "reasoning"),
    ("json", "json"),
    ("pdf", "pdf"),
    ("audio", "audio"),
    ("video", "video"),
)
"""What is worth a word in a table."""

_RATES: Final = (
    ("input", "input"),
    ("output", "output"),
    ("cache_read", "cache read"),
    ("cache_write", "cache write"),
    ("reasoning", "reasoning"),
    ("audio_input", "audio in"),
    ("audio_output", "audio out"),
)


def encoded(value: object) -> str:
    """A value as JSON, prices exact."""
    return _ENCODER.encode(value).decode()


def listed(model: Model) -> dict[str, object]:
    """A model as JSON says it; what is unknown is null. Prices are US dollars per million tokens, sizes are tokens."""
    does, limits = model.capabilities, model.limits
    return {
        "spec": spec_of(model),
        "provider": model.provider,
        "id": model.id,
        "name": model.name,
        "type": type_of(model),
        "status": model.status,
        "context": limits.context,
        "input": limits.input,
        "output": limits.output,
        "price": _prices(model.pricing),
        "capabilities": {
            "tools": does.tools,
            "reasoning": does.reasoning,
            "json": does.structured_output,
            "temperature": does.temperature,
            "attachment": does.attachment,
        },
        "modalities": {"input": does.input, "output": does.output},
        "released": model.released,
        "updated": model.updated,
        "knowledge": model.knowledge,
        "family": model.family,
        "open_weights": model.open_weights,
    }


def _prices(pricing: Pricing) -> dict[str, object]:
    prices: dict[str, object] = {name: getattr(pricing, name) for name, _ in _RATES}
    tiers = [{"above": tier.above, **_prices(tier.pricing)} for tier in pricing.tiers]
    return {**prices, "tiers": tiers} if tiers else prices


def carded(card: Card) -> dict[str, object]:
    """A card as JSON says it."""
    entry: dict[str, object] = {} if card.entry is None else listed(card.entry)
    return {
        **entry,
        "spec": card.spec,
        "listed": card.entry is not None,
        "key": keyed(card.access),
        "dialect": card.dialect,
        "endpoint": card.base_url,
        "endpoint_from": card.said_by,
        "source": card.source,
        "adaptations": card.adaptations,
        "trouble": None if card.trouble is None else explain(card.trouble).summary,
    }


def keyed(access: Access) -> dict[str, object]:
    """Whether there is a key, as JSON says it; never the key."""
    place = access.place
    return {
        "required": access.required,
        "variables": access.variables,
        "set": place is not None,
        "from": None if place is None else "config" if place == STORED else place,
    }


def columns(models: Iterable[Model]) -> tuple[Column, ...]:
    """The table of some models."""
    many = tuple(models)
    return (
        Column(title="MODEL", cells=tuple([shown(spec_of(model)) for model in many])),
        Column(title="CONTEXT", right=True, rank=2, cells=tuple([tokens(model.limits.context) for model in many])),
        Column(title="OUTPUT", right=True, rank=4, cells=tuple([tokens(model.limits.output) for model in many])),
        Column(title="IN $/M", right=True, rank=1, cells=tuple([about(model.pricing.input) for model in many])),
        Column(title="OUT $/M", right=True, rank=1, cells=tuple([about(model.pricing.output) for model in many])),
        Column(title="CAN", rank=3, cells=tuple([_marks(model) for model in many])),
        Column(title="RELEASED", rank=5, cells=tuple([shown(model.released or "-") for model in many])),
        Column(title="", rank=1, cells=tuple([_kind(model) for model in many])),
    )


def _marks(model: Model) -> str:
    return ",".join([word for trait, word in _MARKS if has(model, trait)]) or "-"


def _kind(model: Model) -> str:
    """What is unusual about a model: that it is no chat model, or not in general use."""
    words = [*([] if type_of(model) == "chat" else [type_of(model)]), *([model.status] if model.status else [])]
    return shown(" ".join(words))


def page(card: Card) -> str:
    """A card as words."""
    entry = card.entry
    if entry is None:
        head = f"{shown(card.spec)}\n  not in the catalogue; it is used as it is named\n\n"
        return head + pairs(_way(card))
    title = " · ".join([shown(entry.name) or shown(entry.id), type_of(entry), shown(card.access.name)])
    return f"{shown(card.spec)}\n  {title}\n\n{pairs([*_facts(entry), *_way(card)])}"


def _facts(entry: Model) -> Iterator[tuple[str, str]]:
    does, limits = entry.capabilities, entry.limits
    yield "status", shown(entry.status or "")
    yield "context", _size(limits.context)
    yield "input", _size(limits.input)
    yield "output", _size(limits.output)
    yield from _bill(entry.pricing)
    known = (("tools", does.tools), ("reasoning", does.reasoning), ("json", does.structured_output))
    abilities = (*known, ("temperature", does.temperature), ("attachments", does.attachment))
    yield "can", ", ".join([name for name, value in abilities if value])
    yield "cannot", ", ".join([name for name, value in abilities if value is False])
    yield "unknown", ", ".join([name for name, value in abilities if value is None])
    yield "takes", shown(", ".join(does.input))
    yield "makes", shown(", ".join(does.output))
    yield "released", shown(entry.released or "")
    yield "updated", shown(entry.updated or "")
    yield "knowledge", shown(f"to {entry.knowledge}" if entry.knowledge else "")
    yield "family", shown(entry.family or "")
    yield "weights", "" if entry.open_weights is None else "open" if entry.open_weights else "closed"


def _size(count: int | None) -> str:
    return "" if count is None else f"{count:,} tokens"


def _bill(pricing: Pricing) -> Iterator[tuple[str, str]]:
    known = _rates(pricing)
    yield "price", f"{known} per million tokens" if known else "unknown"
    for tier in pricing.tiers:
        yield "", ""
        yield f"above {tokens(tier.above)}", _rates(tier.pricing)


def _rates(pricing: Pricing) -> str:
    rates = asdict(pricing)
    return ", ".join([f"${dollars(rates[name])} {word}" for name, word in _RATES if rates[name] is not None])


def _way(card: Card) -> Iterator[tuple[str, str]]:
    yield "key", key_words(card.access)
    yield "dialect", card.dialect or ""
    where = shown(card.base_url or "") or ("chosen when its server starts" if card.dialect else "")
    yield "endpoint", f"{where} ({shown(card.said_by)})" if where and card.said_by else where
    yield "entry", shown(card.source) if card.entry is not None else ""
    for change in card.adaptations:
        yield change.field, shown(f"{change.action}{f' to {change.into}' if change.into else ''}: {change.why}")
    if card.trouble is not None:
        yield "trouble", shown(explain(card.trouble).summary)


def key_words(access: Access) -> str:
    """Whether there is a key, and where."""
    if access.place is not None:
        words = f"in {access.place}" if access.place == STORED else f"set in {access.place}"
    elif not access.required:
        words = "none needed"
    else:
        words = f"not set: {', '.join(access.variables) or f'mm keys set {access.provider}'}"
    return shown(words + (", which is not sent to another host than its own" if access.moved and access.place else ""))
