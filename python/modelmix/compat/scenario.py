"""What a scenario is: something to ask of a model, and what must be true of what comes back."""

from collections.abc import Callable, Iterator
from typing import Final, Literal, TypeAlias

from modelmix.ast.embedding import Embeddings
from modelmix.ast.event import Event
from modelmix.ast.model import Capabilities, Model
from modelmix.ast.options import Options
from modelmix.ast.response import Response
from modelmix.ast.toolrun import ToolRun
from modelmix.call import Call
from modelmix.node import Node
from modelmix.tools.function import FunctionTool

Operation: TypeAlias = Literal["text", "embedding"]
"""What a model is used for."""

Ability: TypeAlias = Literal["tools", "structured_output", "reasoning"]
"""What the catalogue may say that a model can do."""


class Flaw(Node, frozen=True, kw_only=True):
    """An assertion that does not hold: what it is about, what was expected, and what came."""

    about: str
    expected: str
    came: str


class Answered(Node, frozen=True, kw_only=True):
    """One answer. `events` are those of a stream; `body` is the reply as it came, with its compression undone."""

    call: Call
    response: Response
    events: tuple[Event, ...] = ()
    body: bytes = b""


class Made(Node, frozen=True, kw_only=True):
    """One object. `last` is what a stream showed last, as plain values, None where nothing was streamed."""

    value: object
    partials: int = 0
    last: object = None


class Ask(Node, frozen=True, kw_only=True):
    """One request for words."""

    prompt: str
    system: str | None = None
    options: Options
    tools: tuple[FunctionTool[..., object], ...] = ()
    stream: bool = False
    check: Callable[[Answered], Iterator[Flaw]]


class Make(Node, frozen=True, kw_only=True):
    """One request for an object of a `shape`."""

    prompt: str
    shape: type
    options: Options
    stream: bool = False
    check: Callable[[Made], Iterator[Flaw]]


class Loop(Node, frozen=True, kw_only=True):
    """A conversation in which tools are run, of `rounds` answers at most."""

    prompt: str
    options: Options
    tools: tuple[FunctionTool[..., object], ...]
    rounds: int
    check: Callable[[ToolRun], Iterator[Flaw]]


class Embed(Node, frozen=True, kw_only=True):
    """One request for vectors."""

    texts: tuple[str, ...]
    check: Callable[[Embeddings], Iterator[Flaw]]


Play: TypeAlias = Ask | Make | Loop | Embed
"""Everything that may be asked of a model, with the assertions on what comes back."""


class Scenario(Node, frozen=True, kw_only=True):
    """A name, what it proves in one sentence, and what is asked.

    `needs` lists groups of abilities; of each group, one must not be known to be missing.
    """

    name: str
    proves: str
    needs: tuple[tuple[Ability, ...], ...] = ()
    play: Play

    @property
    def operation(self) -> Operation:
        """What the model is used for."""
        return "embedding" if isinstance(self.play, Embed) else "text"

    @property
    def exchanges(self) -> int:
        """The most requests that it takes."""
        return self.play.rounds if isinstance(self.play, Loop) else 1


_WORDS: Final = {"tools": "tools", "structured_output": "structured output", "reasoning": "reasoning"}


def ruled_out(scenario: Scenario, model: Model | None) -> str | None:
    """Why a scenario cannot be asked of a model, by what the catalogue says; what it does not say rules nothing out."""
    if model is None:
        return None
    for group in scenario.needs:
        if all(_ability(model.capabilities, ability) is False for ability in group):
            return f"the catalog says that it has no {' and no '.join([_WORDS[ability] for ability in group])}"
    return None


def _ability(capabilities: Capabilities, ability: Ability) -> bool | None:
    match ability:
        case "tools":
            return capabilities.tools
        case "structured_output":
            return capabilities.structured_output
        case "reasoning":
            return capabilities.reasoning
