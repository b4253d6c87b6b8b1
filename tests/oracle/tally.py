"""Counts what came of the comparisons in one dialect."""

from collections import Counter
from dataclasses import dataclass, field

from oracle.compare import Found
from oracle.differences.difference import Difference, Reasons
from oracle.reply import Heard, OracleDialect


@dataclass
class Tally:
    """One dialect: replies by verdict, and those that a reason explains; `used` counts what each difference covered."""

    dialect: OracleDialect
    reasons: Reasons
    compared: int = 0
    equal: int = 0
    explained: int = 0
    unexplained: int = 0
    raised: int = 0
    told: Counter[str] = field(default_factory=Counter[str])
    used: Counter[Difference] = field(default_factory=Counter[Difference])

    def add(self, reply_id: str, sdk: Heard, found: tuple[Found, ...]) -> tuple[Found, ...]:
        """Counts one reply, and gives back what has no reason."""
        explained = {one.field: reason for one in found if (reason := self._reason(reply_id, one, sdk))}
        left = tuple(one for one in found if one.field not in explained)
        self.compared += 1
        self.raised += sdk.raised
        self.told.update(set(explained.values()))
        if left:
            self.unexplained += 1
        elif found:
            self.explained += 1
        else:
            self.equal += 1
        return left

    def unused(self) -> tuple[Difference, ...]:
        """Explanations that explain nothing."""
        return tuple(one for group in self.reasons.values() for one in group if not self.used[one])

    def _reason(self, reply_id: str, found: Found, sdk: Heard) -> str | None:
        for reason, group in self.reasons.items():
            covering = [difference for difference in group if difference.covers(reply_id, found, sdk)]
            self.used.update(covering)
            if covering:
                return reason
        return None
