"""Providers of the catalogue as rows: their dialects, how each model wants to be asked, and why some are refused."""

from types import MappingProxyType
from typing import Final

import msgspec
import pytest
from msgspec.structs import replace

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.content import JsonText
from modelmix.ast.message import user
from modelmix.ast.model import Capabilities, Model
from modelmix.ast.options import Options, Shaped
from modelmix.ast.request import Request
from modelmix.call import Call, Target, plan
from modelmix.catalog.catalog import Catalog
from modelmix.catalog.endpoint import Endpoint
from modelmix.catalog.record import Kind
from modelmix.decode import DialectName
from modelmix.errors import BadConfig, Unsupported
from modelmix.explanation import explain
from modelmix.providers.provider import Provider, Shape
from modelmix.providers.row import listed_table, provider_of, refusal

MADE: Final = Endpoint(
    id="made", name="Made", api="https://made.example/v1/", env=("MADE_KEY",), npm="@ai-sdk/openai-compatible", kinds={}
)
SCHEMA: Final = Shaped(name="thing", schema=JsonText('{"type":"object","properties":{"a":{"type":"string"}}}'))


def row(endpoint: Endpoint, model: str = "some-model", entry: Model | None = None) -> Provider:
    return provider_of(endpoint, model, entry, {}).unwrap()


def planned(endpoint: Endpoint, model: str, request: Request, entry: Model | None = None) -> Call:
    provider = row(endpoint, model, entry)
    return plan(request, Target(provider=provider, model=model, base_url=provider.base_url, entry=entry)).unwrap()


def test_the_least_that_is_known_makes_a_provider() -> None:
    found = row(MADE)
    assert (found.id, found.name, found.dialect) == ("made", "Made", "openai-chat")
    assert found.base_url == "https://made.example/v1"
    assert (found.auth.env, found.auth.header, found.auth.scheme) == (("MADE_KEY",), "authorization", "Bearer ")
    assert found.auth.required
    assert not found.any_model
    assert found.embeddings == "openai"
    assert not found.headers


def test_a_server_of_this_machine_serves_what_it_likes_and_may_want_no_key() -> None:
    found = row(replace(MADE, api="http://127.0.0.1:1337/v1"))
    assert found.any_model
    assert not found.auth.required


DIALECTS: Final[dict[str, tuple[Kind, DialectName, str]]] = {
    # how a model is reached: dialect and base URL
    "as its provider": (Kind(), "openai-chat", "https://made.example/v1"),
    "by another package": (Kind(npm="@ai-sdk/anthropic"), "anthropic-messages", "https://made.example/v1"),
    "elsewhere": (
        Kind(npm="@ai-sdk/anthropic", api="https://made.example/anthropic/v1"),
        "anthropic-messages",
        "https://made.example/anthropic/v1",
    ),
    "by responses": (Kind(shape="responses"), "openai-responses", "https://made.example/v1"),
    "by OpenAI's package": (Kind(npm="@ai-sdk/openai"), "openai-responses", "https://made.example/v1"),
    "by OpenAI's package, but by completions": (
        Kind(npm="@ai-sdk/openai", shape="completions"),
        "openai-chat",
        "https://made.example/v1",
    ),
    "by Google's package": (Kind(npm="@ai-sdk/google"), "google-generate", "https://made.example/v1"),
    "a shape that only OpenAI's dialects have": (
        Kind(npm="@ai-sdk/anthropic", shape="responses"),
        "anthropic-messages",
        "https://made.example/v1",
    ),
    "an address that ends in its path": (
        Kind(api="https://made.example/v1/chat/completions"),
        "openai-chat",
        "https://made.example/v1",
    ),
}


@pytest.mark.parametrize(("kind", "dialect", "base_url"), DIALECTS.values(), ids=DIALECTS)
def test_a_model_is_reached_as_the_catalogue_says(kind: Kind, dialect: DialectName, base_url: str) -> None:
    found = row(replace(MADE, kinds=MappingProxyType({"this": kind})), "this")
    assert (found.dialect, found.base_url) == (dialect, base_url)
    assert row(replace(MADE, kinds=MappingProxyType({"this": kind})), "other") == row(MADE)


