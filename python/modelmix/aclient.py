"""The client for asynchronous programs."""

import time
from collections.abc import Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, Unpack, overload

import anyio.to_thread
from returns.result import Failure, Success

from modelmix.aobjectstream import AsyncObjectStream
from modelmix.ask import Ask
from modelmix.ast.message import Prompt
from modelmix.ast.options import Output, Shaped
from modelmix.ast.response import Response
from modelmix.astream import AsyncStream, read_whole
from modelmix.call import Call
from modelmix.caller import Caller
from modelmix.config import Config
from modelmix.decode import Bounds
from modelmix.errors import MixError
from modelmix.jsonvalue import JsonValue
from modelmix.objects import reading_of
from modelmix.outcome import Outcome, and_then, mapped
from modelmix.reception import Deadlines, Reception
from modelmix.rejection import BODY_LIMIT
from modelmix.retry import Policy
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
    one. Expected failures are returned, never raised.
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
    ) -> None:
        self._caller = Caller(
            env=env, config=config, deadlines=deadlines, policy=policy, bounds=bounds, connections=connections
        )
        self._sender = AsyncSender(self._caller.env, self._caller.connections, http)

    async def generate_text(
        self, model: str, prompt: Prompt, *, output: Output | None = None, **ask: Unpack[Ask]
    ) -> Outcome[Response]:
        """The whole answer of a model, named as `provider:model`."""
        call = await self._call(model, prompt, stream=False, output=output, ask=ask)
        return await self._whole(call.unwrap()) if isinstance(call, Success) else call

    async def stream_text(
        self, model: str, prompt: Prompt, *, output: Output | None = None, **ask: Unpack[Ask]
    ) -> Outcome[AsyncStream]:
        """An answer as it comes in. It is given back when its first output is there, or its end.

        Use it as a context manager, so that its connection is closed whatever happens.
        """
        call = await self._call(model, prompt, stream=True, output=output, ask=ask)
        return await self._stream(call.unwrap()) if isinstance(call, Success) else call

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
        call = await self._call(model, prompt, stream=True, output=reading.form, ask=ask)
        if isinstance(call, Failure):
            return call
        wrapped = was_wrapped(call.unwrap().adaptations)
        opened = await self._stream(call.unwrap())
        return mapped(opened, lambda stream: AsyncObjectStream(stream, reading, wrapped=wrapped))

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

    async def _call(
        self, model: str, prompt: Prompt, *, stream: bool, output: Output | None, ask: Ask
    ) -> Outcome[Call]:
        """What is sent. Starting a local server blocks, so it is left to a thread."""
        known = self._caller.target(model, ask)
        make = partial(self._caller.call, model, prompt, stream=stream, output=output, ask=ask)
        if isinstance(known, Success) and known.unwrap().provider.launch:
            return await anyio.to_thread.run_sync(make)
        return make()

    async def _whole(self, call: Call) -> Outcome[Response]:
        trial = self._caller.trial(call)
        while True:
            reception = self._caller.reception(trial)
            opened = await self._open(trial, reception)
            read = await read_whole(opened.unwrap(), reception) if isinstance(opened, Success) else opened
            if isinstance(read, Success):
                trial.succeeded()
                return read
            wait = self._caller.wait(trial, reception, read.failure())
            if wait is None:
                return Failure(trial.told(read.failure()))
            await anyio.sleep(wait)

    async def _stream(self, call: Call) -> Outcome[AsyncStream]:
        trial = self._caller.trial(call)
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
