"""Models by name: as it stands, without its date, nearly right, or not at all."""

from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec
import pytest
from hypothesis import given, strategies as st
from returns.result import Success

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.model import Limits, Model, Pricing, Tier
from modelmix.catalog import shipped
from modelmix.catalog.catalog import Catalog
from modelmix.catalog.find import Found
from modelmix.catalog.record import ModelRecord, ProviderRecord, model
from modelmix.errors import UnknownModel
from modelmix.outcome import Outcome
from modelmix.providers.load import built_in, names
from modelmix.spec import Spec

DATA: Final = Path(shipped.__file__).parent / "data"


def find(spec: Spec) -> Outcome[Found]:
    return Catalog().find(spec)


def models(provider: str) -> tuple[Model, ...]:
    return Catalog().models(provider).unwrap()


def record(provider: str) -> ProviderRecord | None:
    return Catalog().record(provider).unwrap()


def test_a_model_is_found_as_it_is_listed() -> None:
    found = find(Spec("openai", "gpt-4o")).unwrap()
    assert (found.model.provider, found.model.id) == ("openai", "gpt-4o")
    assert found.adaptations == ()
    assert (found.model.pricing.input, found.model.pricing.output) == (Decimal("2.5"), Decimal(10))
    assert found.model.limits == Limits(context=128_000, output=16_384)


SHORT = {
    "the newest of two dates": ("anthropic", "claude-3-5-sonnet", "claude-3-5-sonnet-20241022"),
    "the only date": ("anthropic", "claude-3-opus", "claude-3-opus-20240229"),
    "the latest": ("mistral", "mistral-large", "mistral-large-latest"),
}


@pytest.mark.parametrize(("provider", "name", "expected"), SHORT.values(), ids=SHORT)
def test_a_name_without_its_date_is_the_newest_model_of_that_name(provider: str, name: str, expected: str) -> None:
    found = find(Spec(provider, name)).unwrap()
    assert found.model.id == expected
    why = "the newest model of that name"
    assert found.adaptations == (Adaptation(field="model", action="changed", into=expected, why=why),)


EXACT = (("openai", "gpt-4o-2024-05-13"), ("anthropic", "claude-3-5-haiku-latest"), ("openai", "gpt-5-chat-latest"))


@pytest.mark.parametrize(("provider", "name"), EXACT)
def test_a_name_with_its_date_is_that_model(provider: str, name: str) -> None:
    found = find(Spec(provider, name)).unwrap()
    assert (found.model.id, found.adaptations) == (name, ())


NEAR = {
    "a slip of the finger": ("openai", "gpt-4oo", "gpt-4o"),
    "capitals": ("openai", "GPT-4O", "gpt-4o"),
    "the beginning of a name": ("openai", "gpt-4o-m", "gpt-4o-mini"),
    "a missing dash": ("anthropic", "claude-opus45", "claude-opus-4-5"),
    "another provider's": ("anthropic", "gpt-4o", None),
}


@pytest.mark.parametrize(("provider", "name", "nearest"), NEAR.values(), ids=NEAR)
def test_an_unknown_model_is_told_with_the_nearest_names(provider: str, name: str, nearest: str | None) -> None:
    error = find(Spec(provider, name)).failure()
    assert isinstance(error, UnknownModel)
    assert (error.spec, error.provider) == (f"{provider}:{name}", provider)
    assert nearest is None or error.near[0] == nearest
    assert len(error.near) == min(20, error.total)
    assert error.total == len(models(provider))
    assert set(error.near) <= {each.id for each in models(provider)}


NOWHERE = {
    "an unknown provider": "nobody",
    "a folder above": "../data/openai",
    "a way out": "../../providers/openai",
    "a way round": "x/../openai",
    "the root": "/etc/passwd",
    "the manifest": "manifest",
    "nothing": "",
    "a nul": "open\x00ai",
    "a long name": "x" * 5000,
    "a backslash": "..\\openai",
}


@pytest.mark.parametrize("provider", NOWHERE.values(), ids=NOWHERE)
def test_a_provider_that_is_no_file_has_no_models(provider: str) -> None:
    assert record(provider) is None
    assert models(provider) == ()
    error = find(Spec(provider, "gpt-4o")).failure()
    assert error == UnknownModel(spec=f"{provider}:gpt-4o", provider=provider, near=(), total=0)


@given(provider=st.text(max_size=30), name=st.text(max_size=30))
def test_any_name_is_found_or_told(provider: str, name: str) -> None:
    outcome = find(Spec(provider, name))
    assert isinstance(outcome, Success) or isinstance(outcome.failure(), UnknownModel)


FILES: Final = tuple(sorted(path for path in DATA.glob("*.json") if path.name != "manifest.json"))


