"""Counts what came of the comparisons, and says it as a table."""

from collections import Counter
from collections.abc import Sequence, Set as AbstractSet
from dataclasses import dataclass, field

from prices.known import Known
from prices.quote import Pair
from prices.reasons import FEE, RATE, UNIT, explained, known


@dataclass
class Tally:
    """One provider: models that both know and that only we know, usages by verdict, and what each reason explains.

    `used` are the rows of the file that explain something, `missing` those that would.
    """

    provider: str
    models: int = 0
    alone: int = 0
    equal: int = 0
    explained: int = 0
    unexplained: int = 0
    reasons: Counter[str] = field(default_factory=Counter[str])
    used: set[Known] = field(default_factory=set[Known])
    missing: set[Known] = field(default_factory=set[Known])

    def add(self, pair: Pair, stated: AbstractSet[Known]) -> bool:
        """Counts one comparison; whether it needs no more words."""
        if pair.equal:
            self.equal += 1
            return True
        found, whole = explained(pair, stated)
        self.used.update(known(gap, pair) for gap, reason in found.items() if reason == RATE)
        self.missing.update(known(gap, pair) for gap, reason in found.items() if not reason)
        if not whole:
            self.unexplained += 1
            return False
        self.explained += 1
        besides = ((FEE, pair.theirs.fee), (UNIT, pair.theirs.other_units))
        self.reasons.update({*found.values(), *(name for name, holds in besides if holds)})
        return True


def table(tallies: Sequence[Tally]) -> str:
    """A line a provider, and one for all."""
    head = ("provider", "models", "not theirs", "usages", "equal", "explained", "unexplained")
    rows = [(tally.provider, *_counts(tally)) for tally in tallies]
    sums = ("all", *(sum(column) for column in zip(*[_counts(tally) for tally in tallies], strict=True)))
    cells = [head, *(tuple(map(_cell, row)) for row in (*rows, sums))]
    widths = [max(len(row[at]) for row in cells) for at in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)


def _counts(tally: Tally) -> tuple[int, ...]:
    compared = tally.equal + tally.explained + tally.unexplained
    return tally.models, tally.alone, compared, tally.equal, tally.explained, tally.unexplained


def _cell(value: str | int) -> str:
    return value if isinstance(value, str) else f"{value:,}"
