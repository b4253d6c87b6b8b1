"""Where a server may speak which dialect, from the one URL that its user knows."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from modelmix.decode import DialectName

_ENDPOINTS: Final = (
    *("/chat/completions", "/completions", "/responses", "/messages", "/embeddings", "/models"),
    *("/api/chat", "/api/tags", "/api/generate", "/api/embed"),
)
"""Ends of a URL that are pasted along with the base URL."""

_VERSIONS: Final = ("/v1", "/v1beta", "/api")
_VERSION: Final = re.compile(r"/v\d+$")


def base_of(url: str) -> str:
    """The base URL, without an endpoint or a slash at its end."""
    url = url.rstrip("/")
    end = next((end for end in _ENDPOINTS if url.endswith(end)), "")
    return url.removesuffix(end)


def bases(url: str, dialect: DialectName) -> tuple[str, ...]:
    """Where a dialect may be spoken, the likeliest first.

    >>> bases("http://127.0.0.1:8080", "openai-chat")
    ('http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080')
    >>> bases("http://127.0.0.1:8080/v1", "ollama-chat")
    ('http://127.0.0.1:8080',)
    """
    url = base_of(url)
    match dialect:
        case "openai-chat" | "openai-responses" | "anthropic-messages":
            return (url,) if _VERSION.search(url) else (f"{root_of(url)}/v1", url)
        case "google-generate":
            return (url,) if url.endswith("/v1beta") else (f"{root_of(url)}/v1beta",)
        case "ollama-chat":
            return (root_of(url),)


def root_of(url: str) -> str:
    """The base URL without a version at its end."""
    end = next((end for end in _VERSIONS if url.endswith(end)), "")
    return url.removesuffix(end)


_ORDER: Final[tuple[DialectName, ...]] = (
    "openai-chat",
    "anthropic-messages",
    "ollama-chat",
    "google-generate",
    "openai-responses",
)
_TOLD: Final[Mapping[str, DialectName]] = MappingProxyType(
    {
        "/v1beta": "google-generate",
        "/api": "ollama-chat",
        "/api/chat": "ollama-chat",
        "/messages": "anthropic-messages",
        "/responses": "openai-responses",
    }
)


def ranked(url: str) -> tuple[DialectName, ...]:
    """All dialects, the one first that the URL tells; a bare host with Ollama's own API is most likely Ollama.

    Chat completions are what most servers speak best; of responses many have a part only.
    """
    url = url.rstrip("/")
    path = urlsplit(url).path
    said: list[DialectName] = [dialect for end, dialect in _TOLD.items() if path.endswith(end)]
    if not path:
        said.append("ollama-chat")
    return (*said, *[dialect for dialect in _ORDER if dialect not in said])


_SUFFIXES: Final[Mapping[DialectName, str]] = MappingProxyType(
    {
        "openai-chat": "chat",
        "openai-responses": "responses",
        "anthropic-messages": "messages",
        "google-generate": "generate",
        "ollama-chat": "ollama",
    }
)


def name_of(url: str, taken: frozenset[str]) -> str:
    """What the provider of a server is called: its host and port, and never as one that is known already.

    >>> name_of("http://127.0.0.1:8080/v1", frozenset())
    '127-0-0-1-8080'
    """
    name = re.sub(r"[^a-z0-9]+", "-", urlsplit(url).netloc.lower()).strip("-")
    return f"{name}-server" if name in taken else name


def also(name: str, dialect: DialectName) -> str:
    """What the same server is called in another dialect."""
    return f"{name}-{_SUFFIXES[dialect]}"
