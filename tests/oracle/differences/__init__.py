"""Where an SDK and we read a reply otherwise, one module a dialect, and why."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from oracle.differences import anthropic_messages, google_generate, openai_chat, openai_responses
from oracle.differences.difference import Reasons
from oracle.reply import OracleDialect

DIFFERENCES: Final[Mapping[OracleDialect, Reasons]] = MappingProxyType(
    {
        "openai-chat": openai_chat.DIFFERENCES,
        "openai-responses": openai_responses.DIFFERENCES,
        "anthropic-messages": anthropic_messages.DIFFERENCES,
        "google-generate": google_generate.DIFFERENCES,
    }
)
"""The explained differences of each dialect, by their reason."""
