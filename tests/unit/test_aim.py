"""From the name of a model to where a call goes, with which key, under which name."""

from types import MappingProxyType
from typing import Final

import pytest
from msgspec.structs import replace
from returns.result import Success

from modelmix.aim import Aim, World, aim
from modelmix.ast.adaptation import Adaptation
from modelmix.catalog.catalog import Catalog
from modelmix.catalog.endpoint import Endpoint
from modelmix.config import Config
from modelmix.errors import BadConfig, BadKey, BadSpec, MissingKey, MixError, UnknownModel, UnknownProvider, Unsupported
from modelmix.outcome import Outcome, either
from modelmix.providers.load import built_in
from modelmix.providers.provider import Auth, Provider
from modelmix.secret import Secret
from unit.making import KEY

OWN: Final = Provider(
    id="own",
    name="Own",
    dialect="openai-chat",
    base_url="https://llm.corp.example/v1/",
    aliases=("corp",),
    auth=Auth(env=("CORP_KEY",)),
)
ENV: Final = {"OPENAI_API_KEY": KEY, "ANTHROPIC_API_KEY": KEY, "XAI_API_KEY": KEY, "CORP_KEY": KEY}
CONFIG: Final = Config(providers=MappingProxyType({"own": OWN}))
WORLD: Final = World(CONFIG, ENV)

TARGETS = {
    # spec: provider, model that is sent, URL
    "as it stands": ("openai:gpt-4o", "openai", "gpt-4o", "https://api.openai.com/v1"),
    "with blanks around": (" openai:gpt-4o\n", "openai", "gpt-4o", "https://api.openai.com/v1"),
    "an alias": ("grok:grok-4.3", "xai", "grok-4.3", "https://api.x.ai/v1"),
    "a server of one's own": ("lmstudio:any/thing:at-all", "lmstudio", "any/thing:at-all", "http://localhost:1234/v1"),
    "a local model": ("local:smollm2", "local", "smollm2", "http://127.0.0.1/v1"),
    "a provider of one's own": ("own:any", "own", "any", "https://llm.corp.example/v1"),
    "an alias of one's own": ("corp:any", "own", "any", "https://llm.corp.example/v1"),
}


@pytest.mark.parametrize(("spec", "provider", "model", "base_url"), TARGETS.values(), ids=TARGETS)
def test_a_spec_is_a_target(spec: str, provider: str, model: str, base_url: str) -> None:
    found = aim(spec, WORLD, Aim()).unwrap()
    assert (found.provider.id, found.model, found.base_url) == (provider, model, base_url)
    assert found.spec == spec.strip()


def test_a_name_without_its_date_is_sent_with_it_and_shown_without() -> None:
    found = aim("anthropic:claude-3-5-sonnet", WORLD, Aim()).unwrap()
    assert (found.spec, found.model) == ("anthropic:claude-3-5-sonnet", "claude-3-5-sonnet-20241022")
    assert found.adaptations == (
        Adaptation(field="model", action="changed", into=found.model, why="the newest model of that name"),
    )
    assert found.entry is not None
    assert found.entry.id == found.model


ERRORS: dict[str, tuple[str, World, Aim, type[MixError]]] = {
    "no colon": ("gpt-4o", WORLD, Aim(), BadSpec),
    "no such provider": ("opnai:gpt-4o", WORLD, Aim(), UnknownProvider),
    "no such model": ("openai:gpt-invalid", WORLD, Aim(), UnknownModel),
    "no key": ("groq:openai/gpt-oss-120b", WORLD, Aim(), MissingKey),
    "a key that is none": ("openai:gpt-4o", World(CONFIG, {"OPENAI_API_KEY": "a b"}), Aim(), BadKey),
    "an address that is none": ("openai:gpt-4o", WORLD, Aim(base_url="ftp://a.example"), BadConfig),
    "plain http": ("openai:gpt-4o", WORLD, Aim(base_url="http://a.example"), BadConfig),
    "plain http without a scheme": ("openai:gpt-4o", WORLD, Aim(base_url="a.example"), BadConfig),
}


@pytest.mark.parametrize(("spec", "world", "wish", "kind"), ERRORS.values(), ids=ERRORS)
def test_what_is_no_target_is_told(spec: str, world: World, wish: Aim, kind: type[MixError]) -> None:
    assert isinstance(aim(spec, world, wish).failure(), kind)


def test_the_model_is_told_before_the_key() -> None:
    assert isinstance(aim("openai:gpt-invalid", World(), Aim()).failure(), UnknownModel)


UNLISTED: dict[str, Aim] = {
    "by leave": Aim(unlisted=True),
    "elsewhere": Aim(base_url="https://llm.corp.example/v1", api_key=Secret(KEY)),
}


