"""Why prices may differ: each reason is a fact that is looked up in the data of both sides."""

from collections.abc import Callable, Mapping, Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from prices.known import Known
from prices.quote import COMMON, Gap, Pair, effective


@dataclass(frozen=True)
class Reason:
    """A name, the words for a table, and the fact: whether it explains a gap."""

    name: str
    words: str
    holds: Callable[[Gap, Pair], bool]


def _plain(name: str) -> str:
    return name.lower().rpartition("/")[2]


def _another(_: Gap, pair: Pair) -> bool:
    return _plain(pair.model) != _plain(pair.theirs.model)


def _same_base(gap: Gap, pair: Pair) -> bool:
    return effective(pair.ours.base, gap.rate) == effective(pair.theirs.base, gap.rate)


def _outside(gap: Gap, pair: Pair) -> bool:
    reached = [border for border in pair.theirs.borders if border < (pair.usage.input or 0)]
    window = pair.ours.window
    return _same_base(gap, pair) and window is not None and bool(reached) and window <= min(reached) + 1


def _border(gap: Gap, pair: Pair) -> bool:
    size = pair.usage.input or 0
    return _same_base(gap, pair) and size in pair.ours.borders and size - 1 in pair.theirs.borders


def _tiers(gap: Gap, pair: Pair) -> bool:
    return _same_base(gap, pair) and pair.ours.borders != pair.theirs.borders


def _dated(_: Gap, pair: Pair) -> bool:
    return pair.theirs.hourly or any(day.isoformat() > pair.ours.updated for day in pair.theirs.since)


def _converted(_: Gap, pair: Pair) -> bool:
    return any(word in pair.theirs.comment for word in ("converted to USD", "per DBU"))


def _pictures(gap: Gap, pair: Pair) -> bool:
    return COMMON.get(gap.rate, gap.rate) == "output" and gap.ours == pair.theirs.images


def _digits(gap: Gap, _: Pair) -> bool:
    """Whether one of the two is the other, rounded to the digits that it has, and by no more than a fiftieth."""
    ours, theirs = gap.ours.normalize(), gap.theirs.normalize()
    apart, steps = abs(ours - theirs), max(int(rate.as_tuple().exponent) for rate in (ours, theirs))
    return apart <= Decimal(1).scaleb(steps) / 2 and apart <= max(ours, theirs) / 50


def _lacking(side: int) -> Callable[[Gap, Pair], bool]:
    def holds(gap: Gap, _: Pair) -> bool:
        return gap.own[side] is False and gap.own[1 - side] is True

    return holds


def _follows(gap: Gap, pair: Pair) -> bool:
    common = COMMON.get(gap.rate)
    return gap.own == (False, False) and any(other.rate == common for other in pair.gaps)


def known(gap: Gap, pair: Pair) -> Known:
    """The row of the file that would state a gap."""
    return Known(pair.provider, pair.model, gap.rate, str(gap.ours), str(gap.theirs), pair.ours.updated)


REASONS: Final[tuple[Reason, ...]] = (
    Reason("alias", "they take the name for another model, whose id is not ours", _another),
    Reason(
        "maker", "they have no price at this provider, and take that of the model's maker", lambda _, p: p.theirs.makers
    ),
    Reason("window", "their tier begins where the model's window, by our catalogue, ends", _outside),
    Reason("border", "models.dev writes tiers above 200,000 tokens; the provider's begins at them", _border),
    Reason("tiers", "the smallest rates are equal, the sizes of tiers are not", _tiers),
    Reason("dated", "their price changes by the hour, or holds from a day after the date of ours", _dated),
    Reason("converted", "they convert a price in yuan or in DBU; models.dev has dollars", _converted),
    Reason("pictures", "ours is the rate of pictures in the output, which they have apart from its text", _pictures),
    Reason("digits", "one is the other with fewer digits", _digits),
    Reason(
        "ours lacks", "models.dev has no own rate for the part, so that it costs as all input or output", _lacking(0)
    ),
    Reason("theirs lacks", "they have no own rate for the part, so that it costs as all input or output", _lacking(1)),
    Reason("follows", "the part has no own rate on either side, and follows another gap", _follows),
)
"""In the order in which they are tried: what is certain of its cause first."""

RATE: Final = "rate"
RATE_WORDS: Final = "another rate, for which both values stand in `known.tsv`, beside the date of ours"
"""The last: it knows of no cause, only that the two say what is written there."""

UNIT: Final = "unit"
UNIT_WORDS: Final = "they price by characters or seconds, not by tokens"

FEE: Final = "fee"
FEE_WORDS: Final = "they add a fee for each request, for which models.dev has no place"
"""These two are no gaps between rates."""


def explained(pair: Pair, stated: AbstractSet[Known]) -> tuple[Mapping[Gap, str], bool]:
    """The reason for each gap, empty where there is none, and whether that is all.

    It is not where their price is not what their rates and their fee come to, reckoned in our way.
    """
    if pair.theirs.other_units:
        return {}, True
    found = {gap: _reason(gap, pair, stated) for gap in pair.gaps}
    whole = pair.reckoned == pair.theirs.total and bool(found or pair.theirs.fee)
    return found, whole and all(found.values())


def _reason(gap: Gap, pair: Pair, stated: AbstractSet[Known]) -> str:
    for reason in REASONS:
        if reason.holds(gap, pair):
            return reason.name
    return RATE if known(gap, pair) in stated else ""
