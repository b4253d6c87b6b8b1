"""What a run may still cost: refusals, tries that failed, and answers that are paid."""

from decimal import Decimal
from typing import Final

import pytest

from modelmix.ast.model import Limits, Model, Pricing
from modelmix.ast.options import Options
from modelmix.ast.response import Cost, CostItem, Unpriced
from modelmix.budget import Budget, wrong_limit
from modelmix.call import Call
from modelmix.errors import (
    BadConfig,
    Dropped,
    MixError,
    Rejected,
    TimedOut,
    TooCostly,
    Truncated,
    Undecodable,
    Unreachable,
)
from unit.making import call, target

ENTRY: Final = Model(
    provider="openai",
    id="gpt-4o",
    limits=Limits(context=1_000_000, output=1_000_000),
    pricing=Pricing(input=Decimal(0), output=Decimal(1)),
)
"""A token of output is a millionth of a dollar, and input is free: the worst case is the limit on output."""


def costing(dollars: str) -> Call:
    limit = int(Decimal(dollars) * 10**6)
    return call(target(entry=ENTRY), options=Options(max_tokens=limit))


def bill(dollars: str) -> Cost:
    return Cost((CostItem(name="output", tokens=1, rate=Decimal(1), amount=Decimal(dollars)),))


REFUSALS: dict[str, tuple[str, tuple[str, ...], str | None]] = {
    # limit, what the calls may cost: the worst case that is told
    "below": ("0.5", ("0.4",), None),
    "exactly": ("0.5", ("0.5",), None),
    "above": ("0.5", ("0.500001",), "0.500001"),
    "nothing may be spent": ("0", ("0.000001",), "0.000001"),
    "several together": ("0.5", ("0.3", "0.3"), "0.6"),
    "several that fit": ("0.6", ("0.3", "0.3"), None),
}


@pytest.mark.parametrize(("limit", "costs", "told"), REFUSALS.values(), ids=REFUSALS)
def test_calls_are_refused_that_may_go_beyond_the_limit(limit: str, costs: tuple[str, ...], told: str | None) -> None:
    found = Budget(Decimal(limit)).refusal([costing(cost) for cost in costs])
    expected = None if told is None else TooCostly(spec="openai:gpt-4o", limit=Decimal(limit), worst=Decimal(told))
    assert found == expected


def test_what_is_unknown_is_refused_and_says_why() -> None:
    found = Budget(Decimal(1000)).refusal([call(target(entry=None))])
    assert found == TooCostly(spec="openai:gpt-4o", limit=Decimal(1000), why=Unpriced(why="unlisted"))


PAID: dict[str, tuple[Cost | None, str | None]] = {
    # what the first answer cost, of 0.4 at most: what is told as spent, where 0.6 more may come and 1.0 is the limit
    "less than it might have": (bill("0.1"), None),
    "all that it might have": (bill("0.4"), None),
    "more, against all expectation": (bill("0.41"), "0.41"),
    "unknown counts as the most": (None, None),
}


@pytest.mark.parametrize(("cost", "spent"), PAID.values(), ids=PAID)
def test_answers_are_paid_from_it(cost: Cost | None, spent: str | None) -> None:
    budget = Budget(Decimal(1))
    assert budget.refusal([costing("0.4")]) is None
    budget.pay(cost)
    found = budget.refusal([costing("0.6")])
    assert (None if found is None else found.spent) == (None if spent is None else Decimal(spent))


TRIES: dict[str, tuple[MixError, bool]] = {
    # an error: whether the try may have been billed, so that there is nothing left for another
    "refused with a status": (Rejected(kind="rate_limit", message="m", status=429), False),
    "a server's error": (Rejected(kind="server", message="m", status=500), False),
    "refused in the reply": (Rejected(kind="overloaded", message="m"), True),
    "nobody there": (Unreachable(host="h", kind="refused"), False),
    "no such host": (Unreachable(host="h", kind="dns"), False),
    "reset on the way": (Unreachable(host="h", kind="reset"), True),
    "no connection in time": (TimedOut(deadline="connect", seconds=1), False),
    "no free connection in time": (TimedOut(deadline="pool", seconds=1), False),
    "no answer in time": (TimedOut(deadline="first_token", seconds=1), True),
    "a broken connection": (Dropped(), True),
    "a cut": (Truncated(), True),
    "no reply": (Undecodable(kind="html"), True),
    "something else": (BadConfig(where="w", detail="d"), True),
}


@pytest.mark.parametrize(("error", "billed"), TRIES.values(), ids=TRIES)
def test_a_try_that_may_have_been_billed_is_paid_before_another(error: MixError, billed: bool) -> None:  # noqa: FBT001
    scarce, ample = Budget(Decimal("0.7")), Budget(Decimal("0.8"))
    for budget in (scarce, ample):
        assert budget.refusal([costing("0.4")]) is None
    assert scarce.again(error) is not billed
    assert ample.again(error)


LIMITS = {"0": True, "0.05": True, "1E+3": True, "-0.01": False, "NaN": False, "Infinity": False, "sNaN": False}


@pytest.mark.parametrize(("text", "good"), LIMITS.items(), ids=LIMITS)
def test_a_limit_is_a_number_of_dollars(text: str, good: bool) -> None:  # noqa: FBT001
    wrong = wrong_limit(Decimal(text))
    assert (wrong is None) is good
    assert wrong is None or (wrong.field, wrong.value) == ("max_cost", text)
