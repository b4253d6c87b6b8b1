"""Settings under which nothing needs a key or a server of ours: those of a client that replays."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from modelmix.aim import world
from modelmix.compat.redact import clean_url
from modelmix.config import Config
from modelmix.endpoint import host_of
from modelmix.providers.load import built_in, key_owners, names
from modelmix.providers.provider import Provider
from modelmix.secret import Secret

KEY: Final = "recorded-exchanges-need-no-key"
"""What is sent as a key, to nobody."""

_LAST_WORDS: Final = ("KEY", "TOKEN", "PAT", "SECRET")
"""How variables of the catalogue end that hold keys; others hold places and names of accounts."""


class _Keys(Mapping[str, Secret]):
    """A key for every provider, those included that only a catalogue knows."""

    def __getitem__(self, provider: str) -> Secret:
        return Secret(KEY)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def offline(config: Config) -> Config:
    """The settings with a key for every provider, and with no server to be started."""
    still = {name: replace(each, launch=False) for name, each in _known(config).items() if each.launch}
    return replace(config, keys=_Keys(), providers={**config.providers, **still}, moved=frozenset())


def all_keys(env: Mapping[str, str], config: Config) -> tuple[Secret, ...]:
    """Every key that is configured, wherever, for a provider of the settings or of the catalogue."""
    listed = (name for name in world(config, env).catalog.owners() if name.endswith(_LAST_WORDS))
    said = (env.get(variable, "").strip() for variable in sorted({*key_owners(config.providers), *listed}))
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
