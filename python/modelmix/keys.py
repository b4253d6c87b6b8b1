"""Find the API key for a provider, and never send one where it does not belong."""

from collections.abc import Mapping

from returns.result import Failure, Success

from modelmix.errors import BadKey, MissingKey
from modelmix.outcome import Outcome
from modelmix.providers.provider import Provider
from modelmix.secret import Secret, flaw


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
    for variable in provider.auth.env:
        if env.get(variable):
            return _key(provider, env[variable], variable)
    if provider.id in stored:
        return _key(provider, stored[provider.id].reveal(), "the config file")
    if provider.auth.required:
        return Failure(MissingKey(provider=provider.id, env=provider.auth.env))
    return Success(None)


def _key(provider: Provider, value: str, source: str) -> Outcome[Secret | None]:
    # Files and shells add line ends; nobody means them.
    value = value.strip()
    why = flaw(value)
    if why is not None:
        return Failure(BadKey(provider=provider.id, source=source, why=why))
    return Success(Secret(value))
