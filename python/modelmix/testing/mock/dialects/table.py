"""The dialects of the mock, by name."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from modelmix.decode import DialectName
from modelmix.node import Node
from modelmix.testing.mock.asked import Asked, AskedVectors, Json, Problem, Style
from modelmix.testing.mock.dialects import (
    anthropic_messages,
    embeddings,
    google_generate,
    ollama_chat,
    openai_chat,
    openai_responses,
    openai_style,
)
from modelmix.testing.mock.said import Said
from modelmix.testing.mock.wire import NDJSON, SSE, Document


class Words(Node, frozen=True, kw_only=True):
    """A dialect that answers with words."""

    style: Style
    read: Callable[[Json, str], Asked | Problem]
    whole: Callable[[Asked, Said], Document]
    frames: Callable[[Asked, Said], Iterator[bytes]]
    stream: str = SSE
    """The media type of a stream."""


class Vectors(Node, frozen=True, kw_only=True):
    """A dialect that answers with vectors."""

    style: Style
    read: Callable[[Json, str], AskedVectors | Problem]
    whole: Callable[[AskedVectors], Document]


class Manners(Node, frozen=True):
    """How a provider refuses: the body of an error, and the words for a model that it does not serve."""

    error: Callable[[Problem], Document]
    unknown: Callable[[str], Problem]


WORDS: Final[Mapping[DialectName, Words]] = MappingProxyType(
    {
        "openai-chat": Words(
            style="openai",
            read=openai_chat.read,
            whole=openai_chat.whole,
            frames=openai_chat.frames,
        ),
        "openai-responses": Words(
            style="openai",
            read=openai_responses.read,
            whole=openai_responses.whole,
            frames=openai_responses.frames,
        ),
        "anthropic-messages": Words(
            style="anthropic",
            read=anthropic_messages.read,
            whole=anthropic_messages.whole,
            frames=anthropic_messages.frames,
        ),
        "google-generate": Words(
            style="google",
            read=google_generate.read,
            whole=google_generate.whole,
            frames=google_generate.frames,
        ),
        "ollama-chat": Words(
            style="ollama",
            read=ollama_chat.read,
            whole=ollama_chat.whole,
            frames=ollama_chat.frames,
            stream=NDJSON,
        ),
    }
)
VECTORS: Final[Mapping[Style, Vectors]] = MappingProxyType(
    {
        "openai": Vectors(style="openai", read=embeddings.read_openai, whole=embeddings.whole_openai),
        "google": Vectors(style="google", read=embeddings.read_google, whole=embeddings.whole_google),
        "ollama": Vectors(style="ollama", read=embeddings.read_ollama, whole=embeddings.whole_ollama),
    }
)
MANNERS: Final[Mapping[Style, Manners]] = MappingProxyType(
    {
        "openai": Manners(openai_style.error, openai_style.unknown_model),
        "anthropic": Manners(anthropic_messages.error, anthropic_messages.unknown_model),
        "google": Manners(google_generate.error, google_generate.unknown_model),
        "ollama": Manners(ollama_chat.error, ollama_chat.unknown_model),
    }
)
