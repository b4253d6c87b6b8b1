"""The dialects we speak, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from modelmix.decode import DialectName
from modelmix.dialects.anthropic_messages import encode as anthropic_messages
from modelmix.dialects.draft import Encode, Path
from modelmix.dialects.google_generate import encode as google_generate
from modelmix.dialects.ollama_chat import encode as ollama_chat
from modelmix.dialects.openai_chat import encode as openai_chat
from modelmix.dialects.openai_responses import encode as openai_responses
from modelmix.node import Node


class Dialect(Node, frozen=True, kw_only=True):
    """One wire format: where a request goes, and what it looks like."""

    name: DialectName
    path: Path
    encode: Encode
    accept: str = "text/event-stream"
    """The media type of its streams."""


TABLE: Final[Mapping[str, Dialect]] = MappingProxyType(
    {
        "openai-chat": Dialect(name="openai-chat", path=openai_chat.path, encode=openai_chat.encode),
        "google-generate": Dialect(name="google-generate", path=google_generate.path, encode=google_generate.encode),
        "ollama-chat": Dialect(
            name="ollama-chat", path=ollama_chat.path, encode=ollama_chat.encode, accept="application/x-ndjson"
        ),
        "openai-responses": Dialect(
            name="openai-responses", path=openai_responses.path, encode=openai_responses.encode
        ),
        "anthropic-messages": Dialect(
            name="anthropic-messages", path=anthropic_messages.path, encode=anthropic_messages.encode
        ),
    }
)
