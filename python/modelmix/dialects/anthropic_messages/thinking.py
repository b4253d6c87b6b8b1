"""How much a model shall think, in the form that it takes."""

from types import MappingProxyType
from typing import Final, TypeAlias

from modelmix.ast.model import Model
from modelmix.ast.options import Effort, Options
from modelmix.dialects.anthropic_messages import wire
from modelmix.dialects.draft import Notes
from modelmix.dialects.options import nearest
from modelmix.node import Node
from modelmix.providers.provider import Shape

_LEAST: Final = 1024
"""https://platform.claude.com/docs/en/build-with-claude/extended-thinking"""

_FALLBACK: Final = 4096
"""Tokens of output where nobody gave a limit: the least that any model of Anthropic's allows."""

# Claude Code's budgets for `think`, `think hard` and `ultrathink`; the rest lies around them.
_BUDGETS: Final = MappingProxyType[Effort, int](
    {"minimal": _LEAST, "low": 4000, "medium": 10_000, "high": 31_999, "xhigh": 63_999, "max": 63_999}
)

Form: TypeAlias = wire.Enabled | wire.Adaptive | wire.Disabled


class Thought(Node, frozen=True, kw_only=True):
    """What is said about thinking, and the bound on all output, thinking included."""

    form: Form | None = None
    effort: str | None = None
    max_tokens: int


def think(options: Options, shape: Shape, entry: Model | None, hindrance: str | None, notes: Notes) -> Thought:
    """How a model is asked to think; `hindrance` says why no budget may be given now."""
    limit = entry.limits.output if entry else None
    form, effort = _form(options, shape, limit, notes)
    if isinstance(form, wire.Enabled) and hindrance:
        field = "reasoning_effort" if options.reasoning_budget is None else "reasoning_budget"
        notes.dropped(field, hindrance)
        form = None
    return Thought(form=form, effort=effort, max_tokens=_bound(options, form, limit, notes))


def _form(options: Options, shape: Shape, limit: int | None, notes: Notes) -> tuple[Form | None, str | None]:
    effort, budget = options.reasoning_effort, options.reasoning_budget
    if effort is None and budget is None:
        return None, None
    if budget == 0 or (effort == "none" and budget is None):
        return _silence(shape, notes), None
    match shape.thinking:
        case "none":
            notes.dropped("reasoning_effort" if budget is None else "reasoning_budget", "this model does not think")
            return None, None
        case "adaptive" | "level":
            return _adaptive(options, shape, notes)
        case "either" if budget is None:
            return _adaptive(options, shape, notes)
        case "budget" | "either" | None:
            return wire.Enabled(_budget(options, limit, notes)), None


def _silence(shape: Shape, notes: Notes) -> Form | None:
    """No thinking. Most models think only when they are asked to."""
    match shape.thinks:
        case "unless_told":
            return wire.Disabled()
        case "always":
            notes.dropped("reasoning_effort", "this model always thinks")
            return None
        case "asked" | None:
            return None


def _adaptive(options: Options, shape: Shape, notes: Notes) -> tuple[Form, str | None]:
    if options.reasoning_budget is not None:
        notes.changed("reasoning_budget", "this model decides itself how long it thinks", into="adaptive thinking")
    form = wire.Adaptive()
    if shape.thinking == "adaptive":
        # The models that know nothing else leave their thoughts out unless they are asked for.
        form.display = "summarized"
        notes.added("thinking", "without it the reasoning comes without words", into="display: summarized")
    asked = options.reasoning_effort
    if asked is None or asked == "none":
        return form, None
    return form, nearest(asked, shape.efforts or ("low", "medium", "high"), notes)


def _budget(options: Options, limit: int | None, notes: Notes) -> int:
    effort, budget = options.reasoning_effort, options.reasoning_budget
    if budget is not None:
        if effort is not None and effort != "none":
            notes.dropped("reasoning_effort", "the budget says it")
        if budget < _LEAST:
            notes.changed("reasoning_budget", f"at least {_LEAST} are taken", into=str(_LEAST))
        return max(budget, _LEAST)
    tokens = _BUDGETS.get(effort or "high", _LEAST)
    # Half of what it may say is for the answer. A bound that is too low for any thinking is raised: `_bound`.
    asked = options.max_tokens if options.max_tokens is not None and options.max_tokens >= 2 * _LEAST else None
    tokens = max(_LEAST, min([tokens, *[bound // 2 for bound in (limit, asked) if bound is not None]]))
    notes.changed("reasoning_effort", "this model's thinking is bounded in tokens", into=f"budget_tokens: {tokens}")
    return tokens


def _bound(options: Options, form: Form | None, limit: int | None, notes: Notes) -> int:
    """The bound on output: the caller's, else the model's, else one that all take; more than the thinking in it."""
    asked = options.max_tokens
    bound = asked or limit or _FALLBACK
    if asked is limit is None and isinstance(form, wire.Enabled):
        bound += form.budget_tokens
    if isinstance(form, wire.Enabled) and form.budget_tokens >= bound:
        bound += form.budget_tokens
        if limit is not None and bound > limit:
            bound = limit
            if form.budget_tokens >= limit:
                form.budget_tokens = limit - 1
                notes.changed("reasoning_budget", "the output of this model is bounded", into=str(limit - 1))
        if asked is not None:
            notes.changed("max_tokens", "it bounds thinking too, and must be above its budget", into=str(bound))
    if asked is None:
        notes.added("max_tokens", "Anthropic wants a bound on every answer", into=str(bound))
    return bound


def thinks(form: Form | None) -> bool:
    """Whether thinking is asked for."""
    return isinstance(form, wire.Enabled | wire.Adaptive)
