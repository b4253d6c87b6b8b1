"""The dialects we speak, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from modelmix.decode import DialectName
from modelmix.dialects.anthropic_messages import encode as anthropic_messages
from modelmix.dialects.draft import Encode, Path
from modelmix.dialects.openai_chat import encode as openai_chat
from modelmix.node import Node


class Dialect(Node, frozen=True, kw_only=True):
    """One wire format: where a request goes, and what it looks like."""

    name: DialectName
    path: Path
    encode: Encode


TABLE: Final[Mapping[str, Dialect]] = MappingProxyType(
    {
        "openai-chat": Dialect(name="openai-chat", path=openai_chat.path, encode=openai_chat.encode),
        "anthropic-messages": Dialect(
            name="anthropic-messages", path=anthropic_messages.path, encode=anthropic_messages.encode
        ),
    }
)
