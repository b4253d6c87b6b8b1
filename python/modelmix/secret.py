"""API keys that cannot be printed by accident."""

from typing import Final, NoReturn

_SHOWN: Final = 4

SHORT: Final = 8
"""Fewer characters than this may be part of any word, and are not looked for in what others say."""


class Secret:
    """A key. Only `reveal` gives it away; printing, formatting, pickling and encoding do not."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself, for the one header that carries it."""
        return self._value

    def __repr__(self) -> str:
        tail = self._value[-_SHOWN:] if len(self._value) >= 4 * _SHOWN else "***"
        return f"Secret(…{tail})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled or copied")


def flaw(value: str) -> str | None:
    """What keeps a text from being a key, or None. Keys travel in headers: visible ASCII only."""
    if not value:
        return "it is empty"
    if not value.isascii() or not value.isprintable() or " " in value:
        return "it holds characters other than visible ASCII"
    return None
