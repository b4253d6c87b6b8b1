"""What every public call gives back: a value, or a typed error."""

from collections.abc import Callable, Iterable
from typing import TypeAlias, TypeVar

from returns.result import Failure, Success

from modelmix.errors import MixError

T = TypeVar("T")
U = TypeVar("U")

Outcome: TypeAlias = Success[T] | Failure[MixError]
"""The two halves of a `returns` result, as a sealed union: matching is exhaustive, and both payloads are typed."""


def and_then(outcome: Outcome[T], step: Callable[[T], Outcome[U]]) -> Outcome[U]:
    """Takes one more step that may fail, if all went well so far."""
    match outcome:
        case Success(value):
            return step(value)
        case Failure(error):
            return Failure(error)


def mapped(outcome: Outcome[T], change: Callable[[T], U]) -> Outcome[U]:
    """The value changed by a step that cannot fail, if all went well so far."""
    match outcome:
        case Success(value):
            return Success(change(value))
        case Failure(error):
            return Failure(error)


def either(outcome: Outcome[T], ok: Callable[[T], U], failed: Callable[[MixError], U]) -> U:
    """One value out of both endings."""
    match outcome:
        case Success(value):
            return ok(value)
        case Failure(error):
            return failed(error)


def collect(outcomes: Iterable[Outcome[T]]) -> Outcome[tuple[T, ...]]:
    """All values, or the first error."""
    values: list[T] = []
    for outcome in outcomes:
        match outcome:
            case Success(value):
                values.append(value)
            case Failure(error):
                return Failure(error)
    return Success(tuple(values))
