"""Patches: merged field by field, taken back with null, and refused where they mean nothing."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, TypeAlias

import msgspec
import pytest
from hypothesis import given, strategies as st

from modelmix.catalog.patch import Patch, apply, read_patch
from modelmix.catalog.record import Cost, Limit, ModelRecord, ProviderRecord
from modelmix.errors import BadConfig

PATH: Final = "models_local/openai_patch.json"
BASE: Final = ProviderRecord(
    id="openai",
    name="OpenAI",
    env=("OPENAI_API_KEY",),
    models={
        "gpt-4o": ModelRecord(
            id="gpt-4o",
            name="GPT-4o",
            tool_call=True,
            cost=Cost(input=Decimal("2.5"), output=Decimal(10)),
            limit=Limit(context=128_000, output=16_384),
        ),
        "gpt-4o-mini": ModelRecord(id="gpt-4o-mini"),
        "o3": ModelRecord(id="o3"),
    },
)


def patch(said: Mapping[str, object]) -> Patch:
    return read_patch(json.dumps({"provider": {"id": "openai"}, **said}).encode(), PATH, project=False).unwrap()


def after(*said: Mapping[str, object]) -> ProviderRecord:
    found = apply(BASE, [patch(each) for each in said])
    assert found is not None
    return found


def model(*changes: Mapping[str, object]) -> ModelRecord:
    return after(*({"models": [{"id": "gpt-4o", **change}]} for change in changes)).models["gpt-4o"]


MERGED: Final[dict[str, tuple[ModelRecord, object, object]]] = {
    # the model, what is seen of it, what it is
    "a price beside another": (
        (found := model({"cost": {"input": 3}})),
        (found.cost.input, found.cost.output),
        (Decimal(3), Decimal(10)),
    ),
    "a price with all its decimals": (
        (found := model({"cost": {"input": 0.123456789}})),
        found.cost.input,
        Decimal("0.123456789"),
    ),
    "a price for a thousand tokens": (
        (found := model({"cost": {"input": 0.0025, "unit": "1K"}})),
        (found.cost.input, found.cost.output),
        (Decimal("2.5"), Decimal(10)),
    ),
    "a price for a million tokens": (
        (found := model({"cost": {"input": 4, "unit": "1M"}})),
        found.cost.input,
        Decimal(4),
    ),
    "tiers for a thousand tokens": (
        (found := model({"cost": {"unit": "1K", "tiers": [{"input": 0.005, "tier": {"size": 200_000}}]}})),
        [(tier.input, tier.tier.size) for tier in found.cost.tiers],
        [(Decimal(5), 200_000)],
    ),
    "a price taken back": (
        (found := model({"cost": {"input": None}})),
        (found.cost.input, found.cost.output),
        (None, Decimal(10)),
    ),
    "all prices taken back": ((found := model({"cost": None})), found.cost, Cost()),
    "a limit beside another": (
        (found := model({"limit": {"context": 5}})),
        found.limit,
        Limit(context=5, output=16_384),
    ),
    "an array is replaced": (
        (found := model({"modalities": {"input": ["text", "image"]}}, {"modalities": {"input": ["text"]}})),
        found.modalities.input,
        ("text",),
    ),
    "the later one wins": ((found := model({"tier": "fast"}, {"tier": "flagship"})), found.tier, "flagship"),
    "null takes an earlier patch back": ((found := model({"tier": "fast"}, {"tier": None})), found.tier, None),
    "the id that is sent": (
        (found := model({"provider_model_id": "ft:gpt-4o:acme"})),
        (found.id, found.provider_model_id),
        ("gpt-4o", "ft:gpt-4o:acme"),
    ),
    "what it does": ((found := model({"type": "embedding"})), found.type, "embedding"),
    "nothing else": ((found := model({"tier": "fast"})), (found.name, found.tool_call), ("GPT-4o", True)),
}


@pytest.mark.parametrize(("found", "seen", "expected"), MERGED.values(), ids=MERGED)
def test_a_model_is_changed_field_by_field(found: ModelRecord, seen: object, expected: object) -> None:
    assert seen == expected
    assert found.id == "gpt-4o"


SETS: Final[dict[str, tuple[Mapping[str, object], set[str]]]] = {
    "one more": ({"models": [{"id": "mine"}]}, {"gpt-4o", "gpt-4o-mini", "o3", "mine"}),
    "one less": ({"exclude": ["o3"]}, {"gpt-4o", "gpt-4o-mini"}),
    "a glob": ({"exclude": ["gpt-4*"]}, {"o3"}),
    "all": ({"exclude": ["*"]}, set()),
    "a glob that is an id": ({"exclude": ["[o3]"]}, {"gpt-4o", "gpt-4o-mini", "o3"}),
    "what is said by name is not excluded": ({"exclude": ["*"], "models": [{"id": "mine"}]}, {"mine"}),
    "nobody": ({"exclude": ["claude*"]}, {"gpt-4o", "gpt-4o-mini", "o3"}),
}


@pytest.mark.parametrize(("said", "names"), SETS.values(), ids=SETS)
def test_models_are_added_and_excluded(said: Mapping[str, object], names: set[str]) -> None:
    assert set(after(said).models) == names


def test_a_provider_is_made_and_changed() -> None:
    made = apply(
        None,
        [read_patch(b'{"provider":{"id":"acme","name":"Acme"},"models":[{"id":"m"}]}', PATH, project=False).unwrap()],
    )
    assert made == ProviderRecord(id="acme", name="Acme", models={"m": ModelRecord(id="m")})
    assert after({"provider": {"id": "openai", "name": None, "doc": "https://d.example"}}).name == ""


def test_an_entry_of_models_dev_may_be_copied() -> None:
    entry: dict[str, object] = {
        "id": "copied",
        "family": "c",
        "open_weights": True,
        "reasoning_options": [],
        "interleaved": True,
        "experimental": {},
        "knowledge": "2025-01",
        "cost": {"input": 1, "output": 2, "context_over_200k": {"input": 2}},
    }
    assert after({"models": [entry]}).models["copied"].knowledge == "2025-01"


BAD: Final[dict[str, tuple[object, str]]] = {
    # the file, where it is wrong
    "no JSON": ("{", ""),
    "a key twice": ('{"provider":{"id":"a"},"provider":{"id":"b"}}', ""),
    "a list": ("[]", "$:"),
    "no provider": ({"models": []}, "$.provider:"),
    "no id": ({"provider": {}}, "$.provider.id:"),
    "an id that leaves the folder": ({"provider": {"id": "../x"}}, "$.provider.id:"),
    "an unknown word": ({"provider": {"id": "a"}, "model": []}, "$.model:"),
    "an unknown word of the provider": ({"provider": {"id": "a", "url": "x"}}, "$.provider.url:"),
    "an unknown word of a model": (
        {"provider": {"id": "a"}, "models": [{"id": "m"}, {"id": "n", "prise": 1}]},
        "$.models[1].prise:",
    ),
    "an unknown price": ({"provider": {"id": "a"}, "models": [{"id": "m", "cost": {"in": 1}}]}, "$.models[0].cost.in:"),
    "an unknown word of a tier": (
        {"provider": {"id": "a"}, "models": [{"id": "m", "cost": {"tiers": [{"tier": {"sise": 1}}]}}]},
        "$.models[0].cost.tiers[0].tier.sise:",
    ),
    "models in an object": ({"provider": {"id": "a"}, "models": {"m": {}}}, "$.models"),
    "a model without an id": ({"provider": {"id": "a"}, "models": [{"name": "m"}]}, "$.models[0].id:"),
    "a model twice": ({"provider": {"id": "a"}, "models": [{"id": "m"}, {"id": "m"}]}, "$.models[1].id:"),
    "a price in words": (
        {"provider": {"id": "a"}, "models": [{"id": "m", "cost": {"input": "1"}}]},
        "$.models[0].cost.input:",
    ),
    "a price below zero": (
        {"provider": {"id": "a"}, "models": [{"id": "m", "cost": {"input": -1}}]},
        "$.models[0].cost.input:",
    ),
    "an unknown unit": (
        {"provider": {"id": "a"}, "models": [{"id": "m", "cost": {"unit": "1G"}}]},
        "$.models[0].cost.unit:",
    ),
    "an unknown type": ({"provider": {"id": "a"}, "models": [{"id": "m", "type": "song"}]}, "$.models[0].type:"),
    "a limit in words": (
        {"provider": {"id": "a"}, "models": [{"id": "m", "limit": {"context": "1k"}}]},
        "$.models[0].limit.context:",
    ),
    "excludes that are no list": ({"provider": {"id": "a"}, "exclude": "x"}, "$.exclude:"),
    "excludes that are no texts": ({"provider": {"id": "a"}, "exclude": [1]}, "$.exclude:"),
    "variables that are no list": ({"provider": {"id": "a", "env": "X"}}, "$.provider.env:"),
    "plain http": ({"provider": {"id": "a", "api": "http://a.example"}}, "$.provider.api:"),
    "plain http for a model": (
        {"provider": {"id": "a"}, "models": [{"id": "m", "provider": {"api": "http://a.example"}}]},
        "$.models[0].provider.api:",
    ),
    "an id that acts": ({"provider": {"id": "a"}, "models": [{"id": "m\x1b[2J"}]}, "$.models[0].id:"),
}


@pytest.mark.parametrize(("said", "place"), BAD.values(), ids=BAD)
def test_a_malformed_patch_is_told_with_file_and_place(said: object, place: str) -> None:
    data = said.encode() if isinstance(said, str) else json.dumps(said).encode()
    error = read_patch(data, PATH, project=False).failure()
    assert isinstance(error, BadConfig)
    assert error.where == PATH
    assert error.detail.startswith(place)


Said: TypeAlias = Mapping[str, object]

NUMBERS: Final = st.none() | st.integers(0, 1000) | st.decimals(0, 1000, places=3).map(float)
MODELS: Final = st.fixed_dictionaries(
    {"id": st.sampled_from(["gpt-4o", "o3", "mine"])},
    optional={
        "cost": st.none() | st.dictionaries(st.sampled_from(["input", "output", "cache_read"]), NUMBERS),
        "limit": st.none() | st.dictionaries(st.sampled_from(["context", "output"]), st.none() | st.integers(0, 10**6)),
        "tier": st.none() | st.just("fast"),
        "tool_call": st.none() | st.booleans(),
    },
)
SAID: Final = st.fixed_dictionaries(
    {},
    optional={
        "models": st.lists(MODELS, unique_by=lambda each: str(each["id"]), max_size=3),
        "exclude": st.lists(st.sampled_from(["o3", "gpt-4*", "*mini", "nobody"]), max_size=2),
    },
)


@given(SAID)
def test_merging_again_changes_nothing(said: Said) -> None:
    once = after(said)
    assert apply(once, [patch(said)]) == once


@given(SAID, SAID)
def test_patches_merge_one_after_the_other(first: Said, second: Said) -> None:
    assert after(first, second) == apply(apply(BASE, [patch(first)]), [patch(second)])


@given(MODELS)
def test_what_a_patch_says_of_a_model_holds_and_null_is_gone(said: Said) -> None:
    record = after({"models": [said]}).models[str(said["id"])]
    again = msgspec.to_builtins(record)
    for name in ("tier", "tool_call"):
        assert name not in said or again.get(name) == said[name]
    cost = said.get("cost", {})
    assert cost is not None or record.cost == Cost()
    for name, rate in msgspec.convert(cost or {}, dict[str, float | None]).items():
        assert getattr(record.cost, name) == (None if rate is None else Decimal(str(rate)))
