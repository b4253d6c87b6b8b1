"""What is new between two states of a catalogue, and what of that ought to be looked at."""

from collections.abc import Iterator
from decimal import Decimal
from statistics import median
from typing import Final

from modelmix.catalog.endpoint import Endpoint
from modelmix.catalog.record import ModelRecord, ProviderRecord, Rates
from modelmix.catalog.trust import hosts
from modelmix.node import Node

_JUMP: Final = 10
"""A price that changes by more than this factor is told: it may be a slip of a decimal point."""

_TINY: Final = Decimal("0.001")
_APART: Final = 1000
"""A rate below `_TINY` whose siblings are this many times higher looks as if it were for a thousand tokens."""

_RATES: Final = Rates.__struct_fields__
_LIMITS: Final = ("context", "input", "output")


class Change(Node, frozen=True):
    """One number of a model, before and after."""

    model: str
    field: str
    before: Decimal | int | None
    after: Decimal | int | None


class Difference(Node, frozen=True, kw_only=True):
    """What became of one provider's models."""

    provider: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    prices: tuple[Change, ...] = ()
    limits: tuple[Change, ...] = ()


class Move(Node, frozen=True, kw_only=True):
    """A provider whose host or key variables a sync tells otherwise than they are trusted; None: it is new."""

    provider: str
    hosts: tuple[str, ...]
    env: tuple[str, ...]
    trusted: Endpoint | None


def difference(provider: str, before: ProviderRecord | None, after: ProviderRecord | None) -> Difference:
    """What differs between two states of a provider."""
    old, new = (() if record is None else record.models for record in (before, after))
    both = sorted(set(old) & set(new))
    pairs = [(name, _model(before, name), _model(after, name)) for name in both]
    return Difference(
        provider=provider,
        added=tuple(sorted(set(new) - set(old))),
        removed=tuple(sorted(set(old) - set(new))),
        prices=tuple(change for name, was, now in pairs for change in _changes(name, was.cost, now.cost, _RATES)),
        limits=tuple(change for name, was, now in pairs for change in _changes(name, was.limit, now.limit, _LIMITS)),
    )


def jumps(found: Difference) -> tuple[Change, ...]:
    """The prices that have changed by more than a factor of ten, to nothing and from nothing among them."""
    return tuple(change for change in found.prices if _is_jump(change))


def odd_rates(record: ProviderRecord) -> tuple[Change, ...]:
    """Rates that look as if they were for a thousand tokens: each with what its siblings are."""
    return tuple(odd for name in sorted(record.models) for odd in _odd(record, name))


def move(record: ProviderRecord, trusted: Endpoint | None) -> Move | None:
    """What a record says of hosts and variables beyond what is trusted; None where it says nothing new."""
    if trusted is not None and hosts(record) <= hosts(trusted) and set(record.env) <= set(trusted.env):
        return None
    return Move(provider=record.id, hosts=tuple(sorted(hosts(record))), env=record.env, trusted=trusted)


def _model(record: ProviderRecord | None, name: str) -> ModelRecord:
    return ModelRecord(id=name) if record is None else record.models[name]


def _changes(name: str, was: object, now: object, fields: tuple[str, ...]) -> Iterator[Change]:
    for field in fields:
        before, after = getattr(was, field), getattr(now, field)
        if before != after:
            yield Change(name, field, before, after)


def _is_jump(change: Change) -> bool:
    if change.before is None or change.after is None:
        return False
    low, high = sorted((change.before, change.after))
    return high > low * _JUMP


def _odd(record: ProviderRecord, name: str) -> Iterator[Change]:
    cost = record.models[name].cost
    for field in _RATES:
        rate: Decimal | None = getattr(cost, field)
        if rate is None or not 0 < rate < _TINY:
            continue
        others: list[Decimal | None] = [getattr(cost, other) for other in _RATES if other != field]
        peers: list[Decimal | None] = [getattr(each.cost, field) for key, each in record.models.items() if key != name]
        for siblings in (others, peers):
            known = [each for each in siblings if each]
            usual = median(known) if known else Decimal(0)
            if usual >= rate * _APART:
                yield Change(name, field, rate, usual)
                break
