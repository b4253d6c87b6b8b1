"""Options of a request that all dialects treat alike."""

from collections.abc import Set as AbstractSet
from typing import Final, get_args

from modelmix.ast.options import Effort, Extra
from modelmix.dialects.draft import Notes
from modelmix.errors import BadRequest
from modelmix.jsonvalue import JsonValue, parse

_RANKS: Final[tuple[Effort, ...]] = get_args(Effort)


def nearest(asked: Effort, known: tuple[Effort, ...], notes: Notes) -> Effort:
    """The level itself, or the nearest that the model knows; of two, the lower."""
    wish = _RANKS.index(asked)
    level = min(known, key=lambda each: (abs(_RANKS.index(each) - wish), _RANKS.index(each)))
    if level != asked:
        notes.changed("reasoning_effort", f"this model knows {', '.join(known)}", into=level)
    return level


def own_options(extra: Extra, own: AbstractSet[str]) -> list[tuple[str, JsonValue]] | BadRequest:
    """The provider's own options, as values: its rules look at them like at any others.

    What is in `own` is the call itself, which the caller asks for by other means.
    """
    wrong = next(((name, value) for name, value in extra if name in own), None)
    if wrong is not None:
        name, value = wrong
        return BadRequest(field=name, value=value, expected="an option of the provider, not the call itself")
    return [(name, parse(value)) for name, value in extra]
