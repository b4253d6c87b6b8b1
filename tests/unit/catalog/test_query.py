"""Choosing among models: every bound, order and word, and agreement with a plain count over the data."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeAlias

import pytest
from msgspec.structs import replace

from modelmix.ast.model import Capabilities, Limits, Model, Pricing
from modelmix.catalog import shipped
from modelmix.catalog.catalog import Catalog
from modelmix.catalog.query import Order, Query, Trait, Type, has, peers, select, spec_of, type_of

d = Decimal
BIG: Final = Model(
    provider="acme",
    id="big-1",
    name="Acme Large",
    limits=Limits(context=200_000, output=8_000),
    pricing=Pricing(input=d("3"), output=d("15")),
    capabilities=Capabilities(
        tools=True, reasoning=True, structured_output=True, temperature=True, input=("text", "image"), output=("text",)
    ),
    released="2024-05-13",
)
SMALL: Final = Model(
    provider="acme",
    id="small-2",
    name="Acme Small",
    limits=Limits(context=8_000, output=2_000),
    pricing=Pricing(input=d("0.1"), output=d("20")),
    capabilities=Capabilities(tools=True, reasoning=False, input=("text", "pdf"), output=("text",)),
    released="2024-05",
)
FREE: Final = Model(provider="acme", id="zero", pricing=Pricing(input=d(0), output=d(0)), released="2026")
UNKNOWN: Final = Model(provider="bold", id="acme/clone")
ALL: Final = (UNKNOWN, SMALL, FREE, BIG)

QUERIES: dict[str, tuple[Query, tuple[Model, ...]]] = {
    "everything, by name": (Query(), (BIG, SMALL, FREE, UNKNOWN)),
    "a word of the specification": (Query(words=("big",)), (BIG,)),
    "a word of the name, in capitals": (Query(words=("LARGE",)), (BIG,)),
    "a provider": (Query(words=("acme:",)), (BIG, SMALL, FREE)),
    "all words": (Query(words=("acme", "small")), (SMALL,)),
    "words that stand in two models": (Query(words=("big", "small")), ()),
    "a glob is over the whole": (Query(words=("acme:*l*",)), (SMALL,)),
    "a glob that does not reach the end": (Query(words=("acme:b*g",)), ()),
    "tools": (Query(traits=("tools",)), (BIG, SMALL)),
    "several traits": (Query(traits=("tools", "vision", "reasoning", "json")), (BIG,)),
    "what is free is cheap, what is unknown is not": (Query(max_price=d("0.1")), (SMALL, FREE)),
    "a price in between": (Query(max_price=d("2.99")), (SMALL, FREE)),
    "the price of output": (Query(max_output_price=d("15")), (BIG, FREE)),
    "a context": (Query(min_context=8_000), (BIG, SMALL)),
    "a token more": (Query(min_context=8_001), (BIG,)),
    "an output": (Query(min_output=2_001), (BIG,)),
    "a type": (Query(types=("embedding",)), ()),
    "one of two types": (Query(types=("embedding", "chat"), words=("zero",)), (FREE,)),
    "the cheapest": (Query(order="price"), (FREE, SMALL, BIG, UNKNOWN)),
    "the cheapest of output": (Query(order="output-price"), (FREE, BIG, SMALL, UNKNOWN)),
    "the largest": (Query(order="context"), (BIG, SMALL, FREE, UNKNOWN)),
    "the longest of output": (Query(order="output"), (BIG, SMALL, FREE, UNKNOWN)),
    "the newest": (Query(order="released"), (FREE, BIG, SMALL, UNKNOWN)),
    "the first two of an order": (Query(order="price", limit=2), (FREE, SMALL)),
    "none at all": (Query(limit=0), ()),
}


@pytest.mark.parametrize(("query", "expected"), QUERIES.values(), ids=QUERIES)
def test_the_models_that_are_wanted_come_in_the_order_that_is_wanted(query: Query, expected: tuple[Model, ...]) -> None:
    assert select(ALL, query) == expected


TYPES: dict[str, tuple[Model, Type]] = {
    "text": (BIG, "chat"),
    "nothing known": (UNKNOWN, "chat"),
    "as its entry says": (replace(BIG, type="embedding"), "embedding"),
    "its entry over its name": (Model(provider="p", id="text-embedding-3", type="chat"), "chat"),
    "a word that is no type": (replace(BIG, type="wonder"), "chat"),
    "vectors by name": (Model(provider="openai", id="text-embedding-3-small"), "embedding"),
    "vectors by family": (Model(provider="x", id="baai/bge-m3"), "embedding"),
    "vectors by a name that begins with it": (Model(provider="x", id="e5-large-v2"), "embedding"),
    "a reranker of such a family": (Model(provider="x", id="bge-reranker-v2-m3"), "rerank"),
    "pictures": (Model(provider="x", id="m", capabilities=Capabilities(output=("image",))), "image"),
    "words and pictures": (Model(provider="x", id="m", capabilities=Capabilities(output=("text", "image"))), "chat"),
    "films": (Model(provider="x", id="m", capabilities=Capabilities(output=("video",))), "video"),
    "a voice": (Model(provider="x", id="m", capabilities=Capabilities(output=("audio",))), "audio"),
    "what is heard, written down": (
        Model(provider="x", id="m", capabilities=Capabilities(input=("audio",), output=("text",))),
        "transcription",
    ),
}


@pytest.mark.parametrize(("model", "expected"), TYPES.values(), ids=TYPES)
def test_what_a_model_is_for(model: Model, expected: Type) -> None:
    assert type_of(model) == expected


# The shipped data read by another reader: plain JSON, no types, no catalogue.
Entry: TypeAlias = dict[str, dict[str, list[str]]]
DATA: Final = Path(shipped.__file__).parent / "data"
PLAIN: Final[tuple[Entry, ...]] = tuple(
    entry
    for path in DATA.glob("*.json")
    if path.name != "manifest.json"
    for entry in json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)["models"].values()
)


def number(entry: Entry, table: str, field: str) -> Decimal | None:
    value = entry.get(table, {}).get(field)
    return None if value is None else Decimal(str(value))


COUNTS: dict[str, tuple[Query, Callable[[Entry], bool]]] = {
    "all": (Query(), lambda _: True),
    "tools for a dollar": (
        Query(traits=("tools",), max_price=d(1)),
        lambda entry: (
            bool(entry.get("tool_call")) and (number(entry, "cost", "input") or d(0)) <= 1
            if number(entry, "cost", "input") is not None
            else False
        ),
    ),
    "eyes": (Query(traits=("vision",)), lambda entry: "image" in entry["modalities"]["input"]),
    "JSON and reasoning": (
        Query(traits=("json", "reasoning")),
        lambda entry: bool(entry.get("structured_output")) and bool(entry.get("reasoning")),
    ),
    "a long context": (Query(min_context=200_000), lambda entry: (number(entry, "limit", "context") or 0) >= 200_000),
    "a cheap output": (
        Query(max_output_price=d("0.5")),
        lambda entry: (
            (number(entry, "cost", "output") or d(0)) <= d("0.5")
            if number(entry, "cost", "output") is not None
            else False
        ),
    ),
    "a long output": (Query(min_output=65_536), lambda entry: (number(entry, "limit", "output") or 0) >= 65_536),
    "pictures made": (Query(traits=("image-output",)), lambda entry: "image" in entry["modalities"]["output"]),
}


@pytest.fixture(scope="module")
def everything() -> tuple[Model, ...]:
    catalog = Catalog()
    return tuple(model for name in catalog.providers().unwrap() for model in catalog.models(name).unwrap())


@pytest.mark.parametrize(("query", "wanted"), COUNTS.values(), ids=COUNTS)
def test_the_count_agrees_with_a_plain_one(
    everything: tuple[Model, ...], query: Query, wanted: Callable[[Entry], bool]
) -> None:
    expected = sum(map(wanted, PLAIN))
    assert 0 < len(select(everything, query)) == expected


def test_an_order_loses_and_repeats_no_model(everything: tuple[Model, ...]) -> None:
    orders: tuple[Order, ...] = ("name", "price", "output-price", "context", "output", "released")
    specs = sorted(map(spec_of, everything))
    assert len(set(specs)) == len(specs)
    for order in orders:
        assert sorted(map(spec_of, select(everything, Query(order=order)))) == specs


NO_CHAT: Final[Mapping[Type, tuple[str, ...]]] = {
    "embedding": ("openai:text-embedding-3-small", "nvidia:baai/bge-m3", "digitalocean:all-mini-lm-l6-v2"),
    "rerank": ("nearai:Qwen/Qwen3-Reranker-0.6B",),
    "transcription": ("groq:whisper-large-v3",),
    "audio": ("google:gemini-2.5-pro-preview-tts",),
}


def test_models_that_do_not_talk_are_told_apart_in_the_data(everything: tuple[Model, ...]) -> None:
    found = {spec_of(model): type_of(model) for model in everything}
    assert {spec: found[spec] for specs in NO_CHAT.values() for spec in specs} == {
        spec: kind for kind, specs in NO_CHAT.items() for spec in specs
    }
    # None of them is taken for one of vectors by its name alone: chat models call tools, models of vectors never do.
    assert [spec_of(model) for model in select(everything, Query(traits=("embedding", "tools")))] == []


def test_peers_are_in_use_and_can_do_it() -> None:
    found = peers(Catalog(), "groq", "tools").unwrap()
    assert len(found) == 3
    models = {spec_of(model): model for model in Catalog().models("groq").unwrap()}
    trait: Trait = "tools"
    assert all(has(models[spec], trait) and models[spec].status is None for spec in found)
    assert peers(Catalog(), "nobody", "tools").unwrap() == ()
