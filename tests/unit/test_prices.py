"""The part of the comparison of prices that needs no other package: what is a reason, and what is written down."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

import pytest

from modelmix.ast.usage import Usage
from prices import ours
from prices.known import Known, read
from prices.quote import Ours, Pair, Rate, Theirs, pair
from prices.reasons import explained
from prices.tally import Tally, table

PLAIN: Final = Usage(input=1_000_000, output=1_000_000)


def rates(**said: str) -> dict[Rate, Decimal]:
    made: dict[Rate, Decimal] = {}
    for name in ("input", "output", "cache_read", "audio_input", "reasoning"):
        if name in said:
            made[name] = Decimal(said[name])
    return made


MINE: Final = Ours(
    model="m",
    total=Decimal(3),
    rates=rates(input="1", output="2"),
    base=rates(input="1", output="2"),
    updated="2026-01-01",
)
SAME: Final = Theirs(model="m", total=Decimal(3), rates=MINE.rates, base=MINE.base)
DEARER: Final = Theirs(
    model="m", total=Decimal(4), rates=rates(input="2", output="2"), base=rates(input="2", output="2")
)


def compared(us: Ours, them: Theirs, usage: Usage = PLAIN) -> Pair:
    return pair("p", "m", usage, us, them)


LONG: Final = Theirs(
    model="m",
    total=Decimal(4),
    rates=rates(input="2", output="2"),
    base=rates(input="1", output="2"),
    borders=frozenset({200_000}),
)
CACHED: Final = Usage(input=1_000_000, output=1_000_000, cache_read=1_000_000)

REASONED: dict[str, tuple[Pair, set[str], bool]] = {
    # a pair: the reasons for its gaps, and whether they explain all
    "another rate and no more": (compared(MINE, DEARER), {""}, False),
    "another model": (compared(MINE, replace(DEARER, model="m-2")), {"alias"}, True),
    "the same model in another spelling": (compared(MINE, replace(DEARER, model="maker/M")), {""}, False),
    "the maker's price": (compared(MINE, replace(DEARER, makers=True)), {"maker"}, True),
    "a tier beyond the window": (compared(replace(MINE, window=200_000), LONG), {"window"}, True),
    "a tier that only they have": (compared(replace(MINE, window=10**6), LONG), {"tiers"}, True),
    "a tier of the same size at other rates": (
        compared(replace(MINE, borders=frozenset({200_000}), window=10**6), LONG),
        {""},
        False,
    ),
    "a border that belongs to the tier": (
        compared(
            replace(MINE, borders=frozenset({10**6})),
            replace(LONG, borders=frozenset({10**6 - 1})),
        ),
        {"border"},
        True,
    ),
    "a later price": (compared(MINE, replace(DEARER, since=frozenset({date(2026, 1, 2)}))), {"dated"}, True),
    "a price that was later once": (
        compared(MINE, replace(DEARER, since=frozenset({date(2025, 12, 31)}))),
        {""},
        False,
    ),
    "a price by the hour": (compared(MINE, replace(DEARER, hourly=True)), {"dated"}, True),
    "a price in yuan": (compared(MINE, replace(DEARER, comment="CNY, converted to USD")), {"converted"}, True),
    "fewer digits": (
        compared(
            replace(MINE, rates=rates(input="0.083333", output="2")),
            replace(DEARER, total=Decimal("2.0833333333"), rates=rates(input="0.0833333333", output="2")),
        ),
        {"digits"},
        True,
    ),
    "digits that round far": (
        compared(
            replace(MINE, rates=rates(input="0.03", output="2")),
            replace(DEARER, total=Decimal("2.025"), rates=rates(input="0.025", output="2")),
        ),
        {""},
        False,
    ),
    "a rate that we lack": (
        compared(
            MINE, replace(DEARER, total=Decimal("2.1"), rates=rates(input="1", output="2", cache_read="0.1")), CACHED
        ),
        {"ours lacks"},
        True,
    ),
    "a rate that they lack": (
        compared(replace(MINE, rates=rates(input="1", output="2", cache_read="0.1")), SAME, CACHED),
        {"theirs lacks"},
        True,
    ),
    "a part that follows": (
        compared(MINE, replace(DEARER, model="x"), CACHED),
        {"alias"},
        True,
    ),
    "a fee beside equal rates": (
        compared(MINE, replace(SAME, total=Decimal("3.01"), fee=Decimal("0.01"))),
        set(),
        True,
    ),
    "a fee that does not come to it": (
        compared(MINE, replace(SAME, total=Decimal("3.02"), fee=Decimal("0.01"))),
        set(),
        False,
    ),
    "another total of equal rates": (compared(MINE, replace(SAME, total=Decimal(5))), set(), False),
    "another total than their rates make": (
        compared(MINE, replace(DEARER, model="x", total=Decimal(5))),
        {"alias"},
        False,
    ),
    "no price by tokens": (compared(MINE, replace(SAME, rates={}, total=Decimal(0), other_units=True)), set(), True),
}


@pytest.mark.parametrize(("made", "reasons", "whole"), REASONED.values(), ids=REASONED)
def test_a_reason_is_a_fact_in_the_data(made: Pair, reasons: set[str], whole: bool) -> None:  # noqa: FBT001
    found, all_of_it = explained(made, frozenset())
    assert (set(found.values()), all_of_it) == (reasons, whole)


STATED: Final = Known("p", "m", "input", "1", "2", "2026-01-01")


def test_a_rate_that_is_written_down_explains_itself_and_no_other() -> None:
    assert explained(compared(MINE, DEARER), {STATED})[1]
    assert not explained(compared(MINE, DEARER), {STATED._replace(theirs="3")})[1]
    assert not explained(compared(replace(MINE, updated="2026-01-02"), DEARER), {STATED})[1]


def test_a_tally_counts_and_keeps_what_was_used_and_what_was_missing() -> None:
    tally = Tally("p")
    assert tally.add(compared(MINE, SAME), frozenset())
    assert tally.add(compared(MINE, DEARER), {STATED})
    assert not tally.add(compared(MINE, DEARER), frozenset())
    assert (tally.equal, tally.explained, tally.unexplained) == (1, 1, 1)
    assert (tally.used, tally.missing) == ({STATED}, {STATED})
    assert table([tally]).splitlines()[1].split() == ["p", "0", "0", "3", "1", "1", "1"]


def test_what_is_written_of_our_rates_is_in_the_catalogue() -> None:
    rows = read()
    assert rows
    for provider in {row.provider for row in rows}:
        listed = {model.id: (model, updated) for model, updated in ours.listed(provider)}
        for row in rows:
            if row.provider == provider:
                model, updated = listed[row.model]
                known = [model.pricing, *(tier.pricing for tier in model.pricing.tiers)]
                assert row.ours in {str(getattr(rates, row.rate)) for rates in known}, row
                assert row.updated == updated
                assert row.ours != row.theirs
