"""Tools on the command line: those that are named, and how their calls are shown."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec.json import encode
from returns.result import Failure, Success

from modelmix.ast.content import ToolCall
from modelmix.ast.toolrun import CallEnded, CallStarted, Round, Step
from modelmix.cli.imports import imported
from modelmix.cli.terminal import Screen, one_line
from modelmix.errors import BadRequest
from modelmix.jsonvalue import parse
from modelmix.outcome import Outcome, collect
from modelmix.tools.function import FunctionTool, as_tool

_LONGEST: Final = 200
"""Characters of a call, and of what went wrong with it, that are shown."""


def named(places: Sequence[str]) -> Outcome[tuple[FunctionTool[..., object], ...]]:
    """The functions that `--tool` names, as tools."""
    return collect(_named(place) for place in places)


def _named(place: str) -> Outcome[FunctionTool[..., object]]:
    found = imported(place, "tool", "function")
    if isinstance(found, Failure):
        return found
    value = found.unwrap()
    if not callable(value) or isinstance(value, type):
        return Failure(BadRequest(field="tool", value=place, expected="a function"))
    try:
        return Success(as_tool(value))
    except TypeError as cause:
        return Failure(BadRequest(field="tool", value=place, expected=f"a function with types ({cause})"))


def call_line(call: ToolCall) -> str:
    """A call as Python would write it, safe and short."""
    try:
        value = parse(call.arguments)
    except ValueError:
        value = None
    if isinstance(value, dict):
        arguments = ", ".join(f"{name}={_json(item)}" for name, item in value.items())
    else:
        arguments = call.arguments
    return one_line(f"{call.name}({arguments})", _LONGEST)


def _json(value: object) -> str:
    return encode(value).decode()


class Watcher:
    """Shows the calls of a run beside its answer."""

    def __init__(self, screen: Screen, *, quiet: bool, say: Callable[[str], None] | None) -> None:
        self._screen = screen
        self._quiet = quiet
        self._say = say
        self._open = False

    def text(self, text: str) -> None:
        """Some of the answer has been printed."""
        self._open = not text.endswith("\n")

    def step(self, step: Step) -> None:
        """Shows a call that begins, and one that goes wrong; in between, words of the model that nobody has shown."""
        match step:
            case CallStarted(call):
                self._note(f"→ {call_line(call)}")
            case CallEnded(call=call, error=error):
                if error is not None:
                    uncalled = error.kind in {"unknown_tool", "bad_arguments"}
                    where = call_line(call) if uncalled else one_line(call.name, _LONGEST)
                    self._note(f"✗ {where}: {one_line(error.why, _LONGEST)}")
            case Round(response=response):
                if self._say is not None and response.tool_calls and response.text:
                    self._say(response.text if response.text.endswith("\n") else f"{response.text}\n")

    def _note(self, line: str) -> None:
        if self._open:
            self._open = False
            self._screen.answer("\n")
        if not self._quiet:
            self._screen.note(self._screen.dim(line) + "\n")
