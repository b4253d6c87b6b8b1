"""Where we read ollama-chat otherwise than the oracle; `docs/wire/ollama-chat.md` says why."""

from types import MappingProxyType
from typing import Final

from stream.deviations.deviation import Deviation, says

DEVIATIONS: Final = MappingProxyType[str, tuple[Deviation, ...]](
    {"a total that nobody gave is not made up": (Deviation("*", "total", says(None)),)}
)
