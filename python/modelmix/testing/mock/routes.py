"""Which dialect a URL speaks, and what is asked for there."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, Literal, TypeAlias
from urllib.parse import unquote, urlsplit

from modelmix.decode import DialectName
from modelmix.node import Node
from modelmix.providers.load import built_in, names
from modelmix.testing.mock.asked import Style

Operation: TypeAlias = Literal["words", "vectors", "models", "count"]


class Route(Node, frozen=True, kw_only=True):
    """What stands at a path. `model` and `stream` are there where the path says them, as Google's do."""

    operation: Operation
    style: Style
    dialect: DialectName | None = None
    model: str | None = None
    stream: bool = False
    method: str = "POST"


def _words(style: Style, dialect: DialectName) -> Route:
    return Route(operation="words", style=style, dialect=dialect)


_FIXED: Final[Mapping[str, Route]] = MappingProxyType(
    {
        "/chat/completions": _words("openai", "openai-chat"),
        "/responses": _words("openai", "openai-responses"),
        "/messages": _words("anthropic", "anthropic-messages"),
        "/api/chat": _words("ollama", "ollama-chat"),
        "/embeddings": Route(operation="vectors", style="openai"),
        "/api/embed": Route(operation="vectors", style="ollama"),
        "/messages/count_tokens": Route(operation="count", style="anthropic", dialect="anthropic-messages"),
        "/models": Route(operation="models", style="openai", method="GET"),
        "/api/tags": Route(operation="models", style="ollama", method="GET"),
    }
)
_GOOGLE: Final = re.compile(r"/models/([^/:]+(?::[^/:]+)*?):(\w+)")
_CALLS: Final[Mapping[str, Route]] = MappingProxyType(
    {
        "generateContent": _words("google", "google-generate"),
        "streamGenerateContent": Route(operation="words", style="google", dialect="google-generate", stream=True),
        "embedContent": Route(operation="vectors", style="google"),
        "batchEmbedContents": Route(operation="vectors", style="google"),
        "countTokens": Route(operation="count", style="google", dialect="google-generate"),
    }
)
# Versions of Google's API, as its SDKs name them.
_VERSIONS: Final = ("/v1beta", "/v1alpha")
_STYLES: Final[Mapping[str, Style]] = MappingProxyType({"/v1beta": "google", "/v1alpha": "google", "/api": "ollama"})


@cache
def prefixes() -> tuple[str, ...]:
    """The paths of all base URLs that built-in providers have, the longest first; a bare host is one too."""
    paths = {urlsplit(built_in(name).base_url).path.rstrip("/") for name in names()}
    return tuple(sorted({*paths, *_VERSIONS, "/v1", ""}, key=lambda path: (-len(path), path)))


def speaker(headers: Iterable[str]) -> Style | None:
    """Whose client sends such headers, where they tell."""
    names = tuple(headers)
    if "anthropic-version" in names:
        return "anthropic"
    return "google" if any(name.startswith("x-goog-") for name in names) else None


def find_route(path: str, client: Style | None = None) -> Route | None:
    """What stands at a path, without its query; the client tells whose list of models is meant."""
    for prefix in prefixes():
        if path.startswith(prefix):
            found = _at(path[len(prefix) :])
            if found is not None:
                return _listed(found, prefix, client)
    return None


def style_of(path: str, client: Style | None = None) -> Style:
    """Whose errors are given at a path where nothing stands."""
    if client is not None:
        return client
    for start, style in _STYLES.items():
        if path.startswith(f"{start}/"):
            return style
    return "openai"


def _at(rest: str) -> Route | None:
    if rest in _FIXED:
        return _FIXED[rest]
    called = _GOOGLE.fullmatch(rest)
    route = None if called is None else _CALLS.get(called[2])
    if called is None or route is None:
        return None
    return Route(
        operation=route.operation,
        style=route.style,
        dialect=route.dialect,
        model=unquote(called[1]),
        stream=route.stream,
    )


def _listed(route: Route, prefix: str, client: Style | None) -> Route:
    """The route, with the list of models that is meant."""
    if route.operation != "models" or route.style != "openai":
        return route
    return Route(operation="models", style=client or _STYLES.get(prefix, "openai"), method="GET")