@pytest.mark.parametrize("wish", UNLISTED.values(), ids=UNLISTED)
def test_an_unlisted_model_is_taken(wish: Aim) -> None:
    found = aim("openai:gpt-invalid", WORLD, wish).unwrap()
    assert (found.model, found.entry, found.adaptations) == ("gpt-invalid", None, ())


MOVED: Final = replace(CONFIG, moved=frozenset({"openai"}))
KEYS: dict[str, tuple[str, World, Aim, Secret | None]] = {
    "its own host": ("openai:gpt-4o", WORLD, Aim(), Secret(KEY)),
    "the caller's host": ("openai:gpt-4o", WORLD, Aim(base_url="https://a.example"), None),
    "the caller's host, with a key": (
        "openai:gpt-4o",
        WORLD,
        Aim(base_url="https://a.example", api_key=Secret("given")),
        Secret("given"),
    ),
    "a host like its own": ("openai:gpt-4o", WORLD, Aim(base_url="https://api.openai.com.evil.example/v1"), None),
    "this machine": ("openai:gpt-4o", WORLD, Aim(base_url="http://127.0.0.1:8080/v1"), None),
    "the project's host": ("openai:gpt-4o", World(MOVED, ENV), Aim(), None),
    "the project's host, with a key": (
        "openai:gpt-4o",
        World(MOVED, ENV),
        Aim(api_key=Secret("given")),
        Secret("given"),
    ),
    "none is needed": ("local:smollm2", WORLD, Aim(), None),
    "a provider of one's own": ("own:any", WORLD, Aim(), Secret(KEY)),
}


@pytest.mark.parametrize(("spec", "world", "wish", "key"), KEYS.values(), ids=KEYS)
def test_a_key_goes_where_it_belongs(spec: str, world: World, wish: Aim, key: Secret | None) -> None:
    assert aim(spec, world, wish).unwrap().key == key


HOSTS: dict[str, tuple[dict[str, str], str]] = {
    "not set": ({}, "http://localhost:11434"),
    "a host and a port": ({"OLLAMA_HOST": "127.0.0.1:9999"}, "http://127.0.0.1:9999"),
    "a URL": ({"OLLAMA_HOST": "https://ollama.corp.example"}, "https://ollama.corp.example"),
    "a URL without a port": ({"OLLAMA_HOST": "http://localhost"}, "http://localhost"),
    "a host alone": ({"OLLAMA_HOST": "localhost"}, "http://localhost:11434"),
    "every interface": ({"OLLAMA_HOST": "0.0.0.0"}, "http://127.0.0.1:11434"),
    "every interface, a port": ({"OLLAMA_HOST": "0.0.0.0:8080"}, "http://127.0.0.1:8080"),
    "every interface, a URL": ({"OLLAMA_HOST": "http://0.0.0.0:8080/x/"}, "http://127.0.0.1:8080/x"),
    "every interface of IPv6": ({"OLLAMA_HOST": "[::]:8080"}, "http://[::1]:8080"),
    "a port alone": ({"OLLAMA_HOST": ":8080"}, "http://127.0.0.1:8080"),
    "empty": ({"OLLAMA_HOST": ""}, "http://localhost:11434"),
}


@pytest.mark.parametrize(("env", "base_url"), HOSTS.values(), ids=HOSTS)
def test_a_variable_moves_ollama(env: dict[str, str], base_url: str) -> None:
    assert aim("ollama:llama3", World(Config(), env), Aim()).unwrap().base_url == base_url


@pytest.mark.parametrize(
    "host", ["192.168.1.2", "u:p@0.0.0.0", "0.0.0.0 ", "0.0.0.0?", "http://0.0.0.0#x", "0.0.0.0:port", "http://[::"]
)
def test_a_host_that_is_refused_is_not_mended(host: str) -> None:
    error = aim("ollama:llama3", World(Config(), {"OLLAMA_HOST": host}), Aim()).failure()
    assert isinstance(error, BadConfig)
    assert error.where == "base URL"


def test_a_variable_that_moves_a_provider_takes_no_stored_key_along() -> None:
    movable = replace(built_in("openai"), base_url_env="MOVED_TO")
    config = Config(providers=MappingProxyType({"openai": movable}), keys=MappingProxyType({"openai": Secret(KEY)}))
    found = aim("openai:gpt-4o", World(config, {**ENV, "MOVED_TO": "https://a.example"}), Aim()).unwrap()
    assert (found.base_url, found.key) == ("https://a.example", None)