REFUSED: Final[dict[str, tuple[Endpoint, str, str]]] = {
    "signed requests": (replace(MADE, npm="@ai-sdk/amazon-bedrock"), "this", "signed with AWS credentials"),
    "an unknown package": (replace(MADE, npm="morse-ai"), "this", "spoken to by `morse-ai`, which is not known"),
    "no package": (replace(MADE, npm=None), "this", "does not say how"),
    "no address": (replace(MADE, api=None), "this", "no address"),
    "OpenAI's package without an address": (replace(MADE, npm="@ai-sdk/openai", api=None), "this", "no address"),
    "a model by an unknown package": (
        replace(MADE, kinds=MappingProxyType({"this": Kind(npm="morse-ai")})),
        "this",
        "`morse-ai`",
    ),
    "a model of a provider that signs": (
        replace(
            MADE,
            npm="@ai-sdk/google-vertex",
            kinds=MappingProxyType({"this": Kind(npm="@ai-sdk/openai-compatible", api="https://vertex.example/v1")}),
        ),
        "this",
        "Google Cloud credentials",
    ),
    "a model of Azure's that wants a version in its query": (
        replace(
            MADE,
            npm="@ai-sdk/azure",
            kinds=MappingProxyType({"this": Kind(npm="@ai-sdk/openai-compatible", api="https://azure.example/models")}),
        ),
        "this",
        "your own deployments",
    ),
}


