"""Levels of effort: the one that a model knows."""

from typing import Final, get_args

from modelmix.ast.options import Effort
from modelmix.dialects.draft import Notes

_RANKS: Final[tuple[Effort, ...]] = get_args(Effort)


def nearest(asked: Effort, known: tuple[Effort, ...], notes: Notes) -> Effort:
    """The level itself, or the nearest that the model knows; of two, the lower."""
    wish = _RANKS.index(asked)
    level = min(known, key=lambda each: (abs(_RANKS.index(each) - wish), _RANKS.index(each)))
    if level != asked:
        notes.changed("reasoning_effort", f"this model knows {', '.join(known)}", into=level)
    return level
