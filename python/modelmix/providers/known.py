"""Find a provider by its name: among the user's own, those with a file, and those of the catalogue."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeAlias

from returns.result import Failure, Success

from modelmix.catalog.catalog import Catalog
from modelmix.catalog.endpoint import Endpoint
from modelmix.errors import UnknownProvider
from modelmix.outcome import Outcome, and_then
from modelmix.providers.load import built_in, is_built_in, names
from modelmix.providers.provider import Provider

Known: TypeAlias = Provider | Endpoint
"""A provider as it stands, or where one is that becomes a provider for one of its models: `row.provider_of`."""


def find(name: str, own: Mapping[str, Provider], catalog: Catalog) -> Outcome[Known]:
    """The provider of that name, else of that alias.

    The user's own come first, then those with a file: neither takes its host from a catalogue (SPEC §4).
    """
    if name in own:
        return Success(own[name])
    if is_built_in(name):
        return Success(built_in(name))
    listed = catalog.endpoint(name)
    if isinstance(listed, Failure):
        return listed
    endpoint = listed.unwrap()
    if endpoint is not None:
        return Success(endpoint)
    for provider in (*own.values(), *map(built_in, names())):
        if name in provider.aliases:
            return Success(provider)
    return and_then(catalog.providers(), lambda listed: Failure(_unknown(name, own, listed)))


def _unknown(name: str, own: Mapping[str, Provider], listed: tuple[str, ...]) -> UnknownProvider:
    aliases = [alias for provider in (*own.values(), *map(built_in, names())) for alias in provider.aliases]
    known = dict.fromkeys((*own, *names(), *aliases, *listed))
    return UnknownProvider(name=name, near=tuple(get_close_matches(name, known, n=3, cutoff=0.5)))
