"""What the imagined models answer, in words of nobody's wire, and how many tokens that is."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from simulate.asked import PARCEL, WORDS, Asked

Thinks: TypeAlias = Literal["never", "asked", "always"]
"""When a model thinks: only where an effort is asked for, or before every answer."""

Finish: TypeAlias = Literal["stop", "length", "tool"]


@dataclass(frozen=True)
class Call:
    """A tool that the model wants to be called. `arguments` is the text of a JSON object."""

    name: str
    arguments: str

    @property
    def values(self) -> object:
        """The arguments as a value."""
        return json.loads(self.arguments)


@dataclass(frozen=True, kw_only=True)
class Told:
    """One answer."""

    thinking: str = ""
    text: str = ""
    call: Call | None = None
    finish: Finish = "stop"


@dataclass(frozen=True)
class Counts:
    """Tokens: all of the prompt, those of thinking, and those of the answer itself."""

    prompt: int
    thinking: int
    answer: int

    @property
    def output(self) -> int:
        """All that the model wrote."""
        return self.thinking + self.answer

    @property
    def total(self) -> int:
        """All."""
        return self.prompt + self.output


_ADA: Final = '{"name": "Ada Lovelace", "age": 36, "occupation": "mathematician"}'
_ANSWERS: Final[dict[str, tuple[Told, ...]]] = {
    "basic": (Told(text="hello"),),
    # Letters of two, three and four bytes, for a cut to fall into.
    "streaming": (Told(text="Blå, “café” brown – and emerald 🟢."),),
    "token_limit": (Told(text="one, two, three, four, five, six, seven, eight, nine, ten, eleven,", finish="length"),),
    "usage": (Told(text="Paris"),),
    "tool_multi": (Told(call=Call("get_weather", '{"city": "Oslo"}'), finish="tool"),),
    "tool_round_trip": (
        Told(call=Call("track_order", '{"order": "881"}'), finish="tool"),
        Told(text="The parcel code of order 881 is 7413."),
    ),
    "tool_none": (Told(text="Under a slate sky the sea hums its old, salt song."),),
    "object_basic": (Told(text=_ADA),),
    "object_streaming": (Told(text=_ADA),),
    "reasoning": (Told(text="17 × 23 = 391"),),
}
_SUM: Final = "17 × 23 is 17 × 20 and 17 × 3: 340 and 51, which makes 391."
_PLAN: Final = {
    "tool_multi": "Only the weather tool knows this.",
    "tool_round_trip": "The order must be looked up.",
}
_COUNTING: Final = "They want all numbers from one to one hundred as words, so the list will be long; I begin"


def answers(scenario: str, thinks: Thinks) -> tuple[Told, ...]:
    """What a model answers to each request of a scenario.

    One that thinks before every answer has no words left for any where the limit is low.
    """
    found = _ANSWERS[scenario]
    if scenario == "reasoning" and thinks != "never":
        return (Told(thinking=_SUM, text=found[0].text),)
    if thinks != "always":
        return found
    if scenario == "token_limit":
        return (Told(thinking=_COUNTING, finish="length"),)
    first = Told(
        thinking=_PLAN.get(scenario, "That is easily said."),
        text=found[0].text,
        call=found[0].call,
        finish=found[0].finish,
    )
    return (first, *found[1:])


def by_tool(told: Sequence[Told]) -> tuple[Told, ...]:
    """The same with each object as the arguments of the tool that stands for its type."""
    return tuple([Told(thinking=each.thinking, call=Call("Person", each.text), finish="tool") for each in told])


def tokens(text: str) -> int:
    """About as many as tokenizers make of it: one in four letters."""
    return (len(text) + 3) // 4


def counts(scenario: str, told: Sequence[Told], step: int) -> Counts:
    """The tokens of one exchange, of which those before it are part of the prompt; `step` counts from 1."""
    asked = WORDS[scenario]
    before = sum(_said(each) + tokens(PARCEL) + 8 for each in told[: step - 1])
    now = told[step - 1]
    prompt = tokens(asked.system) + tokens(asked.prompt) + 8 + _offered(asked) + before
    answer = tokens(now.text) + _called(now)
    if now.finish == "length":
        # The limit is what cut it.
        answer = asked.max_tokens if not now.thinking else 0
        return Counts(prompt, asked.max_tokens if now.thinking else 0, answer)
    return Counts(prompt, tokens(now.thinking), answer)


def _offered(asked: Asked) -> int:
    return sum(tokens(json.dumps(tool.parameters)) + tokens(tool.description) + 12 for tool in asked.tools)


def _called(told: Told) -> int:
    return 0 if told.call is None else tokens(told.call.name) + tokens(told.call.arguments) + 6


def _said(told: Told) -> int:
    return tokens(told.text) + _called(told)


def words(text: str) -> list[str]:
    """A text as a stream brings it: word by word, each with the white space before it."""
    return re.findall(r"\s*\S+", text)
