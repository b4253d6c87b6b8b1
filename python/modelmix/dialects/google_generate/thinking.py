"""How much a model shall think: in words for some, in tokens for others."""

from types import MappingProxyType
from typing import Final

from msgspec import UNSET, UnsetType

from modelmix.ast.options import Effort, Options
from modelmix.dialects.draft import Notes
from modelmix.dialects.google_generate import wire
from modelmix.dialects.options import nearest
from modelmix.providers.provider import Shape

_LEVELS: Final[tuple[Effort, ...]] = ("minimal", "low", "medium", "high")

# What Google's own translation of efforts makes of them: https://ai.google.dev/gemini-api/docs/openai#thinking
_TOKENS: Final = MappingProxyType[Effort, int]({"none": 0, "minimal": 1024, "low": 1024, "medium": 8192, "high": 24576})
_MOST: Final = 32768
"""More than any model takes; each has a limit of its own."""


def thinking(options: Options, shape: Shape, notes: Notes) -> wire.ThinkingConfig | None:
    """What is said about thinking, if anything was chosen."""
    effort, budget = options.reasoning_effort, options.reasoning_budget
    if effort is None and budget is None:
        return None
    if shape.thinking == "none":
        for field, value in (("reasoning_effort", effort), ("reasoning_budget", budget)):
            if value is not None:
                notes.dropped(field, "this model does not think, or does not let you choose")
        return None
    by_level = shape.thinking != "budget"
    if effort is not None and budget is not None:
        # Gemini refuses level and budget together.
        notes.dropped("reasoning_budget" if by_level else "reasoning_effort", "Gemini takes one of the two")
        effort, budget = (effort, None) if by_level else (None, budget)
    if effort is not None and by_level:
        level = nearest(effort, shape.efforts or _LEVELS, notes)
        return wire.ThinkingConfig(thinking_level=level, include_thoughts=_shown(notes, off=effort == "none"))
    tokens = _tokens(effort, notes) if effort is not None else budget or 0
    within = _within(tokens, shape, notes)
    return wire.ThinkingConfig(thinking_budget=within, include_thoughts=_shown(notes, off=tokens == 0))


def _tokens(effort: Effort, notes: Notes) -> int:
    tokens = _TOKENS.get(effort, _MOST)
    notes.changed("reasoning_effort", "this model is told how many tokens it may think", into=f"{tokens} tokens")
    return tokens


def _within(tokens: int, shape: Shape, notes: Notes) -> int:
    low, high = shape.budgets or (0, _MOST)
    if tokens == 0 and shape.thinking_off:
        return 0
    within = min(max(tokens, low), high)
    if within != tokens:
        notes.changed("reasoning_budget", f"this model thinks with {low} to {high} tokens", into=str(within))
    return within


def _shown(notes: Notes, *, off: bool) -> bool | UnsetType:
    if off:
        return UNSET
    notes.added("include_thoughts", "Gemini keeps its thoughts to itself unless asked", into="true")
    return True
