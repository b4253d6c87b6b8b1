"""The client for asynchronous programs."""

import time
from collections.abc import Mapping
from functools import cached_property, partial
from types import TracebackType
from typing import Self, TypeVar, Unpack

import anyio.to_thread
import httpx
from returns.result import Failure, Success

from modelmix.ask import Ask
from modelmix.ast.message import Prompt
from modelmix.ast.options import Output
from modelmix.ast.response import Response
from modelmix.astream import AsyncStream, close, read_whole
from modelmix.call import Call
from modelmix.caller import Caller
from modelmix.config import Config
from modelmix.decode import Bounds
from modelmix.errors import MixError
from modelmix.inflate import Excerpt
from modelmix.objects import read_object, shape_of
from modelmix.outcome import Outcome, and_then
from modelmix.reception import Deadlines, Reception
from modelmix.rejection import BODY_LIMIT
from modelmix.retry import Policy
from modelmix.transport import link
from modelmix.transport.engine import Connections
from modelmix.trial import Trial, lower

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
        http: httpx.AsyncClient | None = None,
        deadlines: Deadlines | None = None,
        policy: Policy | None = None,
        bounds: Bounds | None = None,
        connections: Connections | None = None,
    ) -> None:
        self._caller = Caller(
            env=env, config=config, deadlines=deadlines, policy=policy, bounds=bounds, connections=connections
        )
        self._given = http

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

    async def generate_object(self, model: str, prompt: Prompt, shape: type[T], **ask: Unpack[Ask]) -> Outcome[T]:
        """An answer that is a `shape`: a msgspec Struct, dataclass, TypedDict, pydantic model or plain type."""
        wanted = shape_of(shape)
        if isinstance(wanted, Failure):
            return wanted
        form = wanted.unwrap()
        answer = await self.generate_text(model, prompt, output=form, **ask)
        return and_then(answer, lambda response: read_object(response, shape, form))

    def plan(
        self, model: str, prompt: Prompt, *, output: Output | None = None, stream: bool = False, **ask: Unpack[Ask]
    ) -> Outcome[Call]:
        """What would be sent, without sending it."""
        return self._caller.plan(model, prompt, output=output, stream=stream, **ask)

    async def aclose(self) -> None:
        """Closes all connections and stops local models."""
        if self._given is None and "_http" in self.__dict__:
            await self._http.aclose()
            del self._http
        self._caller.servers.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        return self._given or link.async_client(self._caller.env, self._caller.connections)

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
            read: Outcome[Response]
            opened = await self._open(trial, reception)
            if isinstance(opened, Success):
                read = await read_whole(opened.unwrap(), reception, trial, self._caller.deadlines)
            else:
                read = opened
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
                stream = AsyncStream(opened.unwrap(), reception, trial, self._caller.deadlines)
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

    async def _open(self, trial: Trial, reception: Reception) -> Outcome[httpx.Response]:
        """The head of a good reply; a bad one is read to see what it says."""
        deadlines = self._caller.deadlines
        request = link.request(trial, deadlines, reception, time.monotonic())
        try:
            response = await self._http.send(request, stream=True)
        except link.FAULTS as exception:
            return Failure(link.meaning(exception, trial, deadlines, reception, time.monotonic()))
        headers = lower(response.headers)
        if response.is_success:
            reception.opened(headers, time.monotonic())
            return Success(response)
        return Failure(reception.rejected(response.status_code, headers, await _error_body(response, headers)))


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


async def _error_body(response: httpx.Response, headers: Mapping[str, str]) -> bytes:
    """What a bad reply says, at most 64 KiB of it, within the patience of the connection."""
    excerpt = Excerpt(headers, BODY_LIMIT)
    try:
        async for chunk in response.aiter_raw():
            if excerpt.add(chunk):
                break
    except link.FAULTS:
        pass
    finally:
        await close(response)
    return excerpt.found
