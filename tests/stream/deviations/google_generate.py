"""Where we read google-generate otherwise than the oracle; `docs/wire/google-generate.md` says why."""

from types import MappingProxyType
from typing import Final

from stream.deviations.deviation import Deviation

DEVIATIONS: Final = MappingProxyType[str, tuple[Deviation, ...]]({})
