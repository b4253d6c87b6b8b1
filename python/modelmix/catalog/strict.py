"""Read JSON that somebody else wrote: every number exact, no key twice, nothing deeper or larger than is sensible."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias, cast

Tree: TypeAlias = "bool | int | Decimal | str | list[Tree] | dict[str, Tree] | None"
"""A JSON document whose fractions are decimals."""

DEEPEST: Final = 128
"""Levels of nesting; serde_json has the same limit."""

_MOST: Final = 2_000_000
"""Values of a document, at most: the catalogue of models.dev has 150,000, and each takes up to 100 bytes."""


def parse_strict(data: bytes) -> Tree:
    """The value of a document.

    Raises
    ------
    ValueError
        When it is no JSON in UTF-8, has a key twice in one object, or is too deep or too large.
    """
    if sum(data.count(mark) for mark in (b",", b"{", b"[")) > _MOST:
        raise ValueError(f"it has more than {_MOST} values")
    try:
        text = data.decode("utf-8-sig")
        found = cast("Tree", json.loads(text, object_pairs_hook=_object, parse_float=_decimal, parse_constant=_refused))
    except UnicodeDecodeError as cause:
        raise ValueError(f"it is no UTF-8 at byte {cause.start}") from cause
    except RecursionError as cause:
        raise ValueError(f"it is nested deeper than {DEEPEST} levels") from cause
    if _is_deep(found):
        raise ValueError(f"it is nested deeper than {DEEPEST} levels")
    return found


def step(key: str) -> str:
    """One step of a JSON path.

    >>> "$" + step("models") + step("gpt-4.1")
    '$.models["gpt-4.1"]'
    """
    return f".{key}" if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else f"[{json.dumps(key)}]"


def texts(table: Mapping[str, Tree]) -> Iterator[str]:
    """All texts in an object, keys not among them."""
    waiting = [*table.values()]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, list):
            waiting.extend(found)
        elif isinstance(found, dict):
            waiting.extend(found.values())


def _object(pairs: list[tuple[str, Tree]]) -> dict[str, Tree]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for place, key in enumerate(names) if key in names[:place])
        raise ValueError(f"the key {json.dumps(twice)} stands twice in one object")
    return found


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        # An exponent beyond all measure. What reads the number says where it stands.
        return Decimal("Infinity")


def _refused(word: str) -> Tree:
    raise ValueError(f"{word} is no JSON")


def _is_deep(tree: Tree) -> bool:
    level: list[Tree] = [tree]
    for _ in range(DEEPEST + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, list | dict)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True
