"""What a run may still cost: nothing is sent that could go beyond it."""

from collections.abc import Iterable
from decimal import Decimal

from modelmix.ast.response import Cost, Unpriced
from modelmix.call import AnyCall
from modelmix.errors import BadRequest, MixError, Rejected, TimedOut, TooCostly, Unreachable
from modelmix.worst import worst_case


class Budget:
    """The limit of a run, and how much of it is spent: by answers, and by failed tries that may have been billed."""

    __slots__ = ("_limit", "_next", "_spent")

    def __init__(self, limit: Decimal) -> None:
        self._limit = limit
        self._spent = Decimal(0)
        self._next = Decimal(0)

    def refusal(self, calls: Iterable[AnyCall]) -> TooCostly | None:
        """Why calls may not be made one after another; None where they may."""
        worst = Decimal(0)
        for call in calls:
            bound = worst_case(call)
            if bound.cost is None:
                return self._refused(call, None, bound.why)
            worst += bound.cost
            if self._spent + worst > self._limit:
                return self._refused(call, worst, None)
            self._next = bound.cost
        return None

    def _refused(self, call: AnyCall, worst: Decimal | None, why: Unpriced | None) -> TooCostly:
        return TooCostly(spec=call.target.spec, limit=self._limit, spent=self._spent, worst=worst, why=why)

    def again(self, error: MixError) -> bool:
        """Counts a try that failed; whether there is enough left for another."""
        if _may_be_billed(error):
            self._spent += self._next
        return self._spent + self._next <= self._limit

    def pay(self, cost: Cost | None) -> None:
        """Counts an answer; one of unknown cost counts as the most that it may have cost."""
        self._spent += self._next if cost is None else cost.total


def wrong_limit(limit: Decimal) -> BadRequest | None:
    """What is wrong with a limit on cost; None where it is one."""
    if limit.is_finite() and limit >= 0:
        return None
    return BadRequest(field="max_cost", value=str(limit), expected="US dollars, at least 0")


def _may_be_billed(error: MixError) -> bool:
    """Whether a model may have begun its work: not where a provider refused, or where it was never reached."""
    match error:
        case Rejected(status=int()):
            return False
        case Unreachable(kind=kind):
            return kind in {"reset", "other"}
        case TimedOut(deadline=deadline):
            return deadline not in {"connect", "pool"}
        case _:
            return True
