"""Settings under which nothing needs a key or a server of ours: those of a client that replays."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from msgspec.structs import replace

from modelmix.catalog.shipped import shipped_providers, shipped_record
from modelmix.compat.redact import clean_url
from modelmix.config import Config
from modelmix.endpoint import host_of
from modelmix.providers.address import places
from modelmix.providers.load import built_in, key_owners, names
from modelmix.providers.provider import Provider
from modelmix.secret import Secret

KEY: Final = "recorded-exchanges-need-no-key"
"""What is sent as a key, to nobody."""

_ANYWHERE: Final = "recorded"
"""Stands in addresses where a variable of the user's would; it is compared with nothing."""

_LAST_WORDS: Final = ("KEY", "TOKEN", "PAT", "SECRET", "PASSWORD")
"""How variables end that hold keys, those of other programs too."""


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


def offline_env(env: Mapping[str, str]) -> dict[str, str]:
    """The variables with something in the place of each that addresses of providers wait for."""
    return {**dict.fromkeys(_address_variables(), _ANYWHERE), **env}


def all_keys(env: Mapping[str, str], config: Config) -> tuple[Secret, ...]:
    """Every key that is configured, wherever: in the settings, or in a variable that is or may be one."""
    # The catalogue's are among them: what it names besides keys are places and regions, which are no secrets.
    named = {name for name in env if name.upper().endswith(_LAST_WORDS)}
    said = (env.get(variable, "").strip() for variable in sorted({*key_owners(config.providers), *named}))
    return (*(Secret(key) for key in said if key), *config.keys.values())


def accounts(env: Mapping[str, str]) -> tuple[str, ...]:
    """What the addresses of providers have of the user's own in them: ids of accounts, and hosts."""
    said = (env.get(variable, "").strip().removeprefix("https://").rstrip("/") for variable in _address_variables())
    return tuple(sorted(value for value in said if value))


@cache
def _address_variables() -> frozenset[str]:
    """The variables that stand in addresses of the catalogue that ships."""
    records = (shipped_record(provider) for provider in shipped_providers())
    return frozenset(name for record in records if record and record.api for name in places(record.api))


def provider_at(url: str, config: Config) -> str:
    """The provider whose base URL a URL begins with; its host where there is none."""
    bases = {name: each.base_url for name, each in _known(config).items()}
    exact = [name for name, base in bases.items() if url.startswith(f"{base}/")]
    # A server of ours has a port that no settings know.
    loose = [name for name, base in bases.items() if clean_url(url).startswith(f"{clean_url(base)}/")]
    return next(iter((*exact, *loose)), host_of(url))


def _known(config: Config) -> dict[str, Provider]:
    return {**{name: built_in(name) for name in names()}, **config.providers}
