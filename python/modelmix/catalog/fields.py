"""Whether what somebody says of a model can be true of any, and the record that it makes then."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec

from modelmix.catalog.record import ModelRecord, Rates
from modelmix.catalog.strict import Tree, texts
from modelmix.node import Node

PROVIDER_ID: Final = re.compile(r"(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[a-z0-9][a-z0-9._-]{0,63}")
"""Ids of providers, which become names of files: none of them leaves its folder or names a device of Windows."""

LONGEST_ID: Final = 256
_LONGEST_TEXT: Final = 2000

_DEAREST: Final = 1_000_000
"""Dollars per million tokens: nothing costs a dollar a token."""

_DIGITS: Final = 18
"""Decimals of a price, at most."""

_LARGEST: Final = 10**12
"""Tokens of any limit."""

# Control characters, marks that reorder text (CVE-2021-42574), line and paragraph separators, halves of characters.
_ACTING: Final = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)

_RATES: Final = frozenset(Rates.__struct_fields__)
_OURS: Final = frozenset({"type", "tier", "provider_model_id", "delisted"})
_PLAIN: Final = frozenset(ModelRecord.__struct_fields__) - {"id", "cost", "limit"} - _OURS
_PATCHED: Final = _PLAIN | _OURS


class Flaw(Node, frozen=True):
    """What cannot be, and where it stands."""

    path: str
    why: str

    def within(self, path: str) -> "Flaw":
        """The same, seen from further out."""
        return Flaw(path + self.path, self.why)


def id_flaw(name: str) -> str | None:
    """Why a text cannot name a model; None where it can."""
    if not name.strip():
        return "is empty"
    if len(name) > LONGEST_ID:
        return f"is longer than {LONGEST_ID} characters"
    return text_flaw(name)


def text_flaw(text: str) -> str | None:
    """Why a text is not fit to be shown or stored; None where it is."""
    if len(text) > _LONGEST_TEXT:
        return f"is longer than {_LONGEST_TEXT} characters"
    return "has control characters or marks that reorder text" if _ACTING.search(text) else None


def unfit_text(table: Mapping[str, Tree]) -> Flaw | None:
    """What is wrong with the first text in an object that is not fit to be shown or stored."""
    found = next((flaw for text in texts(table) if (flaw := text_flaw(text))), None)
    return None if found is None else Flaw("", f"holds a text that {found}")


def model_record(name: str, said: Tree, *, patch: bool = False) -> ModelRecord | Flaw:
    """The record of a model, or what is wrong with it. Words that nobody knows are passed over.

    Only a `patch` may say what models.dev does not.
    """
    if not isinstance(said, dict):
        return Flaw("", "is no object")
    kept: dict[str, Tree] = {key: said[key] for key in said if key in (_PATCHED if patch else _PLAIN)}
    if isinstance(name_shown := kept.get("name"), str):
        # Some names come with a tab at their end.
        kept["name"] = " ".join(_ACTING.sub(" ", name_shown).split())
    unfit = unfit_text(kept)
    if unfit is not None:
        return unfit
    cost, limit = _cost(said.get("cost")), _limit(said.get("limit"))
    if isinstance(cost, Flaw):
        return cost.within(".cost")
    if isinstance(limit, Flaw):
        return limit.within(".limit")
    try:
        return msgspec.convert({**kept, "id": name, "cost": cost, "limit": limit}, ModelRecord)
    except msgspec.ValidationError as cause:
        return flaw_of(cause)


def flaw_of(cause: msgspec.ValidationError) -> Flaw:
    """What msgspec found, as a path and a reason.

    >>> flaw_of(msgspec.ValidationError("Expected `int`, got `str` - at `$.a[0]`"))
    Flaw(path='.a[0]', why='expected `int`, got `str`')
    """
    why, _, place = str(cause).partition(" - at `$")
    return Flaw(place.removesuffix("`"), why[:1].lower() + why[1:])


def _cost(said: Tree) -> dict[str, Tree] | Flaw:
    if said is None:
        return {}
    rates = _rates(said)
    if isinstance(rates, Flaw) or not isinstance(said, dict):
        return rates
    told = said.get("tiers") or []
    if not isinstance(told, list):
        return Flaw(".tiers", "is no array")
    tiers: list[Tree] = []
    for place, each in enumerate(told):
        tier = _tier(each)
        if isinstance(tier, Flaw):
            return tier.within(f".tiers[{place}]")
        tiers.append(tier)
    return {**rates, "tiers": tiers}


def _tier(said: Tree) -> dict[str, Tree] | Flaw:
    rates = _rates(said)
    if isinstance(rates, Flaw) or not isinstance(said, dict):
        return rates
    tier = said.get("tier")
    if not isinstance(tier, dict):
        return Flaw(".tier", "is no object")
    size = _count(tier.get("size"))
    if not isinstance(size, int):
        return Flaw(".tier.size", "is missing" if size is None else size)
    return {**rates, "tier": {**tier, "size": size}}


def _rates(said: Tree) -> dict[str, Tree] | Flaw:
    if not isinstance(said, dict):
        return Flaw("", "is no object")
    rates: dict[str, Tree] = {}
    for key in said:
        if key in _RATES:
            rate = _rate(said[key])
            if isinstance(rate, str):
                return Flaw(f".{key}", rate)
            rates[key] = rate
    return rates


def _rate(said: Tree) -> Decimal | str | None:
    """A price, or why it is none. What is text might mean anything, and is no price."""
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int | Decimal):
        return "is no number"
    rate = Decimal(said)
    if not rate.is_finite() or rate >= _DEAREST:
        return "is beyond all prices"
    if rate < 0:
        return "is negative"
    exponent = rate.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_DIGITS:
        return f"has more than {_DIGITS} decimals"
    return Decimal(format(rate.normalize(), "f"))


def _limit(said: Tree) -> dict[str, Tree] | Flaw:
    if said is None:
        return {}
    if not isinstance(said, dict):
        return Flaw("", "is no object")
    limits: dict[str, Tree] = {}
    for key in ("context", "input", "output"):
        count = _count(said.get(key))
        if isinstance(count, str):
            return Flaw(f".{key}", count)
        limits[key] = count
    return limits


def _count(said: Tree) -> int | str | None:
    """A number of tokens, or why it is none. `1000000.0` is one: some write all numbers so."""
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int | Decimal):
        return "is no number"
    if isinstance(said, Decimal) and (not said.is_finite() or said.adjusted() > 12 or said != said.to_integral_value()):
        return "is no whole number"
    if not 0 <= said <= _LARGEST:
        return "is negative" if said < 0 else "is beyond all limits"
    return int(said)
