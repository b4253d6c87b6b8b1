"""What imported exchanges are called: names that no scenario of ours has, and that say what they are of."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["text", "embedding"]
"""What an exchange was used for."""

_PREFIX: Final = "imported-"
_OTHERS: Final = re.compile(r"[^a-z0-9_]+")
_LONGEST: Final = 80
_NAMELESS: Final = "exchange"


def kind_of(wire: str) -> Kind:
    """What a wire format is for; `wire` is one of `found.WIRES`."""
    return "embedding" if wire.endswith(("-embeddings", "-embed")) else "text"


def names(wire: str, scenario: str) -> Iterator[str]:
    """The names that an exchange may have, the best first: several of one scenario are numbered.

    No name in here holds two hyphens in a row, so that a number is never taken for a part of one.

    >>> found = names("openai-chat", "Tools: what is the time?")
    >>> next(found), next(found)
    ('imported-text-tools-what-is-the-time', 'imported-text-tools-what-is-the-time--2')
    """
    words = _OTHERS.sub("-", scenario.lower())[:_LONGEST].strip("-") or _NAMELESS
    first = f"{_PREFIX}{kind_of(wire)}-{words}"
    yield first
    for number in count(2):
        yield f"{first}--{number}"


def imported_kind(scenario: str) -> Kind | None:
    """What an imported exchange of that name is of; None for the name of anything else.

    >>> imported_kind("imported-embedding-batch"), imported_kind("embed_batch")
    ('embedding', None)
    """
    if scenario.startswith(f"{_PREFIX}text-"):
        return "text"
    return "embedding" if scenario.startswith(f"{_PREFIX}embedding-") else None
