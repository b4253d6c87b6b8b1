"""What the mock answers, whatever the dialect it is said in."""

from typing import Final, Literal, TypeAlias

from modelmix.jsonvalue import JsonValue
from modelmix.node import Node
from modelmix.testing.mock.counting import tokens

CREATED: Final = 1_700_000_000
"""When everything here is made, in seconds since 1970: always the same, so that replies are."""

CREATED_AT: Final = "2023-11-14T22:13:20Z"

Finish: TypeAlias = Literal["stop", "length", "tool_calls", "content_filter"]


class Called(Node, frozen=True):
    """A call of a tool: its name, its arguments as a value, and as the text that says them."""

    name: str
    value: JsonValue
    text: str


class Said(Node, frozen=True, kw_only=True):
    """An answer. `serial` counts the requests of a mock, and makes ids that differ."""

    serial: int
    text: str = ""
    reasoning: str = ""
    refusal: str | None = None
    calls: tuple[Called, ...] = ()
    finish: Finish = "stop"

    @property
    def thought(self) -> int:
        """Tokens of the reasoning."""
        return tokens(self.reasoning)

    @property
    def spoken(self) -> int:
        """Tokens of all but the reasoning."""
        said = tokens(self.text) + tokens(self.refusal or "")
        return said + sum(tokens(call.name) + tokens(call.text) for call in self.calls)

    @property
    def output(self) -> int:
        """Tokens of the answer, its reasoning included."""
        return self.thought + self.spoken
