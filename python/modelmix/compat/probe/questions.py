"""Questions beside the scenarios, each about one quirk: what a server makes of a schema, and of calls in a stream."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from modelmix.compat.checks import flaw
from modelmix.compat.scenario import Answered, Ask, Flaw, Made, Make, Scenario
from modelmix.compat.scenarios import SCENARIOS, STEADY

SCHEMA: Final = "schema"
CALLS: Final = "calls"

_ROOM: Final = 512
"""Tokens: enough to think a little, and few for a model that nothing holds to a schema, which may go on for ever."""


class Password(Struct, frozen=True):
    """What the answer must be."""

    password: Literal["quokka-58"]


def _is_forced(made: Made) -> Iterator[Flaw]:
    if made.value != Password(password="quokka-58"):  # noqa: S106 - no password, but the name of a field
        yield flaw("object", "the one value that fits the schema", made.value)


def _has_calls(answered: Answered) -> Iterator[Flaw]:
    if not answered.response.tool_calls:
        yield flaw("tool calls", "one at least", answered.response.text)


def _two_calls() -> Ask:
    play = SCENARIOS["tool_multi"].play
    assert isinstance(play, Ask)
    prompt = "What is the weather in Oslo and in Rome right now? Call the tool for both cities at once."
    return replace(play, prompt=prompt, options=replace(STEADY, max_tokens=_ROOM), stream=True, check=_has_calls)


QUESTIONS: Final = (
    Scenario(
        name=SCHEMA,
        proves="a schema is enforced: nobody who has not read it can know the answer",
        play=Make(prompt="Say hello.", shape=Password, options=replace(STEADY, max_tokens=_ROOM), check=_is_forced),
    ),
    Scenario(name=CALLS, proves="calls that are streamed come in known pieces", play=_two_calls()),
)
"""They are no scenarios: failing one is a quirk of the server or a weakness of its model, and proves nothing else."""

BESIDE: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        SCHEMA: frozenset({"object_basic", "object_streaming"}),
        CALLS: frozenset({"tool_multi", "tool_round_trip", "tool_none"}),
    }
)
"""The scenarios beside which each question is asked: whoever narrows them wants to know nothing of the rest."""
