"""Ask a model what a scenario asks, through the public door, and see which assertions do not hold."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, cast

from msgspec import to_builtins
from returns.result import Failure, Success

from modelmix.aclient import AsyncClient
from modelmix.aobjectstream import AsyncObjectStream
from modelmix.ask import Ask as Said, Reach
from modelmix.ast.options import Options
from modelmix.ast.response import Cost
from modelmix.call import Call
from modelmix.compat.checks import shown
from modelmix.compat.scenario import Answered, Ask, Embed, Flaw, Loop, Made, Make, Scenario
from modelmix.errors import FixtureDrift, MixError, Sent, ToolsStopped
from modelmix.explanation import explain
from modelmix.inflate import inflated
from modelmix.node import Node
from modelmix.outcome import Outcome, and_then


class Heard(Node, frozen=True):
    """One reply as it came over the wire; header names are in lower case."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def opened(self) -> bytes:
        """The body with its compression undone."""
        return inflated(self.body, self.headers)


class Played(Node, frozen=True, kw_only=True):
    """What came of a scenario: nothing but its cost, if all is well."""

    flaws: tuple[Flaw, ...] = ()
    error: MixError | None = None
    cost: Cost | None = None
    exchanges: int = 1
    """How many requests were answered."""


Replies: TypeAlias = Callable[[], Sequence[Heard]]
"""Gives the replies that have come by then."""


async def play(client: AsyncClient, spec: str, scenario: Scenario, reach: Reach, replies: Replies) -> Played:
    """Asks, and checks what comes back."""
    match scenario.play:
        case Ask() as ask:
            return await _ask(client, spec, ask, reach, replies)
        case Make() as make:
            return await _make(client, spec, make, reach)
        case Loop() as loop:
            return await _loop(client, spec, loop, reach)
        case Embed() as embed:
            answer = await client.embed(spec, embed.texts, **reach)
            if isinstance(answer, Failure):
                return failed(answer.failure())
            return Played(flaws=tuple(embed.check(answer.unwrap())), cost=answer.unwrap().cost)


def planned(client: AsyncClient, spec: str, scenario: Scenario, reach: Reach) -> Outcome[Call] | None:
    """The first request for words that a scenario makes; None for one that asks for none."""
    match scenario.play:
        case Ask() as ask:
            return client.plan(spec, ask.prompt, stream=ask.stream, **_said(ask, reach))
        case Make() as make:
            return client.plan(spec, make.prompt, stream=make.stream, options=make.options, **reach)
        case Loop() as loop:
            specs = [tool.spec for tool in loop.tools]
            return client.plan(spec, loop.prompt, tools=specs, options=loop.options, **reach)
        case Embed():
            return None


def _said(ask: Ask, reach: Reach) -> Said:
    said = _wished(ask.options, reach)
    if ask.system is not None:
        said["system"] = ask.system
    if ask.tools:
        said["tools"] = [tool.spec for tool in ask.tools]
    return said


def _wished(options: Options, reach: Reach) -> Said:
    said = Said(options=options)
    # The same keys: but that there are no others, no type can say.
    said.update(cast("Said", reach))
    return said


async def _ask(client: AsyncClient, spec: str, ask: Ask, reach: Reach, replies: Replies) -> Played:
    said = _said(ask, reach)
    plan = client.plan(spec, ask.prompt, stream=ask.stream, **said)
    if isinstance(plan, Failure):
        return failed(plan.failure())
    answered = (
        await _streamed(client, spec, ask, said, plan.unwrap())
        if ask.stream
        else await _whole(client, spec, ask, said, plan.unwrap())
    )
    if isinstance(answered, Failure):
        return failed(answered.failure())
    found = answered.unwrap()
    bodies = [reply.opened for reply in replies()]
    found = Answered(call=found.call, response=found.response, events=found.events, body=bodies[-1] if bodies else b"")
    return Played(flaws=tuple(ask.check(found)), cost=found.response.cost)


async def _whole(client: AsyncClient, spec: str, ask: Ask, said: Said, call: Call) -> Outcome[Answered]:
    answer = await client.generate_text(spec, ask.prompt, **said)
    return and_then(answer, lambda response: Success(Answered(call=call, response=response)))


async def _streamed(client: AsyncClient, spec: str, ask: Ask, said: Said, call: Call) -> Outcome[Answered]:
    opened = await client.stream_text(spec, ask.prompt, **said)
    if isinstance(opened, Failure):
        return opened
    async with opened.unwrap() as stream:
        events = [event async for event in stream]
        answer = await stream.result()
    return and_then(answer, lambda response: Success(Answered(call=call, response=response, events=tuple(events))))


async def _make(client: AsyncClient, spec: str, make: Make, reach: Reach) -> Played:
    said = _wished(make.options, reach)
    if not make.stream:
        answer: Outcome[object] = await client.generate_object(spec, make.prompt, make.shape, **said)
        if isinstance(answer, Failure):
            return failed(answer.failure())
        return Played(flaws=tuple(make.check(Made(value=answer.unwrap()))))
    opened: Outcome[AsyncObjectStream[object]] = await client.stream_object(spec, make.prompt, make.shape, **said)
    if isinstance(opened, Failure):
        return failed(opened.failure())
    partials, last = 0, None
    async with opened.unwrap() as stream:
        async for value in stream:
            partials, last = partials + 1, value
        result = await stream.result()
    if isinstance(result, Failure):
        return failed(result.failure())
    made = Made(value=result.unwrap(), partials=partials, last=to_builtins(last))
    return Played(flaws=tuple(make.check(made)))


async def _loop(client: AsyncClient, spec: str, loop: Loop, reach: Reach) -> Played:
    run = await client.run_tools(spec, loop.prompt, loop.tools, max_rounds=loop.rounds, options=loop.options, **reach)
    if isinstance(run, Failure):
        return failed(run.failure())
    done = run.unwrap()
    return Played(flaws=tuple(loop.check(done)), cost=done.cost, exchanges=len(done.rounds))


def failed(error: MixError) -> Played:
    """An error in place of what was asked for, as the flaw that it is."""
    cause = error.cause if isinstance(error, ToolsStopped) and error.cause is not None else error
    if isinstance(cause, FixtureDrift):
        found = Flaw(about=f"request at {cause.path}", expected=cause.recorded, came=cause.built)
    else:
        came = f"{explain(cause).summary} ({cause.__struct_config__.tag})"
        partial = cause.partial if isinstance(cause, Sent) else None
        said = f"; the text: {shown(partial.text)}" if partial is not None and partial.text else ""
        found = Flaw(about="answer", expected="an answer", came=came + said)
    return Played(flaws=(found,), error=cause)
