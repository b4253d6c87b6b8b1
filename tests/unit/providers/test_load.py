"""The provider files: each decodes strictly, has its own names, and says what the providers' documents say."""

import tomllib
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from modelmix import providers
from modelmix.ast.message import user
from modelmix.ast.options import Options
from modelmix.ast.request import Request
from modelmix.call import Target, plan
from modelmix.endpoint import check
from modelmix.errors import BadConfig
from modelmix.jsonvalue import JsonValue
from modelmix.providers.load import bends, built_in, is_built_in, key_owners, names, packages, read
from modelmix.providers.provider import Embedding, Provider, Shape

FILES: Final = tuple(sorted(Path(providers.__file__).parent.glob("*.toml")))

FACTS = {
    # id: dialect, base URL, key variables, header, scheme
    "openai": ("openai-chat", "https://api.openai.com/v1", ("OPENAI_API_KEY",), "authorization", "Bearer "),
    "anthropic": ("anthropic-messages", "https://api.anthropic.com/v1", ("ANTHROPIC_API_KEY",), "x-api-key", ""),
    "google": (
        "google-generate",
        "https://generativelanguage.googleapis.com/v1beta",
        ("GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY"),
        "x-goog-api-key",
        "",
    ),
    "perplexity": (
        "openai-chat",
        "https://api.perplexity.ai",
        ("PERPLEXITY_API_KEY", "PPLX_API_KEY"),
        "authorization",
        "Bearer ",
    ),
    "xai": ("openai-chat", "https://api.x.ai/v1", ("XAI_API_KEY",), "authorization", "Bearer "),
    "togetherai": ("openai-chat", "https://api.together.xyz/v1", ("TOGETHER_API_KEY",), "authorization", "Bearer "),
    "cerebras": ("openai-chat", "https://api.cerebras.ai/v1", ("CEREBRAS_API_KEY",), "authorization", "Bearer "),
    "groq": ("openai-chat", "https://api.groq.com/openai/v1", ("GROQ_API_KEY",), "authorization", "Bearer "),
    "minimax": ("openai-chat", "https://api.minimax.io/v1", ("MINIMAX_API_KEY",), "authorization", "Bearer "),
    "openrouter": ("openai-chat", "https://openrouter.ai/api/v1", ("OPENROUTER_API_KEY",), "authorization", "Bearer "),
    "ollama": ("ollama-chat", "http://localhost:11434", (), "authorization", "Bearer "),
    "lmstudio": ("openai-chat", "http://localhost:1234/v1", ("LMSTUDIO_API_KEY",), "authorization", "Bearer "),
    "deepseek": ("openai-chat", "https://api.deepseek.com", ("DEEPSEEK_API_KEY",), "authorization", "Bearer "),
    "mistral": ("openai-chat", "https://api.mistral.ai/v1", ("MISTRAL_API_KEY",), "authorization", "Bearer "),
    "local": ("openai-chat", "http://127.0.0.1/v1", (), "authorization", "Bearer "),
    "local-messages": ("anthropic-messages", "http://127.0.0.1/v1", (), "authorization", "Bearer "),
    "local-responses": ("openai-responses", "http://127.0.0.1/v1", (), "authorization", "Bearer "),
}


@pytest.mark.parametrize(
    ("name", "dialect", "base_url", "variables", "header", "scheme"),
    [(name, *row) for name, row in FACTS.items()],
    ids=FACTS,
)
def test_a_provider_is_where_its_documents_say(
    name: str, dialect: str, base_url: str, variables: tuple[str, ...], header: str, scheme: str
) -> None:
    found = built_in(name)
    assert (found.dialect, found.base_url) == (dialect, base_url)
    assert (found.auth.env, found.auth.header, found.auth.scheme) == (variables, header, scheme)


def test_these_are_all_providers() -> None:
    assert set(names()) == set(FACTS)
    assert list(names()) == sorted(names())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_named_after_its_provider_and_fit_to_be_used(path: Path) -> None:
    found = built_in(path.stem)
    assert found.id == path.stem
    assert check(found.base_url).unwrap() == found.base_url
    assert found.docs is not None
    assert found.docs.startswith("https://")
    assert all(name == name.lower() and name.isascii() for name in found.headers)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rule_that_tells_says_why(path: Path) -> None:
    for rule in built_in(path.stem).rules:
        changes = (*rule.drop, *rule.rename, *rule.default, *rule.clamp, *rule.allow)
        assert bool(changes) <= bool(rule.why)


def test_every_name_is_one_providers() -> None:
    aliases = [alias for name in names() for alias in built_in(name).aliases]
    assert len(set(aliases)) == len(aliases)
    assert set(aliases).isdisjoint(names())


OPEN: Final = {"headers", "rename", "default", "allow", "clamp", "beside"}
"""Tables whose names are the provider's own."""


