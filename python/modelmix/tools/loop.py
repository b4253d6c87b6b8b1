"""The loop of tool calls, without running anything: what comes next, and what it all came to."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.ast.content import Text, ToolCall, ToolResult
from modelmix.ast.message import Assistant, Message, Prompt, Tool, conversation
from modelmix.ast.response import Cost, FinishReason, Response, Unpriced
from modelmix.ast.tool import OneTool, ToolChoice, ToolSpec
from modelmix.ast.toolrun import CallEnded, Round, Step, ToolError, ToolRun
from modelmix.cost import halves, sum_cost, sum_estimates, sum_usage
from modelmix.errors import BadRequest, BadToolArguments, MixError, ToolsStopped
from modelmix.node import Node
from modelmix.outcome import Outcome
from modelmix.tools.function import AnyTool, FunctionTool, as_tool
from modelmix.tools.parameters import Arguments
from modelmix.tools.result import result_parts

MAX_ROUNDS: Final = 8
"""Answers of the model in one run, unless told otherwise."""

PARALLEL: Final = 8
"""Calls that run at a time, unless told otherwise."""

Watch: TypeAlias = Callable[[Step], object]
"""Is told of each step, in the thread or task that the run was begun in."""

Tools: TypeAlias = Mapping[str, FunctionTool[..., object]]
"""Tools by their names."""

_CUT: Final[frozenset[FinishReason]] = frozenset({"length", "content_filter", "error"})
"""After these an answer may lack its end, and a call in it arguments that it was to have."""


class AskModel(Node, frozen=True):
    """The model is to be asked to go on."""

    messages: tuple[Message, ...]
    tool_choice: ToolChoice


class RunCalls(Node, frozen=True):
    """Calls are to be run."""

    calls: tuple[ToolCall, ...]


class Ended(Node, frozen=True):
    """There is nothing left to do."""

    outcome: Outcome[ToolRun]


class Loop(Node, frozen=True, kw_only=True):
    """How far a run has come. `next_step` says what to do; `heard` and `ran` give the loop after it."""

    messages: tuple[Message, ...]
    tools: Tools
    tool_choice: ToolChoice
    max_rounds: int
    parallel: int
    rounds: tuple[Round, ...] = ()
    early: tuple[CallEnded, ...] = ()
    """The calls that the conversation came with."""

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """The tools as the model sees them."""
        return tuple([tool.spec for tool in self.tools.values()])

    @property
    def pending(self) -> tuple[ToolCall, ...]:
        """The calls that nobody has answered yet."""
        last = self.messages[-1]
        return tuple([part for part in last.parts if isinstance(part, ToolCall)]) if isinstance(last, Assistant) else ()

    def next_step(self) -> AskModel | RunCalls | Ended:
        """What is to be done now."""
        # Between an answer and its results, the last turn is the model's.
        latest = self.rounds[-1].response if self.rounds and isinstance(self.messages[-1], Assistant) else None
        if latest is not None and (latest.finish in _CUT or not (self.pending or latest.finish == "pause")):
            return Ended(Success(self._run(latest)))
        if len(self.rounds) >= self.max_rounds:
            return Ended(Failure(self.stopped(None)))
        if self.pending:
            return RunCalls(self.pending)
        # Whoever must call a tool in every answer never comes to an answer.
        forced = self.tool_choice == "required" or isinstance(self.tool_choice, OneTool)
        return AskModel(self.messages, "auto" if forced and self.rounds else self.tool_choice)

    def heard(self, response: Response) -> "Loop":
        """The model has answered."""
        rounds = (*self.rounds, Round(response=response))
        return replace(self, messages=(*self.messages, response.message), rounds=rounds)

    def ran(self, ended: Sequence[CallEnded]) -> "Loop":
        """All calls of the last answer have been run."""
        messages = (*self.messages, Tool(tuple([call.result for call in ended])))
        if not self.rounds:
            return replace(self, messages=messages, early=tuple(ended))
        latest = replace(self.rounds[-1], ended=tuple(ended))
        return replace(self, messages=messages, rounds=(*self.rounds[:-1], latest))

    def failed(self, error: MixError) -> MixError:
        """What a failed call to the model comes to: itself, unless there is a conversation to be kept."""
        return self.stopped(error) if self.rounds or self.early else error

    def stopped(self, cause: MixError | None) -> ToolsStopped:
        """The error that keeps the conversation."""
        cost, unpriced = self._bill
        return ToolsStopped(
            rounds=len(self.rounds),
            messages=self.messages,
            usage=sum_usage(round_.response.usage for round_ in self.rounds),
            cost=cost,
            unpriced=unpriced,
            cause=cause,
        )

    @property
    def _bill(self) -> tuple[Cost | None, Unpriced | None]:
        return halves(sum_cost(round_.response.bill for round_ in self.rounds))

    def _run(self, response: Response) -> ToolRun:
        ended = [*self.early, *(call for round_ in self.rounds for call in round_.ended)]
        cost, unpriced = self._bill
        return ToolRun(
            response=response,
            messages=self.messages,
            rounds=self.rounds,
            usage=sum_usage(round_.response.usage for round_ in self.rounds),
            cost=cost,
            unpriced=unpriced,
            estimate=sum_estimates([round_.response for round_ in self.rounds]),
            errors=tuple([call.error for call in ended if call.error is not None]),
        )


def begin(
    prompt: Prompt, tools: Sequence[AnyTool], *, tool_choice: ToolChoice, max_rounds: int, parallel: int
) -> Outcome[Loop]:
    """The loop before its first step. A conversation that ends in calls begins with running them."""
    for field, value in (("max_rounds", max_rounds), ("parallel", parallel)):
        if value < 1:
            return Failure(BadRequest(field=field, value=str(value), expected="at least 1"))
    made = [as_tool(tool) for tool in tools]
    known = {tool.spec.name: tool for tool in made}
    if len(known) < len(made):
        names = ", ".join(tool.spec.name for tool in made)
        return Failure(BadRequest(field="tools", value=names, expected="each name once"))
    messages = conversation(prompt)
    if not messages:
        return Failure(BadRequest(field="messages", value="()", expected="at least one message"))
    return Success(
        Loop(messages=messages, tools=known, tool_choice=tool_choice, max_rounds=max_rounds, parallel=parallel)
    )


def prepare(call: ToolCall, tools: Tools) -> tuple[FunctionTool[..., object], Arguments] | CallEnded:
    """The function of a call with its arguments, or the end of a call that cannot be made."""
    tool = tools.get(call.name)
    if tool is None:
        known = ", ".join(tools) or "none"
        return wrong(ToolError(kind="unknown_tool", call=call, why=f"there is no tool `{call.name}`, only: {known}"))
    match tool.read(call):
        case Success(arguments):
            return tool, arguments
        case Failure(error):
            return wrong(ToolError(kind="bad_arguments", call=call, why=_why(error)))


def _why(error: MixError) -> str:
    return error.why if isinstance(error, BadToolArguments) else str(error)


def good(call: ToolCall, value: object) -> CallEnded:
    """The end of a call whose function has given something back."""
    try:
        parts = result_parts(value)
    except ValueError as cause:
        return wrong(ToolError(kind="bad_result", call=call, why=str(cause)))
    return CallEnded(call=call, result=ToolResult(call_id=call.id, name=call.name, content=parts))


def raised(call: ToolCall, exception: Exception) -> CallEnded:
    """The end of a call whose function has raised."""
    why = f"{type(exception).__name__}: {exception}"
    return wrong(ToolError(kind="raised", call=call, why=why, exception=exception))


def wrong(error: ToolError) -> CallEnded:
    """The end of a call that has no result: the model is told why."""
    call = error.call
    said = Text(f"{_TOLD[error.kind]}: {error.why}")
    result = ToolResult(call_id=call.id, name=call.name, content=(said,), is_error=True)
    return CallEnded(call=call, result=result, error=error)


_TOLD: Final = {
    "unknown_tool": "Not called",
    "bad_arguments": "Not called, since the arguments do not fit",
    "raised": "The tool failed",
    "bad_result": "The result of the tool cannot be shown",
}
