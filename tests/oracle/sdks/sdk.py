"""What an SDK is to the oracle, and how its objects are looked into.

SDKs build their objects without checking them against their own types, so a field that is typed as present may be
missing: it is looked up by name, and what is not of the kind meant counts as absent.
"""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import NamedTuple, TypeAlias, cast

from oracle.reply import Heard, Problem, WireReply

Read: TypeAlias = Callable[[WireReply], Heard]
"""Reads one reply, which the server must be set to give."""


class Sdk(NamedTuple):
    """A package, and how to open a client of it for a base URL without a path."""

    package: str
    reader: Callable[[str], Read]

    @property
    def version(self) -> str:
        """As installed."""
        return version(self.package)


def at(value: object, *path: str) -> object:
    """What stands at the end of a path of attributes; None where there is nothing."""
    for name in path:
        value = getattr(value, name, None)
    return value


def items(value: object, *path: str) -> Sequence[object]:
    """A list, or an empty one."""
    found = at(value, *path)
    return cast("Sequence[object]", found) if isinstance(found, list) else ()


def number(value: object, *path: str) -> int | None:
    """A whole number, or None."""
    found = at(value, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def text(value: object, *path: str) -> str | None:
    """A text, or None."""
    found = at(value, *path)
    return found if isinstance(found, str) else None


def total(*numbers: int | None) -> int | None:
    """The sum of the numbers that were given; None without any."""
    given = [number for number in numbers if number is not None]
    return sum(given) if given else None


def words(body: object) -> str | None:
    """The message in an error body as an SDK hands it over."""
    match body:
        case {"message": str(message)} | {"error": {"message": str(message)}} | {"error": str(message)} | str(message):
            return message
        case _:
            return None


def refused(status: int | None, message: str | None) -> Heard:
    """An error that an SDK raises on purpose."""
    return Heard(error=Problem(status, message), raised=True)


def crashed(error: Exception) -> Heard:
    """A reply that an SDK cannot read."""
    return Heard(error=Problem(fault=type(error).__name__), raised=True)
