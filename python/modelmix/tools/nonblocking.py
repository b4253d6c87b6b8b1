"""Runs the loop of tool calls for asynchronous programs: several calls at a time in tasks."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from inspect import isawaitable

import anyio
import anyio.to_thread
from returns.result import Failure

from modelmix.ast.content import ToolCall
from modelmix.ast.response import Response
from modelmix.ast.toolrun import CallEnded, CallStarted, ToolRun
from modelmix.outcome import Outcome
from modelmix.tools.function import FunctionTool
from modelmix.tools.loop import AskModel, Ended, Loop, RunCalls, Watch, good, prepare, raised
from modelmix.tools.parameters import Arguments


async def drive(loop: Loop, ask: Callable[[AskModel], Awaitable[Outcome[Response]]], watch: Watch) -> Outcome[ToolRun]:
    """Goes on until the model has answered, or cannot."""
    told = 0
    while True:
        step = loop.next_step()
        if len(loop.rounds) > told and not isinstance(step, RunCalls):
            told = len(loop.rounds)
            watch(loop.rounds[-1])
        match step:
            case AskModel():
                answer = await ask(step)
                if isinstance(answer, Failure):
                    return Failure(loop.failed(answer.failure()))
                loop = loop.heard(answer.unwrap())
            case RunCalls(calls):
                loop = loop.ran(await run_calls(calls, loop, watch))
            case Ended(outcome):
                return outcome


async def run_calls(calls: Sequence[ToolCall], loop: Loop, watch: Watch) -> tuple[CallEnded, ...]:
    """What comes of each call, in their order. Functions that block run in threads.

    A cancellation reaches all that can be awaited, and waits for functions that block: they cannot be stopped from
    outside, and none is left running behind the caller's back.
    """
    ended: dict[int, CallEnded] = {}
    limiter = anyio.CapacityLimiter(loop.parallel)

    async def run(index: int, tool: FunctionTool[..., object], arguments: Arguments) -> None:
        async with limiter:
            ended[index] = await _call(calls[index], tool, arguments)
        watch(ended[index])

    try:
        async with anyio.create_task_group() as group:
            for index, call in enumerate(calls):
                prepared = prepare(call, loop.tools)
                if isinstance(prepared, CallEnded):
                    ended[index] = prepared
                    watch(prepared)
                else:
                    watch(CallStarted(call))
                    group.start_soon(run, index, *prepared)
    except BaseExceptionGroup as several:
        # What a function raises is a result; here is only what whoever watches has raised, and it goes to its owner.
        raise several.exceptions[0] from None
    return tuple([ended[index] for index in range(len(calls))])


async def _call(call: ToolCall, tool: FunctionTool[..., object], arguments: Arguments) -> CallEnded:
    positional, named = arguments
    try:
        work = partial(tool.function, *positional, **named)
        value = work() if tool.is_async else await anyio.to_thread.run_sync(work)
        if isawaitable(value):
            value = await value
    except Exception as exception:  # noqa: BLE001 - the caller's function may raise anything, and all of it is told
        return raised(call, exception)
    return good(call, value)
