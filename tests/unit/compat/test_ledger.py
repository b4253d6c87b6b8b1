"""No cap is passed, and what was not taken can be spent."""

from decimal import Decimal

from modelmix.compat.ledger import Caps, Ledger

ONE = Decimal(1)


def test_without_caps_everything_is_counted() -> None:
    ledger = Ledger(Caps())
    assert ledger.reserve(1, None) is None
    ledger.settle(1, None, took=3, paid=ONE)
    assert (ledger.requests, ledger.cost) == (3, ONE)


def test_what_is_set_aside_cannot_be_spent_twice() -> None:
    ledger = Ledger(Caps(requests=3))
    assert ledger.reserve(3, None) is None
    assert ledger.reserve(1, None) == "the cap of 3 requests leaves no room for it"
    ledger.settle(3, None, took=2, paid=None)
    assert ledger.reserve(1, None) is None


def test_a_cost_is_bounded_by_the_worst_case() -> None:
    ledger = Ledger(Caps(cost=Decimal("1.5")))
    assert ledger.reserve(1, ONE) is None
    assert ledger.reserve(1, ONE) == "it may cost $1, and the cap of $1.5 leaves $0.5"
    ledger.settle(1, ONE, took=1, paid=Decimal("0.25"))
    assert ledger.reserve(1, ONE) is None
    assert ledger.cost == Decimal("1.25")


def test_what_nobody_says_was_paid_counts_as_the_worst() -> None:
    ledger = Ledger(Caps(cost=ONE))
    assert ledger.reserve(1, ONE) is None
    ledger.settle(1, ONE, took=1, paid=None)
    assert ledger.cost == ONE


def test_an_unknown_price_is_not_free() -> None:
    assert Ledger(Caps(cost=ONE)).reserve(1, None) == "the most that it may cost is unknown, and there is a cap on cost"
