"""What a server can do, told from the scenarios."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from modelmix.compat.verdict import Verdict
from modelmix.node import Node

State: TypeAlias = Literal["holds", "does not hold", "unclear"]
"""`unclear`: a part of its scenarios passed, or none could be asked, or only the model got something wrong."""


class Capability(Node, frozen=True, kw_only=True):
    """One ability, and the verdicts that speak for and against it."""

    name: str
    state: State
    verdicts: tuple[Verdict, ...]


_SCENARIOS: Final = (
    ("plain answers", ("basic",)),
    ("streaming", ("streaming",)),
    ("token limit", ("token_limit",)),
    ("usage", ("usage",)),
    ("tools", ("tool_multi", "tool_round_trip", "tool_none")),
    ("structured output", ("object_basic", "object_streaming")),
    ("reasoning", ("reasoning",)),
    ("embeddings", ("embed_basic", "embed_batch")),
)

_NEEDED: Final = ("basic", "streaming")

_OF_THE_MODEL: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "tools": frozenset({"tool calls", "arguments", "text", "finish"}),
        "structured output": frozenset({"object"}),
        "reasoning": frozenset({"text"}),
    }
)
"""What flaws are about that a weak model has on the best of servers, which has done its part as far as one sees."""


def capabilities(verdicts: Mapping[str, Verdict]) -> tuple[Capability, ...]:
    """All abilities of which at least one scenario is meant to be asked."""
    found: list[Capability] = []
    for name, scenarios in _SCENARIOS:
        own = tuple([verdicts[scenario] for scenario in scenarios if scenario in verdicts])
        if own:
            found.append(Capability(name=name, state=_state(name, own), verdicts=own))
    return tuple(found)


def _state(name: str, verdicts: Sequence[Verdict]) -> State:
    statuses = {verdict.status for verdict in verdicts}
    if statuses == {"pass"}:
        return "holds"
    forgiven = _OF_THE_MODEL.get(name, frozenset())
    against = any(verdict.error is not None or not _abouts(verdict) <= forgiven for verdict in verdicts)
    return "does not hold" if statuses == {"fail"} and against else "unclear"


def _abouts(verdict: Verdict) -> set[str]:
    return {flaw.about for flaw in verdict.flaws}


def is_usable(verdicts: Mapping[str, Verdict]) -> bool:
    """Whether plain and streamed answers hold; of a narrower choice, whether all of it does."""
    needed = [name for name in _NEEDED if name in verdicts] or list(verdicts)
    return bool(needed) and all(verdicts[name].status == "pass" for name in needed)
