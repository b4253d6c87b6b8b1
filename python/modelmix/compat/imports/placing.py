"""Whose host a URL is: recordings of other tools say where a request went, not what we call it."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from modelmix.catalog.shipped import shipped_providers, shipped_record
from modelmix.providers.load import built_in, names
from modelmix.providers.provider import Provider

_SUFFIXES: Final = MappingProxyType(
    {
        ".openai.azure.com": "azure",
        ".cognitiveservices.azure.com": "azure",
        ".services.ai.azure.com": "azure",
        "-aiplatform.googleapis.com": "google-vertex",
        "aiplatform.googleapis.com": "google-vertex",
        ".cloud.databricks.com": "databricks",
    }
)
"""Hosts that every customer has one of."""


def provider_of(url: str) -> str:
    """The provider whose base URL a URL begins with, else whose host it has, else the host itself.

    >>> provider_of("https://api.anthropic.com/v1/messages")
    'anthropic'
    """
    parts = urlsplit(url)
    netloc = parts.netloc.rpartition("@")[2].lower()
    place, host = f"{netloc}{parts.path}".lower(), parts.hostname or ""
    known = _bases()
    begins = [base for base in known if place.startswith(base)]
    # A part of one of ours may be listed as a provider of its own.
    best = max(begins, key=lambda base: (known[base] in names(), len(base)), default=None)
    if best is not None:
        return known[best]
    ended = next((name for suffix, name in _SUFFIXES.items() if host.endswith(suffix)), None)
    same = next((name for base, name in known.items() if base.partition("/")[0] == netloc), None)
    return ended or same or host


def placed(url: str, told: str | None, own: Mapping[str, Provider] = MappingProxyType({})) -> str:
    """Our name, or the catalogue's, of the provider that a request went to; else what the tool calls it, or its host.

    `own` are the providers of the user's settings, which come first.

    >>> placed("https://llm.corp.example/v1/chat/completions", "corp")
    'corp'
    """
    mine = [name for name, provider in own.items() if url.startswith(f"{provider.base_url.rstrip('/')}/")]
    if mine:
        return max(mine, key=lambda name: len(own[name].base_url))
    found = provider_of(url)
    return told if told and found == (urlsplit(url).hostname or "") else found


@cache
def _bases() -> MappingProxyType[str, str]:
    """Base URLs without their scheme, each with its provider; what modelmix has a file of comes first."""
    found: dict[str, str] = {}
    for name, url in _known():
        parts = urlsplit(url)
        # A base that every customer fills in for himself is nobody's.
        if parts.netloc and "$" not in url:
            found.setdefault(f"{parts.netloc}{parts.path}".lower().rstrip("/"), name)
    return MappingProxyType(found)


def _known() -> Iterator[tuple[str, str]]:
    for name in names():
        provider = built_in(name)
        if not provider.launch:
            yield name, provider.base_url
    for name in sorted(shipped_providers()):
        record = shipped_record(name)
        if record is not None and record.api is not None:
            yield name, record.api
