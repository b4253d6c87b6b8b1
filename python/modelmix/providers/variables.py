"""Whose the variables of the environment are that a provider of the catalogue names, and which of them is its key."""

import re
from typing import Final

from modelmix.catalog.endpoint import Endpoint
from modelmix.providers.address import places

_KEYS: Final = frozenset({"KEY", "TOKEN", "PAT"})
"""Last words of variables that hold keys."""


def key_variables(endpoint: Endpoint) -> tuple[str, ...]:
    """The variables that hold the provider's key: those named like keys, else those that are no part of its address."""
    named = tuple(name for name in endpoint.env if re.split("_", name)[-1] in _KEYS)
    return named or tuple(name for name in endpoint.env if name not in places(endpoint.api or ""))
