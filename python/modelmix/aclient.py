"""The client for asynchronous programs."""

import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, Unpack, overload

import anyio.to_thread
from returns.result import Failure, Success

from modelmix.aim import Aim
from modelmix.aobjectstream import AsyncObjectStream
from modelmix.ask import Ask, Reach, Talk, aim_of, reach_of
from modelmix.ast.embedding import Embeddings, EmbedRequest, Task
from modelmix.ast.event import Event
from modelmix.ast.message import Prompt
from modelmix.ast.options import Extra, Output, Shaped
from modelmix.ast.response import Response
from modelmix.ast.toolrun import ToolRun
from modelmix.astream import AsyncStream, read_whole
from modelmix.budget import Budget
from modelmix.call import Call
from modelmix.caller import Caller
from modelmix.config import Config
from modelmix.decode import Bounds
from modelmix.embedding import embedded, joined
from modelmix.errors import MixError
from modelmix.jsonvalue import JsonValue
from modelmix.objects import reading_of
from modelmix.outcome import Outcome, and_then, mapped
from modelmix.reception import Deadlines, Reception
from modelmix.rejection import BODY_LIMIT
from modelmix.retry import Policy
from modelmix.tools.function import AnyTool
from modelmix.tools.loop import MAX_ROUNDS, PARALLEL, AskModel, Watch, begin
from modelmix.tools.nonblocking import drive
from modelmix.transport.engine import Connections
from modelmix.transport.nonblocking import AsyncReply, AsyncSender
from modelmix.trial import Trial
from modelmix.wrapping import was_wrapped

if TYPE_CHECKING:
    import httpx
    from typing_extensions import TypeForm

T = TypeVar("T")


