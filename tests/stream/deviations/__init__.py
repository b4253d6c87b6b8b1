"""Where we differ from the oracle on purpose, one module a dialect; each reason has a row in the dialect's document."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from modelmix.decode import DialectName
from stream.deviations import openai_chat, openai_responses
from stream.deviations.deviation import Deviation

DEVIATIONS: Final[Mapping[DialectName, Mapping[str, tuple[Deviation, ...]]]] = MappingProxyType(
    {
        "openai-chat": openai_chat.DEVIATIONS,
        "openai-responses": openai_responses.DEVIATIONS,
    }
)