class Patched(Catalog):
    """A catalogue in which a provider is where somebody says it is."""

    def __init__(self, said: Endpoint) -> None:
        super().__init__()
        self._said = said

    def endpoint(self, provider: str) -> Outcome[Endpoint | None]:
        return Success(self._said) if provider == self._said.id else super().endpoint(provider)


SAID: Final = Endpoint(
    id="said",
    name="Said",
    api="https://said.example/v1",
    env=("SAID_KEY",),
    npm="@ai-sdk/openai-compatible",
    kinds={},
    origin="patch",
)
KEPT: Final = Config(keys=MappingProxyType({"said": Secret("stored"), "zai": Secret("stored")}))
HELD: Final = {"SAID_KEY": KEY, "ZHIPU_API_KEY": KEY, "OPENAI_API_KEY": KEY}
SENT: dict[str, tuple[Endpoint, dict[str, str], Secret | None]] = {
    # where a provider is said to be, the environment: the key that goes there
    "by the user, a variable": (SAID, HELD, Secret(KEY)),
    "by the user, a stored key": (SAID, {}, Secret("stored")),
    "by the user, anybody's variable": (replace(SAID, env=("OPENAI_API_KEY",)), HELD, Secret(KEY)),
    "accepted": (replace(SAID, origin="accepted"), HELD, Secret(KEY)),
    "by the project, a variable of its own": (replace(SAID, project=True), HELD, Secret(KEY)),
    "by the project, another's variable": (replace(SAID, project=True, env=("OPENAI_API_KEY",)), HELD, None),
    "by the project, a provider that is known": (
        replace(SAID, id="zai", env=("ZHIPU_API_KEY",), project=True),
        HELD,
        None,
    ),
}


@pytest.mark.parametrize(("said", "env", "key"), SENT.values(), ids=SENT)
def test_a_key_goes_where_the_catalogue_may_send_it(said: Endpoint, env: dict[str, str], key: Secret | None) -> None:
    found = aim(f"{said.id}:any", World(KEPT, env, Patched(said)), Aim(unlisted=True)).unwrap()
    assert (found.base_url, found.key) == ("https://said.example/v1", key)


def test_a_stored_key_does_not_go_where_the_project_says() -> None:
    said = Patched(replace(SAID, project=True))
    error = aim("said:any", World(KEPT, {}, said), Aim(unlisted=True)).failure()
    assert error == MissingKey(provider="said", env=("SAID_KEY",))
    given = aim("said:any", World(KEPT, {}, said), Aim(unlisted=True, api_key=Secret("given"))).unwrap()
    assert given.key == Secret("given")


def test_a_project_that_moves_a_provider_of_the_catalogue_gets_no_key_of_it() -> None:
    placed = replace(OWN, id="said", auth=Auth(env=("SAID_KEY",)))
    config = replace(KEPT, providers=MappingProxyType({"said": placed}), moved=frozenset({"said"}))
    assert aim("said:any", World(config, HELD, Patched(SAID)), Aim()).unwrap().key is None
    assert aim("said:any", World(replace(config, moved=frozenset()), HELD), Aim()).unwrap().key == Secret(KEY)


LISTED: dict[str, tuple[str, dict[str, str], type[MixError] | None]] = {
    "a model that is listed": ("zai:glm-4.6", HELD, None),
    "one that is not": ("zai:glm-nonesuch", HELD, UnknownModel),
    "one of a server of one's own": ("atomic-chat:any", {}, None),
    "a provider that is refused, before its models": ("amazon-bedrock:nonesuch", HELD, Unsupported),
    "a model that is refused": ("azure:gpt-4.1", HELD, Unsupported),
    "no key": ("deepinfra:nonesuch", HELD, UnknownModel),
    "a key by another name": ("moonshotai:kimi-k2-thinking", HELD, MissingKey),
    "an address that waits for a variable": ("databricks:databricks-gpt-5", HELD, BadConfig),
}


@pytest.mark.parametrize(("spec", "env", "kind"), LISTED.values(), ids=LISTED)
def test_a_provider_of_the_catalogue_is_aimed_at(spec: str, env: dict[str, str], kind: type[MixError] | None) -> None:
    assert either(aim(spec, World(Config(), env), Aim()), lambda _: None, type) == kind


def test_a_missing_key_names_the_catalogues_variable() -> None:
    error = aim("moonshotai:kimi-k2-thinking", World(), Aim()).failure()
    assert error == MissingKey(provider="moonshotai", env=("MOONSHOT_API_KEY",))


def test_a_callers_host_gets_no_key_of_the_catalogues_provider() -> None:
    found = aim("zai:glm-4.6", World(Config(), HELD), Aim(base_url="https://a.example/v1")).unwrap()
    assert (found.base_url, found.key) == ("https://a.example/v1", None)
