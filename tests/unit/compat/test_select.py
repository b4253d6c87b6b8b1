"""Which models a pattern means."""

import pytest

from modelmix.catalog.catalog import Catalog
from modelmix.catalog.query import type_of
from modelmix.compat.scenario import Operation
from modelmix.compat.select import Universe, operations_of, parse_pattern, recorded, select, used_for
from modelmix.errors import BadSpec
from modelmix.providers.load import built_in, read
from modelmix.spec import Spec

ACME = read("acme", {"base_url": "http://127.0.0.1:1/v1"}, "test").unwrap()
UNIVERSE = Universe(
    catalog=Catalog(),
    own={"acme": ACME},
    fixtures={Spec("acme", "old"): {"basic": "imported"}, Spec("openai", "gone"): {"embed_basic": "live"}},
)


def chosen(*patterns: str, operation: Operation | None = None) -> tuple[list[str], tuple[str, ...]]:
    """The specs that patterns mean, and those that mean nothing."""
    parsed = [parse_pattern(text, UNIVERSE).unwrap() for text in patterns]
    found = used_for(select(parsed, UNIVERSE).unwrap(), operation)
    return [str(subject.spec) for subject in found.subjects], found.unknown


CASES: dict[str, tuple[tuple[str, ...], list[str], tuple[str, ...] | None]] = {
    "one model": (("openai:gpt-4o",), ["openai:gpt-4o"], ()),
    "a glob": (("anthropic:claude-opus-4-?",), ["anthropic:claude-opus-4-0", "anthropic:claude-opus-4-1"], None),
    "a name without its date": (("anthropic:claude-3-5-sonnet",), ["anthropic:claude-3-5-sonnet-20241022"], ()),
    "a model that runs here": (("local*:*",), [f"{name}:smollm2" for name in ("local", "local-messages")], None),
    "a model that only has fixtures": (("acme",), ["acme:old"], ()),
    "a model of one's own server": (("acme:new",), ["acme:new"], ()),
    "a model that nobody knows": (("openai:gpt-99",), [], ("openai:gpt-99",)),
    "the same model twice": (("openai:gpt-4o", "openai:gpt-4o"), ["openai:gpt-4o"], ()),
}


@pytest.mark.parametrize(("patterns", "specs", "unknown"), CASES.values(), ids=CASES)
def test_patterns(patterns: tuple[str, ...], specs: list[str], unknown: tuple[str, ...] | None) -> None:
    found, missing = chosen(*patterns)
    assert found[: len(specs)] == specs
    assert unknown is None or (len(found), missing) == (len(specs), unknown)


def test_a_provider_alone_means_all_of_its_models() -> None:
    listed = [str(Spec("anthropic", model.id)) for model in Catalog().models("anthropic").unwrap()]
    assert chosen("anthropic")[0] == chosen("anthropic:*")[0] == listed


def test_an_alias_is_its_provider() -> None:
    assert chosen("grok")[0] == chosen("xai:*")[0] != []


def test_everything_is_every_model_that_makes_text_or_vectors() -> None:
    found, _ = chosen("*:*")
    models = [model for name in Catalog().providers().unwrap() for model in Catalog().models(name).unwrap()]
    spoken = [model for model in models if type_of(model) in {"chat", "embedding"}]
    # Three by which the local model is reached, and two that only have fixtures.
    assert len(found) == len(spoken) + 3 + 2


def test_operations_are_told_apart() -> None:
    assert chosen("openai:*embed*", operation="text")[0] == []
    assert "openai:text-embedding-3-small" in chosen("openai", operation="embedding")[0]
    assert chosen("openai:gone", operation="embedding")[0] == ["openai:gone"]
    assert chosen("local:*", operation="embedding")[0] == chosen("local:*", operation="text")[0]
    assert built_in("local-messages").embeddings is None
    assert chosen("local-messages:*", operation="embedding")[0] == []


def test_what_was_imported_tells_what_a_model_is_used_for() -> None:
    model = next(each for each in Catalog().models("openai").unwrap() if type_of(each) not in {"chat", "embedding"})
    assert operations_of(model, None, {}) == ()
    assert operations_of(model, None, {"imported-text-basic": "imported"}) == ("text",)
    assert operations_of(None, None, {"imported-embedding-basic": "imported"}) == ("embedding",)


def test_models_with_fixtures_are_found_in_any_catalog() -> None:
    assert [str(subject.spec) for subject in recorded(UNIVERSE).unwrap().subjects] == ["acme:old", "openai:gone"]


@pytest.mark.parametrize("text", [":", "openai:", ":gpt-4o"])
def test_half_a_pattern_is_none(text: str) -> None:
    assert isinstance(parse_pattern(text, UNIVERSE).failure(), BadSpec)
