"""Find the API key for a provider, and never send one where it does not belong."""

from collections.abc import Iterable, Mapping
from typing import Final

from returns.result import Failure, Success

from modelmix.errors import BadKey, MissingKey
from modelmix.outcome import Outcome
from modelmix.providers.provider import Provider
from modelmix.secret import Secret, flaw

STORED: Final = "the config file"
"""Where keys are that `mm keys set` stores."""


def find_key(
    provider: Provider,
    *,
    given: str | None = None,
    env: Mapping[str, str],
    stored: Mapping[str, Secret],
    own_host: bool = True,
) -> Outcome[Secret | None]:
    """The key of a call: the one given, else from the environment, else from the user's config; None for none.

    `own_host` is false where requests go elsewhere than the provider's own host: then only a given key is sent.
    """
    if given is not None:
        return _key(provider, given, "the given key")
    if not own_host:
        return Success(None)
    place = key_place(provider.id, provider.auth.env, env, stored)
    if place is not None:
        return _key(provider, stored[provider.id].reveal() if place == STORED else env[place], place)
    if provider.auth.required:
        return Failure(MissingKey(provider=provider.id, env=provider.auth.env))
    return Success(None)


def key_place(
    provider: str, variables: Iterable[str], env: Mapping[str, str], stored: Mapping[str, object]
) -> str | None:
    """Where the key of a provider is: the first of its variables that is set, `STORED`, or None for nowhere."""
    variable = next((variable for variable in variables if env.get(variable)), None)
    return variable or (STORED if provider in stored else None)


def _key(provider: Provider, value: str, source: str) -> Outcome[Secret | None]:
    # Files and shells add line ends; nobody means them.
    value = value.strip()
    why = flaw(value)
    if why is not None:
        return Failure(BadKey(provider=provider.id, source=source, why=why))
    return Success(Secret(value))
