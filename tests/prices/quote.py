"""What one side says that a usage costs, and the rates by which it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

from modelmix.ast.model import Pricing
from modelmix.ast.response import Cost
from modelmix.ast.usage import Usage
from modelmix.cost import price

Rate: TypeAlias = Literal["input", "output", "cache_read", "cache_write", "reasoning", "audio_input", "audio_output"]
RATES: Final[tuple[Rate, ...]] = get_args(Rate)

COMMON: Final[Mapping[Rate, Rate]] = MappingProxyType(
    {
        "cache_read": "input",
        "cache_write": "input",
        "audio_input": "input",
        "reasoning": "output",
        "audio_output": "output",
    }
)
"""What a part costs that has no rate of its own."""

USAGES: Final[Mapping[str, Usage]] = MappingProxyType(
    {
        "plain": Usage(input=1_000, output=500),
        "cached": Usage(input=10_000, output=500, cache_read=8_000),
        "cache write": Usage(input=10_000, output=500, cache_write=6_000),
        "at a border": Usage(input=200_000, output=1_000),
        "long": Usage(input=600_000, output=1_000),
        "long, cached": Usage(input=600_000, output=1_000, cache_read=500_000),
        "reasoning": Usage(input=1_000, output=2_000, reasoning=1_500),
        "audio in": Usage(input=1_000, output=500, audio_input=600),
        "audio out": Usage(input=1_000, output=1_000, audio_output=600),
    }
)


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A price with its rates in US dollars per million tokens: those at this size of input, and those of the smallest.

    `borders` are the sizes above which other rates hold.
    """

    model: str
    total: Decimal
    rates: Mapping[Rate, Decimal]
    base: Mapping[Rate, Decimal]
    borders: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Ours(Quote):
    """What we say: `updated` is the date that models.dev gives its record, `window` what the model takes."""

    updated: str = ""
    window: int | None = None


@dataclass(frozen=True, kw_only=True)
class Theirs(Quote):
    """What they say.

    `fee` is for each request, `makers` that the price is that of another provider, the maker of the model. `since` are
    the days from which prices have come to hold, `hourly` that they change within a day. `images` is a rate for
    pictures in the output, `other_units` that tokens have none, `comment` what they say of the provider's prices.
    """

    fee: Decimal = Decimal(0)
    makers: bool = False
    since: frozenset[date] = frozenset()
    hourly: bool = False
    images: Decimal | None = None
    other_units: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Gap:
    """A rate that is not the same; `own` says of us and of them whether the part has a rate of its own."""

    rate: Rate
    ours: Decimal
    theirs: Decimal
    own: tuple[bool, bool] = (True, True)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One usage of one model, priced by both."""

    provider: str
    model: str
    usage: Usage
    ours: Ours
    theirs: Theirs
    gaps: tuple[Gap, ...] = field(default=())

    @property
    def equal(self) -> bool:
        """Whether both say the same."""
        return self.ours.total == self.theirs.total

    @property
    def reckoned(self) -> Decimal | None:
        """Their price, reckoned in our way by their rates and their fee: all that differs must be in those."""
        said = self.theirs.rates
        rates = Pricing(
            input=said.get("input"),
            output=said.get("output"),
            cache_read=said.get("cache_read"),
            cache_write=said.get("cache_write"),
            reasoning=said.get("reasoning"),
            audio_input=said.get("audio_input"),
            audio_output=said.get("audio_output"),
        )
        bill = price(self.usage, rates)
        return bill.total + self.theirs.fee if isinstance(bill, Cost) else None


def effective(rates: Mapping[Rate, Decimal], name: Rate) -> Decimal | None:
    """What a token of some kind costs."""
    return rates.get(name, rates.get(COMMON.get(name, name)))


def pair(provider: str, model: str, usage: Usage, ours: Ours, theirs: Theirs) -> Pair:
    """Two prices with the rates in which they differ, of those that the usage needs."""
    needed: list[Rate] = [name for name in RATES if getattr(usage, name)]
    gaps: list[Gap] = []
    for name in needed:
        us, them = effective(ours.rates, name), effective(theirs.rates, name)
        if us is not None and them is not None and us != them:
            gaps.append(Gap(name, us, them, (name in ours.rates, name in theirs.rates)))
    return Pair(provider=provider, model=model, usage=usage, ours=ours, theirs=theirs, gaps=tuple(gaps))
