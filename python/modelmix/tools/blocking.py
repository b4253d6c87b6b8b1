"""Runs the loop of tool calls for blocking programs: several calls at a time in threads."""

from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextvars import copy_context
from functools import partial
from inspect import isawaitable

import anyio
from returns.result import Failure

from modelmix.ast.content import ToolCall
from modelmix.ast.response import Response
from modelmix.ast.toolrun import CallEnded, CallStarted, ToolRun
from modelmix.outcome import Outcome
from modelmix.tools.function import FunctionTool
from modelmix.tools.loop import AskModel, Ended, Loop, RunCalls, Watch, good, prepare, raised
from modelmix.tools.parameters import Arguments


def drive(loop: Loop, ask: Callable[[AskModel], Outcome[Response]], watch: Watch) -> Outcome[ToolRun]:
    """Goes on until the model has answered, or cannot."""
    told = 0
    while True:
        step = loop.next_step()
        if len(loop.rounds) > told and not isinstance(step, RunCalls):
            told = len(loop.rounds)
            watch(loop.rounds[-1])
        match step:
            case AskModel():
                answer = ask(step)
                if isinstance(answer, Failure):
                    return Failure(loop.failed(answer.failure()))
                loop = loop.heard(answer.unwrap())
            case RunCalls(calls):
                loop = loop.ran(run_calls(calls, loop, watch))
            case Ended(outcome):
                return outcome


def run_calls(calls: Sequence[ToolCall], loop: Loop, watch: Watch) -> tuple[CallEnded, ...]:
    """What comes of each call, in their order.

    An interrupt stops those that have not begun, and waits for those that have: a function cannot be stopped from
    outside, and none is left running behind the caller's back.
    """
    ended: dict[int, CallEnded] = {}
    jobs: dict[int, tuple[FunctionTool[..., object], Arguments]] = {}
    for index, call in enumerate(calls):
        prepared = prepare(call, loop.tools)
        if isinstance(prepared, CallEnded):
            ended[index] = prepared
            watch(prepared)
        else:
            jobs[index] = prepared
            watch(CallStarted(call))
    # One function that needs no event loop runs here, where an interrupt reaches it.
    if len(jobs) == 1 and not any(tool.is_async for tool, _ in jobs.values()):
        ((index, job),) = jobs.items()
        ended[index] = _call(calls[index], *job)
        watch(ended[index])
    elif jobs:
        pool = ThreadPoolExecutor(min(loop.parallel, len(jobs)), "modelmix-tool")
        try:
            futures: dict[Future[CallEnded], int] = {
                pool.submit(partial(copy_context().run, partial(_call, calls[index], *job))): index
                for index, job in jobs.items()
            }
            for future in as_completed(futures):
                ended[futures[future]] = future.result()
                watch(future.result())
        finally:
            pool.shutdown(cancel_futures=True)
    return tuple([ended[index] for index in range(len(calls))])


def _call(call: ToolCall, tool: FunctionTool[..., object], arguments: Arguments) -> CallEnded:
    positional, named = arguments
    try:
        value = tool.function(*positional, **named)
        if isawaitable(value):
            value = anyio.run(_awaited, value)
    except Exception as exception:  # noqa: BLE001 - the caller's function may raise anything, and all of it is told
        return raised(call, exception)
    return good(call, value)


async def _awaited(value: Awaitable[object]) -> object:
    return await value
