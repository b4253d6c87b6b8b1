"""Where we differ from the oracle on purpose, one module a dialect; each reason has a row in the dialect's document."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from modelmix.decode import DialectName
from stream.deviations import anthropic_messages, google_generate, ollama_chat, openai_chat, openai_responses
from stream.deviations.deviation import Deviation

DEVIATIONS: Final[Mapping[DialectName, Mapping[str, tuple[Deviation, ...]]]] = MappingProxyType(
    {
        "openai-chat": openai_chat.DEVIATIONS,
        "openai-responses": openai_responses.DEVIATIONS,
        "anthropic-messages": anthropic_messages.DEVIATIONS,
        "google-generate": google_generate.DEVIATIONS,
        "ollama-chat": ollama_chat.DEVIATIONS,
    }
)