@pytest.mark.parametrize(("endpoint", "model", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_spoken_to_is_told_with_the_way_out(endpoint: Endpoint, model: str, why: str) -> None:
    error = provider_of(endpoint, model, None, {"MADE_KEY": "x"}).failure()
    assert isinstance(error, Unsupported)
    assert error == refusal(endpoint, model)
    told = explain(error)
    assert told.summary.startswith("Modelmix does not support made: ")
    assert why in told.summary
    assert len(told.steps) == 1


def test_claude_in_foundry_is_reached_though_azure_is_not() -> None:
    kind = Kind(npm="@ai-sdk/anthropic", api="https://${NAME}.services.ai.azure.com/anthropic/v1")
    azure = replace(MADE, npm="@ai-sdk/azure", env=("NAME", "KEY"), kinds=MappingProxyType({"claude-opus-4-5": kind}))
    found = provider_of(azure, "claude-opus-4-5", None, {"NAME": "acme"}).unwrap()
    assert found.base_url == "https://acme.services.ai.azure.com/anthropic/v1"
    assert found.auth.header == "x-api-key"


def test_an_address_of_the_projects_reads_no_variable() -> None:
    api = "https://evil.example/${HOME_OF}"
    mine = replace(MADE, api=api, env=("HOME_OF", "MADE_KEY"), origin="patch")
    env = {"HOME_OF": "me"}
    assert provider_of(mine, "any", None, env).unwrap().base_url == "https://evil.example/me"
    error = provider_of(replace(mine, project=True), "any", None, env).failure()
    assert isinstance(error, BadConfig)
    assert "asks for HOME_OF" in error.detail


def test_an_address_never_holds_the_key() -> None:
    error = provider_of(replace(MADE, api="https://made.example/${MADE_KEY}"), "any", None, {"MADE_KEY": "k"}).failure()
    assert isinstance(error, BadConfig)
    assert "asks for MADE_KEY" in error.detail


FORMS: Final[dict[str, tuple[bool | None, str | None]]] = {
    # whether the model takes a schema, by the catalogue: the form that is asked for
    "it does": (True, "json_schema"),
    "it does not": (False, "json_object"),
    "nobody knows": (None, "json_object"),
}


@pytest.mark.parametrize(("takes", "form"), FORMS.values(), ids=FORMS)
def test_a_schema_is_sent_where_the_model_takes_one(takes: bool | None, form: str) -> None:  # noqa: FBT001 - a fact
    entry = Model(provider="made", id="m", capabilities=Capabilities(structured_output=takes))
    body = msgspec.json.decode(planned(MADE, "m", Request(messages=(user("Go."),), output=SCHEMA), entry).body)
    assert body["response_format"]["type"] == form


def test_a_stranger_who_speaks_messages_is_asked_for_json_in_words() -> None:
    kimi = replace(MADE, npm="@ai-sdk/anthropic")
    body = msgspec.json.decode(planned(kimi, "k2", Request(messages=(user("Go."),), output=SCHEMA)).body)
    assert "JSON Schema" in body["system"]
    assert {"output_config", "tools", "tool_choice"}.isdisjoint(body)


WARM: Final = Request(messages=(user("Hello."),), options=Options(temperature=0.5, max_tokens=100))
MANNERS: Final[dict[str, tuple[str, str, float | None]]] = {
    # package, model: the temperature that is sent
    "Claude as at Anthropic": ("@ai-sdk/anthropic", "claude-opus-4-5", 0.5),
    "Claude under a gateway's name": ("@ai-sdk/anthropic", "anthropic/claude-opus-4.5", 0.5),
    "a Claude that takes none": ("@ai-sdk/anthropic", "anthropic/claude-opus-4.8", None),
    "a stranger": ("@ai-sdk/anthropic", "MiniMax-M2", 0.5),
    "gpt-5, which takes none": ("@ai-sdk/openai", "openai/gpt-5.2", None),
    "gpt-4": ("@ai-sdk/openai", "gpt-4.1", 0.5),
    "an open model of OpenAI's": ("@ai-sdk/openai", "openai/gpt-oss-120b", 0.5),
    "gpt-5 by a compatible host, which says itself": ("@ai-sdk/openai-compatible", "openai/gpt-5.2", 0.5),
}


@pytest.mark.parametrize(("npm", "model", "temperature"), MANNERS.values(), ids=MANNERS)
def test_a_model_wants_elsewhere_what_it_wants_at_home(npm: str, model: str, temperature: float | None) -> None:
    call = planned(replace(MADE, npm=npm), model, WARM)
    assert msgspec.json.decode(call.body).get("temperature") == temperature
    dropped = [told for told in call.adaptations if (told.field, told.action) == ("temperature", "dropped")]
    assert bool(dropped) == (temperature is None)


def test_a_lent_rule_changes_no_dialect() -> None:
    completions = replace(MADE, npm="@ai-sdk/openai", kinds=MappingProxyType({"gpt-5": Kind(shape="completions")}))
    call = planned(completions, "gpt-5", WARM)
    assert call.url == "https://made.example/v1/chat/completions"
    assert msgspec.json.decode(call.body)["max_completion_tokens"] == 100


def test_what_documents_say_of_a_provider_bends_it() -> None:
    found = Catalog().endpoint("zai").unwrap()
    assert found is not None
    assert row(found, "glm-4.6").shape.json_mode == "object"
    call = planned(found, "glm-4.6", replace(WARM, options=Options(temperature=1.5)))
    assert msgspec.json.decode(call.body)["temperature"] == 1
    assert call.adaptations == (Adaptation(field="temperature", action="clamped", into="1.0", why="Z.AI takes 0 to 1"),)
    moonshot = Catalog().endpoint("moonshotai").unwrap()
    assert moonshot is not None
    assert row(moonshot, "kimi-k2-thinking").shape == Shape(json_mode="object", replay_reasoning="reasoning_content")


TABLES: Final[dict[str, frozenset[str]]] = {
    # a provider: what settings must say of it
    "zai": frozenset(),
    "databricks": frozenset({"base_url"}),
    "amazon-bedrock": frozenset({"base_url"}),
    "openai": frozenset({"base_url"}),
    "nobody": frozenset({"base_url"}),
}


@pytest.mark.parametrize(("name", "missing"), TABLES.items(), ids=TABLES)
def test_settings_need_say_only_what_the_catalogue_does_not(name: str, missing: frozenset[str]) -> None:
    table = listed_table(name)
    assert ("base_url" not in table) == ("base_url" in missing)
    made = msgspec.convert({"id": name, "name": name, "dialect": "openai-chat", "base_url": "x", **table}, Provider)
    assert made.id == name
