"""Settings under which nothing needs a key or a server of ours: those of a client that replays."""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from modelmix.compat.redact import clean_url
from modelmix.config import Config
from modelmix.endpoint import host_of
from modelmix.providers.load import built_in, key_owners, names
from modelmix.providers.provider import Provider
from modelmix.secret import Secret

KEY: Final = "recorded-exchanges-need-no-key"
"""What is sent as a key, to nobody."""


def offline(config: Config) -> Config:
    """The settings with a key for every provider, and with no server to be started."""
    known = _known(config)
    still = {name: replace(provider, launch=False) for name, provider in known.items() if provider.launch}
    return replace(
        config, keys=dict.fromkeys(known, Secret(KEY)), providers={**config.providers, **still}, moved=frozenset()
    )


def keyless(env: Mapping[str, str], config: Config) -> dict[str, str]:
    """The environment without any provider's key."""
    held = key_owners(config.providers)
    return {name: value for name, value in env.items() if name not in held}


def all_keys(env: Mapping[str, str], config: Config) -> tuple[Secret, ...]:
    """Every key that is configured, wherever."""
    said = (env.get(variable, "").strip() for variable in sorted(key_owners(config.providers)))
    return (*(Secret(key) for key in said if key), *config.keys.values())


def provider_at(url: str, config: Config) -> str:
    """The provider whose base URL a URL begins with; its host where there is none."""
    bases = {name: each.base_url for name, each in _known(config).items()}
    exact = [name for name, base in bases.items() if url.startswith(f"{base}/")]
    # A server of ours has a port that no settings know.
    loose = [name for name, base in bases.items() if clean_url(url).startswith(f"{clean_url(base)}/")]
    return next(iter((*exact, *loose)), host_of(url))


def _known(config: Config) -> dict[str, Provider]:
    return {**{name: built_in(name) for name in names()}, **config.providers}
