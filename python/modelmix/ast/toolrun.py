"""What running tools for a model comes to."""

from typing import Literal, TypeAlias

from modelmix.ast.content import ToolCall, ToolResult
from modelmix.ast.message import Message
from modelmix.ast.response import Cost, Estimate, Response, Unpriced
from modelmix.ast.usage import Usage
from modelmix.node import Node


class ToolError(Node, frozen=True, kw_only=True):
    """Why a call has no result; the model is told the same.

    No function was called for an `unknown_tool` and for `bad_arguments`. One that `raised` left its exception here;
    `bad_result` is one that cannot be told to a model.
    """

    kind: Literal["unknown_tool", "bad_arguments", "raised", "bad_result"]
    call: ToolCall
    why: str
    exception: Exception | None = None


class CallStarted(Node, frozen=True):
    """A function is about to be called."""

    call: ToolCall


class CallEnded(Node, frozen=True, kw_only=True):
    """A call has its result, good or bad."""

    call: ToolCall
    result: ToolResult
    error: ToolError | None = None


class Round(Node, frozen=True, kw_only=True):
    """One answer of the model, and what came of the calls in it, in their order."""

    response: Response
    ended: tuple[CallEnded, ...] = ()


Step: TypeAlias = CallStarted | CallEnded | Round
"""What can be watched while tools run. A round comes after its calls."""


class ToolRun(Node, frozen=True, kw_only=True):
    """A conversation in which the model has had its tools run, up to its answer.

    An answer that was cut or filtered (`response.finish`) ends it as well; the calls in it have not been run.
    """

    response: Response
    """The last answer."""
    messages: tuple[Message, ...]
    """The whole conversation, the last answer included and the system prompt left out: go on with it."""
    rounds: tuple[Round, ...]
    usage: Usage
    """Of all answers together; a count that one of them does not give is unknown."""
    cost: Cost | None
    """Of all answers together; None where that of one of them is unknown, which is not 0; `unpriced` says why."""
    unpriced: Unpriced | None = None
    estimate: Estimate | None = None
    """Of all answers together, where one of them was not counted by its provider."""
    errors: tuple[ToolError, ...] = ()
    """The calls that have no result."""