def places(table: JsonValue, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where the tables of a document are."""
    if isinstance(table, list):
        return [path for index, item in enumerate(table) for path in places(item, (*at, index))]
    if not isinstance(table, dict):
        return []
    return [at, *[path for key, value in table.items() if key not in OPEN for path in places(value, (*at, key))]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_unknown_word_anywhere_is_named(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = places(tomllib.loads(text))
    assert len(found) >= 2
    for place in found:
        document = tomllib.loads(text)
        table: Any = document  # whatever the file has at that place
        for step in place:
            table = table[step]
        table["no_such_word"] = 1
        with pytest.raises(msgspec.ValidationError, match="no_such_word"):
            msgspec.convert(document, Provider)


OWN: Final = Provider(
    id="own", name="Own", dialect="openai-chat", base_url="https://a.example", aliases=("mine", "grok")
)


def test_a_key_has_one_owner_and_the_built_in_one_first() -> None:
    greedy = msgspec.structs.replace(OWN, auth=msgspec.structs.replace(OWN.auth, env=("OPENAI_API_KEY", "OWN_KEY")))
    owners = key_owners({"own": greedy})
    assert owners["OPENAI_API_KEY"] == "openai"
    assert owners["OWN_KEY"] == "own"
    assert owners["GEMINI_API_KEY"] == "google"


def test_a_table_makes_a_provider_that_speaks_openai_chat() -> None:
    made = read("own", {"base_url": "https://a.example"}, "here").unwrap()
    assert made == Provider(id="own", name="own", dialect="openai-chat", base_url="https://a.example")


def test_a_table_may_name_an_embedding_endpoint() -> None:
    table = {"base_url": "https://a.example", "embeddings": "openai", "embedding": {"texts": 10}}
    made = read("own", table, "here").unwrap()
    assert (made.embeddings, made.embedding) == ("openai", Embedding(texts=10))


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "no address": ({}, "missing required field `base_url`"),
    "an unknown word": ({"base_url": "https://a.example", "color": 1}, "unknown field `color`"),
    "an unknown word in auth": ({"base_url": "https://a.example", "auth": {"key": "x"}}, "unknown field `key`"),
    "an unknown word in a rule": ({"base_url": "https://a.example", "rules": [{"modles": ["*"]}]}, "field `modles`"),
    "an unknown word in a shape": ({"base_url": "https://a.example", "shape": {"flat": True}}, "unknown field `flat`"),
    "another's name": ({"base_url": "https://a.example", "id": "openai"}, "its id is its name, not `openai`"),
}


@pytest.mark.parametrize(("table", "detail"), WRONG.values(), ids=WRONG)
def test_a_wrong_table_is_named(table: dict[str, object], detail: str) -> None:
    error = read("own", table, "here").failure()
    assert isinstance(error, BadConfig)
    assert error.where == "here"
    assert error.detail.startswith("providers.own: ")
    assert detail in error.detail


NAMED: dict[str, tuple[dict[str, object], str]] = {
    "nothing said": ({}, "openai-responses"),
    "the dialect means all models": ({"dialect": "openai-chat"}, "openai-chat"),
    "either way": ({"dialect": "openai-responses"}, "openai-responses"),
    "own rules say what they say": (
        {"dialect": "openai-chat", "rules": [{"models": ["gpt-5"], "dialect": "openai-responses"}]},
        "openai-responses",
    ),
    "own rules are all rules": ({"rules": []}, "openai-chat"),
}


@pytest.mark.parametrize(("table", "dialect"), NAMED.values(), ids=NAMED)
def test_settings_may_name_the_dialect_of_a_built_in_provider(table: dict[str, object], dialect: str) -> None:
    changed = read("openai", table, "here").unwrap()
    request = Request(messages=(user("Hello."),), options=Options(max_tokens=100))
    call = plan(request, Target(provider=changed, model="gpt-5", base_url=changed.base_url)).unwrap()
    assert call.dialect == dialect
    assert (
        call.url == changed.base_url + {"openai-chat": "/chat/completions", "openai-responses": "/responses"}[dialect]
    )


def test_a_dialect_named_by_settings_leaves_all_else_as_it_is() -> None:
    changed = read("openai", {"dialect": "openai-chat"}, "here").unwrap()
    known = built_in("openai")
    assert all(rule.dialect is None for rule in changed.rules)
    assert [msgspec.structs.replace(rule, dialect=None) for rule in known.rules] == list(changed.rules)
    assert msgspec.structs.replace(changed, rules=known.rules) == known


PACKAGES = {
    # what a package has of these: dialect, an address, why it is refused
    "@ai-sdk/openai-compatible": (True, False, False),
    "@ai-sdk/deepinfra": (True, True, False),
    "@ai-sdk/amazon-bedrock": (False, False, True),
}


@pytest.mark.parametrize(("name", "has"), PACKAGES.items(), ids=PACKAGES)
def test_a_package_is_spoken_or_refused_with_a_reason(name: str, has: tuple[bool, bool, bool]) -> None:
    found = packages()[name]
    assert (found.dialect is not None, found.base_url is not None, bool(found.why and found.instead)) == has


def test_every_package_is_one_or_the_other() -> None:
    for name, package in packages().items():
        assert (package.dialect is None) == bool(package.why), name
        assert bool(package.why) >= bool(package.instead or package.through), name
        assert package.like is None or is_built_in(package.like), name
        assert package.base_url is None or check(package.base_url).unwrap() == package.base_url, name
        assert not package.family or package.like is not None, name


def test_every_bend_is_documented_and_bends_what_has_no_file() -> None:
    for bend in bends():
        assert bend.docs.startswith("https://")
        assert not any(is_built_in(name) for name in bend.providers)
        assert all(rule.why for rule in bend.rules)
        assert bend.rules or bend.shape != Shape()
    bent = [name for bend in bends() for name in bend.providers]
    assert len(set(bent)) == len(bent)


def test_settings_are_laid_over_what_the_catalogue_says() -> None:
    listed = {"dialect": "anthropic-messages", "base_url": "https://a.example/v1", "auth": {"env": ["A_KEY"]}}
    made = read("own", {"headers": {"x-team": "seven"}}, "here", listed=listed).unwrap()
    assert (made.dialect, made.base_url, made.auth.env) == ("anthropic-messages", "https://a.example/v1", ("A_KEY",))
    assert made.headers == {"x-team": "seven"}
