"""What a table of calls over real sockets is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from fakes.replies import Reply
from modelmix import Bounds, Deadlines

WEATHER: Final = (("call_1", "weather", '{"city":"Paris"}'),)
"""One call, as a caller sees it."""


@dataclass(frozen=True)
class Seen:
    """What a caller sees in the end, and how many requests the server saw.

    `error` is its kind, then what tells it from others of its kind. With an error, the rest is the partial answer.
    """

    text: str = ""
    reasoning: str = ""
    refusal: str | None = None
    calls: tuple[tuple[str, str, str], ...] = ()
    spent: int | None = None
    made: int | None = None
    finish: str | None = None
    error: str | None = None
    requests: int = 1


@dataclass(frozen=True)
class Case:
    """A schedule, and what comes of it."""

    replies: tuple[Reply, ...]
    expected: Seen
    deadlines: Deadlines = field(default_factory=Deadlines)
    bounds: Bounds = field(default_factory=Bounds)


def case(*replies: Reply, expected: Seen, deadlines: Deadlines | None = None, bounds: Bounds | None = None) -> Case:
    """A row."""
    return Case(replies, expected, deadlines or Deadlines(), bounds or Bounds())


def again(seen: Seen) -> Seen:
    """The same after one more request."""
    return replace(seen, requests=2)


def tool(name: str | None, arguments: str, call: str | None = None, index: int = 0) -> Mapping[str, object]:
    """A tool call as OpenAI words it, or a piece of one: only the first has a name and an id."""
    function = {"arguments": arguments} if name is None else {"name": name, "arguments": arguments}
    identity = {} if call is None else {"id": call, "type": "function"}
    return {"index": index, **identity, "function": function}
