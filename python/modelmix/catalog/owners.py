"""Whose the variables are that hold keys, beyond those of built-in providers and of settings."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from modelmix.catalog.accepted import accepted
from modelmix.catalog.endpoint import Endpoint
from modelmix.catalog.patch import Patch
from modelmix.catalog.shipped import shipped_owners
from modelmix.catalog.trust import patched


def own_endpoints(folder: Path | None, patches: Iterable[Patch]) -> Mapping[str, Endpoint]:
    """The providers that the user has accepted, and those that the user's own patches make, by id."""
    taken = {} if folder is None else {each.id: each for each in _accepted(folder)}
    made = {patch.provider: found for patch in patches if not patch.project and (found := patched(None, [patch]))}
    return {**taken, **made}


def owners_of(own: Iterable[Endpoint], keys: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    """The variables of what ships, of some endpoints and of some keys, each with the providers whose key it is."""
    owners = dict(shipped_owners())
    named = chain.from_iterable(((variable, each.id) for variable in each.env) for each in own)
    for variable, provider in chain(named, keys.items()):
        owners[variable] = owners.get(variable, frozenset()) | {provider}
    return owners


def _accepted(folder: Path) -> Iterator[Endpoint]:
    for path in sorted((folder / "accepted").glob("*.json")):
        found = accepted(folder, path.stem)
        if found is not None:
            yield found