class AsyncClient:
    """Speaks to models, holding connections, settings and limits between calls.

    Nothing happens before the first call. `env` stands for the environment, `config` for the settings that are
    otherwise read from it and from files. `http` is a client of your own to send through; it is not closed with this
    one. `max_cost` is the limit in US dollars on each call and run that names none of its own. Expected failures are
    returned, never raised.
    """

    def __init__(
        self,
        *,
        env: Mapping[str, str] | None = None,
        config: Config | None = None,
        http: "httpx.AsyncClient | None" = None,
        deadlines: Deadlines | None = None,
        policy: Policy | None = None,
        bounds: Bounds | None = None,
        connections: Connections | None = None,
        max_cost: Decimal | None = None,
    ) -> None:
        self._caller = Caller(
            env=env,
            config=config,
            deadlines=deadlines,
            policy=policy,
            bounds=bounds,
            connections=connections,
            max_cost=max_cost,
        )
        self._sender = AsyncSender(self._caller.env, self._caller.connections, http)

    async def generate_text(
        self, model: str, prompt: Prompt, *, output: Output | None = None, **ask: Unpack[Ask]
    ) -> Outcome[Response]:
        """The whole answer of a model, named as `provider:model`."""
        trial = await self._begin(model, prompt, stream=False, output=output, ask=ask)
        return await self._whole(trial.unwrap()) if isinstance(trial, Success) else trial

    async def stream_text(
        self, model: str, prompt: Prompt, *, output: Output | None = None, **ask: Unpack[Ask]
    ) -> Outcome[AsyncStream]:
        """An answer as it comes in. It is given back when its first output is there, or its end.

        Use it as a context manager, so that its connection is closed whatever happens.
        """
        trial = await self._begin(model, prompt, stream=True, output=output, ask=ask)
        return await self._stream(trial.unwrap()) if isinstance(trial, Success) else trial

    @overload
    async def generate_object(
        self, model: str, prompt: Prompt, shape: Shaped, **ask: Unpack[Ask]
    ) -> Outcome[JsonValue]: ...

    @overload
    async def generate_object(
        self, model: str, prompt: Prompt, shape: "TypeForm[T]", **ask: Unpack[Ask]
    ) -> Outcome[T]: ...

    async def generate_object(
        self, model: str, prompt: Prompt, shape: "TypeForm[T] | Shaped", **ask: Unpack[Ask]
    ) -> Outcome[T] | Outcome[JsonValue]:
        """An answer that is a `shape`: a msgspec Struct, dataclass, TypedDict, pydantic model or plain type.

        A list, an enumeration or a union will do as well. A JSON Schema of your own is given as `Shaped`; its answer
        is plain JSON, validated in full by the extra `schema`.
        """
        wanted = reading_of(shape)
        if isinstance(wanted, Failure):
            return wanted
        reading = wanted.unwrap()
        answer = await self.generate_text(model, prompt, output=reading.form, **ask)
        return and_then(answer, reading.read)

    @overload
    async def stream_object(
        self, model: str, prompt: Prompt, shape: Shaped, **ask: Unpack[Ask]
    ) -> Outcome[AsyncObjectStream[JsonValue]]: ...

    @overload
    async def stream_object(
        self, model: str, prompt: Prompt, shape: "TypeForm[T]", **ask: Unpack[Ask]
    ) -> Outcome[AsyncObjectStream[T]]: ...

    async def stream_object(
        self, model: str, prompt: Prompt, shape: "TypeForm[T] | Shaped", **ask: Unpack[Ask]
    ) -> Outcome[AsyncObjectStream[T]] | Outcome[AsyncObjectStream[JsonValue]]:
        """An answer that is a `shape`, as it comes in. It is given back when its first output is there, or its end.

        Use it as a context manager, so that its connection is closed whatever happens.
        """
        wanted = reading_of(shape)
        if isinstance(wanted, Failure):
            return wanted
        reading = wanted.unwrap()
        trial = await self._begin(model, prompt, stream=True, output=reading.form, ask=ask)
        if isinstance(trial, Failure):
            return trial
        wrapped = was_wrapped(trial.unwrap().call.adaptations)
        opened = await self._stream(trial.unwrap())
        return mapped(opened, lambda stream: AsyncObjectStream(stream, reading, wrapped=wrapped))

    async def run_tools(
        self,
        model: str,
        prompt: Prompt,
        tools: Sequence[AnyTool],
        *,
        output: Output | None = None,
        max_rounds: int = MAX_ROUNDS,
        parallel: int = PARALLEL,
        on_event: Callable[[Event], object] | None = None,
        on_step: Watch | None = None,
        **talk: Unpack[Talk],
    ) -> Outcome[ToolRun]:
        """Answers of a model that has its tools run, up to the last one: typed functions, or what `tool` makes of them.

        Functions run `parallel` at a time and only with arguments that fit; what goes wrong with one is told to the
        model and stands in `errors`. A `tool_choice` that forces a call holds for the first answer. With `on_event`
        the answers are streamed, and each event is told as it comes; `on_step` is told of calls and rounds. A prompt
        that ends in calls begins with running them. After `max_rounds` answers, and when a later one fails, the error
        `ToolsStopped` keeps the conversation.
        """
        begun = begin(
            prompt, tools, tool_choice=talk.get("tool_choice", "auto"), max_rounds=max_rounds, parallel=parallel
        )
        if isinstance(begun, Failure):
            return begun
        limited = self._caller.budget(talk)
        if isinstance(limited, Failure):
            return limited
        specs, budget = begun.unwrap().specs, limited.unwrap()

        async def ask(step: AskModel) -> Outcome[Response]:
            said: Ask = {**talk, "tools": specs, "tool_choice": step.tool_choice}
            stream = on_event is not None
            trial = await self._begin(model, step.messages, stream=stream, output=output, ask=said, budget=budget)
            if isinstance(trial, Failure):
                return trial
            answer = await (
                self._whole(trial.unwrap()) if on_event is None else self._watched(trial.unwrap(), on_event)
            )
            if budget is not None and isinstance(answer, Success):
                budget.pay(answer.unwrap().cost)
            return answer

        return await drive(begun.unwrap(), ask, on_step or (lambda _: None))

    async def _watched(self, trial: Trial, on_event: Callable[[Event], object]) -> Outcome[Response]:
        """A streamed answer, each of its events told as it comes."""
        opened = await self._stream(trial)
        if isinstance(opened, Failure):
            return opened
        async with opened.unwrap() as stream:
            async for event in stream:
                on_event(event)
            return await stream.result()

    async def embed(
        self,
        model: str,
        texts: str | Sequence[str],
        *,
        dimensions: int | None = None,
        task: Task | None = None,
        extra: Extra = (),
        **reach: Unpack[Reach],
    ) -> Outcome[Embeddings]:
        """One vector a text, of `dimensions` numbers where the model lets you choose, made for a `task`.

        More texts than the provider takes at once are sent in several requests, one after another. If one of them
        fails, there is no result; a caller of very many texts keeps more by sending them in parts.
        """
        many = (texts,) if isinstance(texts, str) else tuple(texts)
        request = EmbedRequest(texts=many, dimensions=dimensions, task=task, extra=extra)
        begun = await self._made(model, reach_of(**reach), lambda: self._caller.begin_embed(model, request, reach))
        if isinstance(begun, Failure):
            return begun
        calls, budget = begun.unwrap()
        parts: list[Embeddings] = []
        for call in calls:
            trial = self._caller.trial(call, budget)
            answer = await self._received(trial.unwrap()) if isinstance(trial, Success) else trial
            if isinstance(answer, Failure):
                return answer
            response, reception = answer.unwrap()
            parts.append(embedded(call, response, reception.reader))
            if budget is not None:
                budget.pay(parts[-1].cost)
        return Success(joined(parts))

    def plan(
        self, model: str, prompt: Prompt, *, output: Output | None = None, stream: bool = False, **ask: Unpack[Ask]
    ) -> Outcome[Call]:
        """What would be sent, without sending it."""
        return self._caller.plan(model, prompt, output=output, stream=stream, **ask)

    async def aclose(self) -> None:
        """Closes all connections and stops local models."""
        await self._sender.aclose()
        self._caller.servers.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _begin(
        self,
        model: str,
        prompt: Prompt,
        *,
        stream: bool,
        output: Output | None,
        ask: Ask,
        budget: Budget | None = None,
    ) -> Outcome[Trial]:
        """The tries of what is sent."""
        make = partial(self._caller.begin, model, prompt, stream=stream, output=output, ask=ask, budget=budget)
        return await self._made(model, aim_of(**ask), make)

    async def _made(self, model: str, wish: Aim, make: Callable[[], Outcome[T]]) -> Outcome[T]:
        """What is sent. Starting a local server blocks, so it is left to a thread."""
        known = self._caller.target(model, wish)
        if isinstance(known, Success) and known.unwrap().provider.launch:
            return await anyio.to_thread.run_sync(make)
        return make()

    async def _whole(self, trial: Trial) -> Outcome[Response]:
        return mapped(await self._received(trial), lambda received: received[0])

    async def _received(self, trial: Trial) -> Outcome[tuple[Response, Reception]]:
        """A whole reply, and what has taken it in."""
        while True:
            reception = self._caller.reception(trial)
            opened = await self._open(trial, reception)
            read = await read_whole(opened.unwrap(), reception) if isinstance(opened, Success) else opened
            if isinstance(read, Success):
                trial.succeeded()
                return Success((read.unwrap(), reception))
            wait = self._caller.wait(trial, reception, read.failure())
            if wait is None:
                return Failure(trial.told(read.failure()))
            await anyio.sleep(wait)

    async def _stream(self, trial: Trial) -> Outcome[AsyncStream]:
        while True:
            reception = self._caller.reception(trial)
            opened = await self._open(trial, reception)
            if isinstance(opened, Success):
                stream = AsyncStream(opened.unwrap(), reception)
                error = await _primed(stream)
                if error is None:
                    trial.succeeded()
                    return Success(stream)
            else:
                error = opened.failure()
            wait = self._caller.wait(trial, reception, error)
            if wait is None:
                return Failure(trial.told(error))
            await anyio.sleep(wait)

    async def _open(self, trial: Trial, reception: Reception) -> Outcome[AsyncReply]:
        """A good reply; a bad one is read to see what it says."""
        sent = await self._sender.send(trial, self._caller.deadlines, reception)
        if isinstance(sent, Failure):
            return sent
        reply = sent.unwrap()
        if reply.status < 200 or reply.status >= 300:
            body = await reply.excerpt(BODY_LIMIT, reception.patience(time.monotonic()))
            return Failure(reception.rejected(reply.status, reply.headers, body))
        reception.opened(reply.headers, time.monotonic())
        return sent


async def _primed(stream: AsyncStream) -> MixError | None:
    """Reads up to the first output; the error, if there is an error instead."""
    try:
        error = await stream.prime()
    except BaseException:
        await stream.aclose()
        raise
    if error is not None:
        await stream.aclose()
    return error