def test_every_file_of_the_catalogue_reads_and_names_its_provider() -> None:
    manifest = msgspec.json.decode((DATA / "manifest.json").read_bytes())
    assert {path.stem for path in FILES} == set(manifest["sha256"])
    count = 0
    for path in FILES:
        known = record(path.stem)
        assert known is not None
        assert known.id == path.stem
        for name, entry in known.models.items():
            assert model(known.id, entry).provider == path.stem
            assert name
        count += len(known.models)
    assert count == manifest["models"]


def test_no_price_is_negative_and_none_is_a_float() -> None:
    for path in FILES:
        for entry in models(path.stem):
            for rates in (entry.pricing, *(tier.pricing for tier in entry.pricing.tiers)):
                prices = [rates.input, rates.output, rates.cache_read, rates.cache_write, rates.reasoning]
                assert {type(price) for price in prices} <= {Decimal, type(None)}, entry.id
                assert all(price is None or price >= 0 for price in prices), entry.id


# A server of the user's own serves what it likes; MiniMax is listed under another address, and is known all the same.
LISTED = tuple(name for name in names() if not built_in(name).any_model)


@pytest.mark.parametrize("name", LISTED)
def test_every_built_in_provider_has_models(name: str) -> None:
    assert models(name)


RECORDS: dict[str, tuple[str, Model]] = {
    "nothing said is nothing known": ('{"id":"m"}', Model(provider="p", id="m")),
    "an empty price is unknown, not free": ('{"id":"m","cost":{}}', Model(provider="p", id="m")),
    "a price of zero is free": (
        '{"id":"m","cost":{"input":0,"output":0}}',
        Model(provider="p", id="m", pricing=Pricing(input=Decimal(0), output=Decimal(0))),
    ),
    "a limit of zero is unknown": ('{"id":"m","limit":{"context":0,"output":0}}', Model(provider="p", id="m")),
    "prices are exact": (
        '{"id":"m","cost":{"input":0.1,"output":0.3,"cache_read":0.075}}',
        Model(
            provider="p",
            id="m",
            pricing=Pricing(input=Decimal("0.1"), output=Decimal("0.3"), cache_read=Decimal("0.075")),
        ),
    ),
    "the older form of a tier": (
        '{"id":"m","cost":{"input":1,"output":2,"context_over_200k":{"input":3,"output":4}}}',
        Model(
            provider="p",
            id="m",
            pricing=Pricing(
                input=Decimal(1),
                output=Decimal(2),
                tiers=(Tier(above=200_000, pricing=Pricing(input=Decimal(3), output=Decimal(4))),),
            ),
        ),
    ),
    "both forms, of which the sizes are told by one, in any order": (
        (
            '{"id":"m","cost":{"input":1,"context_over_200k":{"input":9},"tiers":['
            '{"input":3,"tier":{"size":256000}},{"input":2,"tier":{"size":32000,"type":"context"}}]}}'
        ),
        Model(
            provider="p",
            id="m",
            pricing=Pricing(
                input=Decimal(1),
                tiers=(
                    Tier(above=32_000, pricing=Pricing(input=Decimal(2))),
                    Tier(above=256_000, pricing=Pricing(input=Decimal(3))),
                ),
            ),
        ),
    ),
    "tiers": (
        '{"id":"m","cost":{"input":1,"output":2,"tiers":[{"input":3,"output":4,"tier":{"size":200000}}]}}',
        Model(
            provider="p",
            id="m",
            pricing=Pricing(
                input=Decimal(1),
                output=Decimal(2),
                tiers=(Tier(above=200_000, pricing=Pricing(input=Decimal(3), output=Decimal(4))),),
            ),
        ),
    ),
    "words we do not know yet": ('{"id":"m","colour":"red","cost":{"moon":1}}', Model(provider="p", id="m")),
}


@pytest.mark.parametrize(("text", "expected"), RECORDS.values(), ids=RECORDS)
def test_a_record_is_read_as_an_entry(text: str, expected: Model) -> None:
    assert model("p", msgspec.json.decode(text, type=ModelRecord)) == expected


def test_a_provider_without_models_has_none() -> None:
    assert msgspec.json.decode('{"id":"p"}', type=ProviderRecord).models == {}
    assert Found(Model(provider="p", id="m")).adaptations == ()


def test_only_what_is_shipped_says_where_a_provider_is() -> None:
    found = Catalog().endpoint("deepseek").unwrap()
    assert found is not None
    assert (found.api, found.env, found.origin) == ("https://api.deepseek.com", ("DEEPSEEK_API_KEY",), "shipped")
    assert Catalog().endpoint("nobody").unwrap() is None


def test_models_that_are_reached_another_way_say_so() -> None:
    found = Catalog().endpoint("vivgrid").unwrap()
    assert found is not None
    assert {kind.npm for kind in found.kinds.values()} == {"@ai-sdk/openai-compatible"}
