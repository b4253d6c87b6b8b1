"""The official SDKs, each behind one function that reads a reply over HTTP."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from oracle.reply import OracleDialect
from oracle.sdks import anthropic_messages, google_generate, openai_chat, openai_responses
from oracle.sdks.sdk import Sdk

SDKS: Final[Mapping[OracleDialect, Sdk]] = MappingProxyType(
    {
        "openai-chat": Sdk("openai", openai_chat.reader),
        "openai-responses": Sdk("openai", openai_responses.reader),
        "anthropic-messages": Sdk("anthropic", anthropic_messages.reader),
        "google-generate": Sdk("google-genai", google_generate.reader),
    }
)
"""Who reads which dialect."""
