"""Ids of tool calls that Anthropic takes: letters, digits, `_` and `-`, each once in a conversation."""

import re
from hashlib import blake2b
from typing import Final

_FITS: Final = re.compile(r"[a-zA-Z0-9_-]+")


class Ids:
    """The ids of one conversation. Some providers give none, or begin anew with each turn."""

    __slots__ = ("_used", "_waiting")

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._waiting: list[tuple[str, str]] = []

    def call(self, given: str) -> str:
        """The id that a call goes by: its own where that fits, always the same for the same conversation."""
        fresh, count = (given if _FITS.fullmatch(given) else _minted(given)), 1
        while fresh in self._used:
            count += 1
            fresh = _minted(f"{given}\n{count}")
        self._used.add(fresh)
        self._waiting.append((given, fresh))
        return fresh

    def result(self, given: str) -> str | None:
        """The id of the call that a result answers; None where no such call waits. Equal ids go by their order."""
        for at, (known, fresh) in enumerate(self._waiting):
            if known == given:
                del self._waiting[at]
                return fresh
        return None

    def unanswered(self) -> list[str]:
        """The ids of calls that wait for a result, in their order."""
        return [fresh for _, fresh in self._waiting]

    def forget(self) -> None:
        """No more results are taken for the calls so far."""
        self._waiting.clear()


def _minted(given: str) -> str:
    return f"call_{blake2b(given.encode('utf-8', 'surrogatepass'), digest_size=12).hexdigest()}"
