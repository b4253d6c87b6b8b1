"""What every measurement is given."""

from dataclasses import dataclass
from pathlib import Path

from benches.measure import Effort
from benches.streams import Samples


@dataclass(frozen=True, kw_only=True)
class Setup:
    """How long to measure, on what, and where files may be left for the length of the run."""

    quick: bool
    effort: Effort
    samples: Samples
    folder: Path

    def pick(self, *, quick: int, full: int) -> int:
        """A size for a short run, or for a full one."""
        return quick if self.quick else full
