"""One difference from the oracle."""

from collections.abc import Callable
from typing import NamedTuple

from stream.recordings import Call, Recording


class Deviation(NamedTuple):
    """Recordings where we say something else than the oracle."""

    ids: str
    field: str
    instead: Callable[[Recording], object]


def says(value: object) -> Callable[[Recording], object]:
    """Always the same, whatever the oracle has."""

    def instead(recording: Recording) -> object:
        return value

    return instead


def told_call(call: Call) -> tuple[str, str | None, object]:
    """A call of the oracle's as it is compared."""
    return call.name, call.id, call.arguments
