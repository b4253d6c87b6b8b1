"""Where we read openai-responses otherwise than the oracle; `docs/wire/openai-responses.md` says why."""

from types import MappingProxyType
from typing import Final

from stream.deviations.deviation import Deviation

DEVIATIONS: Final = MappingProxyType[str, tuple[Deviation, ...]]({})
