"""Whose the variables of the environment are that a provider of the catalogue names, and which of them is its key."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from types import MappingProxyType
from typing import Final

from modelmix.catalog.endpoint import Endpoint
from modelmix.catalog.shipped import shipped_variables
from modelmix.endpoint import host_of
from modelmix.providers.address import places
from modelmix.providers.load import built_in, names

_KEYS: Final = frozenset({"KEY", "TOKEN", "PAT"})
"""Last words of variables that hold keys."""

_OTHERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "AWS_*": ("amazonaws.com",),
        "GITHUB_*": ("github.ai", "github.com", "githubcopilot.com"),
        "GH_TOKEN": ("github.ai", "github.com", "githubcopilot.com"),
        "GITLAB_*": ("gitlab.com",),
        "GOOGLE_APPLICATION_CREDENTIALS": ("googleapis.com",),
        "AZURE_CLIENT_*": ("azure.com",),
        "NPM_TOKEN": (),
        "PYPI_*": (),
        "SSH_*": (),
    }
)
"""Secrets that open more than a model, each with the hosts of those who gave them."""


def key_variables(endpoint: Endpoint) -> tuple[str, ...]:
    """The variables that hold the provider's key: those named like keys, else those that are no part of its address."""
    named = tuple(name for name in endpoint.env if re.split("_", name)[-1] in _KEYS)
    return named or tuple(name for name in endpoint.env if name not in places(endpoint.api or ""))


@cache
def owners() -> Mapping[str, frozenset[str]]:
    """Every variable that a provider known from the start names, with all who name it."""
    found: dict[str, set[str]] = {}
    for name in names():
        for variable in built_in(name).auth.env:
            found.setdefault(variable, set()).add(name)
    for name, variables in shipped_variables().items():
        for variable in variables:
            found.setdefault(variable, set()).add(name)
    return {variable: frozenset(providers) for variable, providers in found.items()}


def foreign(endpoint: Endpoint) -> str | None:
    """A variable that this endpoint must not be given, because it is a secret of somebody else's; None for none.

    What modelmix ships is reviewed, and users' own patches are their own word. What a sync brought and the user
    accepted may name no built-in provider's variable and no secret of another kind; what a project says may name
    nothing that any provider known from the start names.
    """
    if endpoint.project:
        taken = owners()
        return next((name for name in endpoint.env if name in taken or _is_other(name, endpoint)), None)
    if endpoint.origin != "accepted":
        return None
    taken_by_files = {variable for name in names() for variable in built_in(name).auth.env}
    return next((name for name in endpoint.env if name in taken_by_files or _is_other(name, endpoint)), None)


def _is_other(variable: str, endpoint: Endpoint) -> bool:
    """Whether a variable holds a secret of another kind that is not this host's own."""
    host = host_of(endpoint.api or "")
    return any(
        fnmatchcase(variable, glob) and not any(host == own or host.endswith(f".{own}") for own in hosts)
        for glob, hosts in _OTHERS.items()
    )
