"""Settings for replay: no key is missing, no server starts; and all keys that a recording must not hold."""

from pathlib import Path

import pytest

from modelmix import Config
from modelmix.aim import Aim, aim, world
from modelmix.compat.offline import KEY, accounts, all_keys, offline, offline_env, provider_at
from modelmix.providers.load import built_in, names, read
from modelmix.secret import Secret

OWN = read("acme", {"base_url": "http://localhost:8000/v1", "auth": {"env": ["ACME_API_KEY"]}}, "test").unwrap()
CONFIG = Config(providers={"acme": OWN}, keys={"xai": Secret("stored-key")}, moved=frozenset({"openai"}))
ENV = {
    "ACME_API_KEY": " acme-key\n",
    "NANO_GPT_API_KEY": "nano-key",
    "CLOUDFLARE_ACCOUNT_ID": "an-account",
    "OPENAI_API_KEY": "openai-key",
    "GROQ_API_KEY": " ",
    "OLLAMA_HOST": "h",
    "BUILD_SERVER_TOKEN": "not-a-model's",
}


def test_an_address_with_an_account_in_it_needs_none() -> None:
    target = aim("cloudflare-workers-ai:m", world(offline(CONFIG), offline_env({})), Aim(unlisted=True)).unwrap()
    assert target.base_url == "https://api.cloudflare.com/client/v4/accounts/recorded/ai/v1"


def test_what_is_the_users_own_in_addresses_is_known() -> None:
    env = {"CLOUDFLARE_ACCOUNT_ID": " an-account ", "DATABRICKS_HOST": "https://dbc-1.example/", "OLLAMA_HOST": "h"}
    assert accounts(env) == ("an-account", "dbc-1.example")


@pytest.mark.parametrize("model", ["openai:gpt-4o", "acme:m", "nano-gpt:gpt-4o", "local:smollm2"])
def test_every_provider_has_a_key_that_is_none(model: str, tmp_path: Path) -> None:
    env = {"MM_HOME": str(tmp_path)}
    target = aim(model, world(offline(CONFIG), env), Aim(unlisted=True)).unwrap()
    assert target.key == Secret(KEY)
    assert not target.provider.launch


def test_no_provider_is_started() -> None:
    found = offline(CONFIG).providers
    started = {name for name in names() if built_in(name).launch}
    assert started == {"local", "local-messages", "local-responses"}
    assert not [name for name in started if found[name].launch]


def test_all_keys_are_those_of_settings_and_environment() -> None:
    assert {key.reveal() for key in all_keys(ENV, CONFIG)} == {
        *("acme-key", "nano-key", "openai-key", "stored-key", "not-a-model's")
    }


PLACES = {
    "https://api.openai.com/v1/chat/completions": "openai",
    "https://api.anthropic.com/v1/messages": "anthropic",
    "http://localhost:8000/v1/chat/completions": "acme",
    "http://127.0.0.1:4711/v1/chat/completions": "local",
    "https://elsewhere.example/v1/chat/completions": "elsewhere.example",
    "https://api.openai.com.evil.example/v1": "api.openai.com.evil.example",
}


@pytest.mark.parametrize(("url", "expected"), PLACES.items())
def test_a_url_belongs_to_a_provider(url: str, expected: str) -> None:
    assert provider_at(url, CONFIG) == expected
