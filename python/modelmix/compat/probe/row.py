"""The provider that a server is, as a row of data: its address first, then what it was seen to need."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from modelmix.decode import DialectName, Tags
from modelmix.endpoint import host_of, is_loopback
from modelmix.node import Node
from modelmix.providers.provider import Auth, Embedder, Provider, Rule, Shape
from modelmix.quirks import bent

_KEYS: Final[Mapping[DialectName, tuple[str, str]]] = MappingProxyType(
    {"anthropic-messages": ("x-api-key", ""), "google-generate": ("x-goog-api-key", "")}
)
"""The header of a key and what stands before it, where that is not `Authorization: Bearer` (WIRE §1)."""

_HEADERS: Final[Mapping[DialectName, Mapping[str, str]]] = MappingProxyType(
    {"anthropic-messages": {"anthropic-version": "2023-06-01"}}
)

EMBEDDERS: Final[Mapping[DialectName, Embedder]] = MappingProxyType(
    {"google-generate": "google", "ollama-chat": "ollama", "openai-chat": "openai", "openai-responses": "openai"}
)
"""Whose embedding endpoint stands beside a dialect; Anthropic has none."""


class Change(Node, frozen=True, kw_only=True):
    """What a provider's row must say beyond its defaults."""

    shape: Shape = Shape()
    tags: Tags | None = None
    rules: tuple[Rule, ...] = ()


def plain_row(name: str, dialect: DialectName, base_url: str, key_env: str | None) -> Provider:
    """A provider with nothing but its address, its dialect, and the variable of its key.

    Without a key, plain http is let through to other machines too: nothing secret is sent.
    """
    header, scheme = _KEYS.get(dialect, (Auth().header, Auth().scheme))
    auth = Auth(required=False) if key_env is None else Auth(env=(key_env,), header=header, scheme=scheme)
    far = base_url.lower().startswith("http://") and not is_loopback(host_of(base_url))
    return Provider(
        id=name,
        name=name,
        dialect=dialect,
        base_url=base_url,
        auth=auth,
        headers=_HEADERS.get(dialect, {}),
        embeddings=EMBEDDERS.get(dialect),
        allow_insecure=far and key_env is None,
    )


def changed(row: Provider, change: Change) -> Provider:
    """The row with a change laid over it; what it says already is not said twice."""
    rules = tuple([rule for rule in change.rules if rule not in row.rules])
    return replace(row, shape=bent(row.shape, change.shape), tags=change.tags or row.tags, rules=(*row.rules, *rules))
