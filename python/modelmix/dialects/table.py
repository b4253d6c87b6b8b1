"""The dialects we speak, by name."""

from functools import cache

from modelmix.decode import DialectName
from modelmix.dialects.draft import Encode, Path
from modelmix.node import Node


class Dialect(Node, frozen=True, kw_only=True):
    """One wire format: where a request goes, and what it looks like."""

    name: DialectName
    path: Path
    encode: Encode
    accept: str = "text/event-stream"
    """The media type of its streams."""


@cache
def dialect_named(name: DialectName) -> Dialect:
    """The dialect of that name. Its package is imported here, since a program seldom speaks more than one."""
    # ruff: disable[PLC0415]
    match name:
        case "openai-chat":
            from modelmix.dialects.openai_chat import encode as chat

            return Dialect(name=name, path=chat.path, encode=chat.encode)
        case "openai-responses":
            from modelmix.dialects.openai_responses import encode as responses

            return Dialect(name=name, path=responses.path, encode=responses.encode)
        case "anthropic-messages":
            from modelmix.dialects.anthropic_messages import encode as anthropic

            return Dialect(name=name, path=anthropic.path, encode=anthropic.encode)
        case "google-generate":
            from modelmix.dialects.google_generate import encode as google

            return Dialect(name=name, path=google.path, encode=google.encode)
        case "ollama-chat":
            from modelmix.dialects.ollama_chat import encode as ollama

            return Dialect(name=name, path=ollama.path, encode=ollama.encode, accept="application/x-ndjson")
    # ruff: enable[PLC0415]
