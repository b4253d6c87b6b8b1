"""Answers by a tool that must be called: its arguments are the answer's text.

Where a model takes no schema for its answer, it is given a tool of that shape and made to call it. Whoever reads the
reply sees an answer, not a call, in a stream and in a whole response alike.
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from modelmix.ast.content import AssistantPart, Text, ToolCall
from modelmix.ast.event import Event, Finished, TextDelta, ToolDelta, ToolStarted
from modelmix.ast.response import Response


class Answering:
    """Reads the calls of one tool in one reply as the answer."""

    __slots__ = ("_others", "_silent", "_tool", "_words")

    def __init__(self, tool: str) -> None:
        self._tool = tool
        self._words: set[int] = set()
        """The parts that are the answer."""
        self._silent: list[int] = []
        """Those of them that have no text yet."""
        self._others = False

    def events(self, events: Sequence[Event]) -> list[Event]:
        """The events with the answer as text."""
        return [told for event in events for told in self._told(event)]

    def _told(self, event: Event) -> Iterator[Event]:
        match event:
            case ToolStarted(index, _, name) if name == self._tool:
                self._words.add(index)
                self._silent.append(index)
            case ToolStarted():
                self._others = True
                yield event
            case ToolDelta(index, arguments) if index in self._words:
                if index in self._silent:
                    self._silent.remove(index)
                yield TextDelta(index, arguments)
            case Finished(reason, raw):
                # No arguments at all are an object without properties.
                yield from (TextDelta(index, "{}") for index in self._silent)
                self._silent.clear()
                yield Finished("stop", raw) if reason == "tool_calls" and self._answers else event
            case _:
                yield event

    @property
    def _answers(self) -> bool:
        """Whether the calls were the answer, and nothing else is to be run."""
        return bool(self._words) and not self._others


def answered(response: Response, tool: str) -> Response:
    """A whole response in which the calls of a tool are the answer."""
    parts = tuple(_part(part, tool) for part in response.parts)
    if parts == response.parts:
        return response
    others = any(isinstance(part, ToolCall) for part in parts)
    finish = "stop" if response.finish == "tool_calls" and not others else response.finish
    return replace(response, parts=parts, finish=finish)


def _part(part: AssistantPart, tool: str) -> AssistantPart:
    return Text(part.arguments, part.seal) if isinstance(part, ToolCall) and part.name == tool else part
