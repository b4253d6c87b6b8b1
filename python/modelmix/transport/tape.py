"""Record what goes over the wire, and replay it: transports under an unchanged client."""

import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Final

import anyio
import httpx

from modelmix.compat.fixture import Broken, Recording
from modelmix.compat.playback import Playback
from modelmix.compat.taken import Taken, TakenRequest, TakenResponse
from modelmix.errors import FixtureDrift
from modelmix.transport.engine import AsyncEngine, Connections, Engine
from modelmix.transport.faults import ERRORS, DriftError, broken_by, exception_of
from modelmix.trial import lower


class _Take:
    """One exchange while it is under way."""

    __slots__ = ("_begun", "_broke", "_chunks", "_headers", "_request", "_size", "_status")

    def __init__(self, request: TakenRequest) -> None:
        self._request = request
        self._begun = time.monotonic()
        self._status = 0
        self._headers: Mapping[str, str] = {}
        self._chunks: list[tuple[int, bytes]] = []
        self._size = 0
        self._broke: Broken | None = Broken("left", detail="whoever recorded this read no further")

    @property
    def _now(self) -> int:
        return round((time.monotonic() - self._begun) * 1000)

    def head(self, response: httpx.Response) -> None:
        """The status and the headers have come."""
        self._status = response.status_code
        self._headers = lower(response.headers)

    def heard(self, data: bytes) -> None:
        """A piece of the body has come."""
        if data:
            self._chunks.append((self._now, data))
            self._size += len(data)
            if self._headers.get("content-length") == str(self._size):
                # Nobody needs to read on to know that this was all.
                self.ended()

    def ended(self) -> None:
        """All of the body has come."""
        self._broke = None

    def broke(self, exception: Exception) -> None:
        """Nothing more will come."""
        self._broke = broken_by(exception, self._now, begun=self._status != 0)

    @property
    def taken(self) -> Taken:
        """The exchange as far as it has come."""
        response = TakenResponse(
            status=self._status, headers=self._headers, chunks=tuple(self._chunks), broke=self._broke
        )
        return Taken(self._request, response)


class Tape:
    """What was sent and what came back; several threads and tasks may record on it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._takes: list[_Take] = []

    @property
    def taken(self) -> list[Taken]:
        """The exchanges so far, in the order of their requests. They hold keys: see `compat.redact`."""
        with self._lock:
            return [take.taken for take in self._takes]

    def begin(self, request: httpx.Request) -> _Take:
        """A request is about to be sent."""
        take = _Take(_sent(request))
        with self._lock:
            self._takes.append(take)
        return take


def recording(env: Mapping[str, str], tape: Tape) -> httpx.Client:
    """A client that sends as that of modelmix does, and keeps what goes over the wire. Close it when all is done.

    It asks for replies that are not compressed.
    """
    return httpx.Client(transport=_Recording(Engine(env, Connections()), tape), trust_env=False)


def arecording(env: Mapping[str, str], tape: Tape) -> httpx.AsyncClient:
    """As `recording`."""
    return httpx.AsyncClient(transport=_AsyncRecording(AsyncEngine(env, Connections()), tape), trust_env=False)


def replaying(recordings: Sequence[Recording] | Playback, *, pace: bool = False) -> httpx.Client:
    """A client that has no network: it gives the recorded replies to the recorded requests.

    Each chunk comes as it came, at once, or with `pace` as long after the request as it did. What broke off breaks off
    again. A request that is not the recorded one is told as `FixtureDrift`.
    """
    return httpx.Client(transport=_Replaying(_playback(recordings), pace=pace), trust_env=False)


def areplaying(recordings: Sequence[Recording] | Playback, *, pace: bool = False) -> httpx.AsyncClient:
    """As `replaying`."""
    return httpx.AsyncClient(transport=_AsyncReplaying(_playback(recordings), pace=pace), trust_env=False)


def _sent(request: httpx.Request) -> TakenRequest:
    """A request whose body has been read."""
    return TakenRequest(
        method=request.method, url=str(request.url), headers=lower(request.headers), body=request.content
    )


_PLAIN: Final = "identity"


class _Recording(httpx.BaseTransport):
    def __init__(self, inner: Engine, tape: Tape) -> None:
        self._inner = inner
        self._tape = tape

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["accept-encoding"] = _PLAIN
        request.read()
        take = self._tape.begin(request)
        try:
            response = self._inner.handle_request(request)
        except ERRORS as exception:
            take.broke(exception)
            raise
        take.head(response)
        return _passed_on(response, _Heard(response, take))

    def close(self) -> None:
        self._inner.close()


class _AsyncRecording(httpx.AsyncBaseTransport):
    def __init__(self, inner: AsyncEngine, tape: Tape) -> None:
        self._inner = inner
        self._tape = tape

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["accept-encoding"] = _PLAIN
        await request.aread()
        take = self._tape.begin(request)
        try:
            response = await self._inner.handle_async_request(request)
        except ERRORS as exception:
            take.broke(exception)
            raise
        take.head(response)
        return _passed_on(response, _AsyncHeard(response, take))

    async def aclose(self) -> None:
        await self._inner.aclose()


def _passed_on(response: httpx.Response, body: httpx.SyncByteStream | httpx.AsyncByteStream) -> httpx.Response:
    """The response with another body. Its extensions hold the network stream, which knows how long to wait."""
    return httpx.Response(response.status_code, headers=response.headers, stream=body, extensions=response.extensions)


class _Heard(httpx.SyncByteStream):
    def __init__(self, response: httpx.Response, take: _Take) -> None:
        self._response = response
        self._take = take

    def __iter__(self) -> Iterator[bytes]:
        stream = self._response.stream
        assert isinstance(stream, httpx.SyncByteStream)
        try:
            for data in stream:
                self._take.heard(data)
                yield data
        except ERRORS as exception:
            self._take.broke(exception)
            raise
        self._take.ended()

    def close(self) -> None:
        self._response.close()


class _AsyncHeard(httpx.AsyncByteStream):
    def __init__(self, response: httpx.Response, take: _Take) -> None:
        self._response = response
        self._take = take

    async def __aiter__(self) -> AsyncIterator[bytes]:
        stream = self._response.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        try:
            async for data in stream:
                self._take.heard(data)
                yield data
        except ERRORS as exception:
            self._take.broke(exception)
            raise
        self._take.ended()

    async def aclose(self) -> None:
        await self._response.aclose()


def _playback(recordings: Sequence[Recording] | Playback) -> Playback:
    return recordings if isinstance(recordings, Playback) else Playback(recordings)


class _Replaying(httpx.BaseTransport):
    def __init__(self, playback: Playback, *, pace: bool) -> None:
        self._playback = playback
        self._pace = pace

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        body = _Played(_found(self._playback, request), pace=self._pace)
        return httpx.Response(body.status, headers=body.headers, stream=_Blocking(body))


class _AsyncReplaying(httpx.AsyncBaseTransport):
    def __init__(self, playback: Playback, *, pace: bool) -> None:
        self._playback = playback
        self._pace = pace

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        body = _Played(_found(self._playback, request), pace=self._pace)
        return httpx.Response(body.status, headers=body.headers, stream=_NonBlocking(body))


def _found(playback: Playback, request: httpx.Request) -> Recording:
    """The recording of a request, of which at least the head came."""
    found = playback.take(_sent(request))
    if isinstance(found, FixtureDrift):
        raise DriftError(found)
    response = found.fixture.response
    if response.status == 0 and response.broke is not None:
        raise exception_of(response.broke)
    return found


class _Played:
    """A recorded reply, chunk by chunk: how long to wait before each, and its bytes."""

    def __init__(self, recording: Recording, *, pace: bool) -> None:
        self._response = recording.fixture.response
        self._body = recording.body
        self._pace = pace
        self._begun = time.monotonic()
        self.status = self._response.status
        self.headers = dict(self._response.headers)

    def steps(self) -> Iterator[tuple[float, bytes]]:
        """Seconds to wait, and bytes; what broke the reply off is raised."""
        at = 0
        for ms, size in self._response.chunks:
            yield self._wait(ms), self._body[at : at + size]
            at += size
        broke = self._response.broke
        if broke is not None:
            yield self._wait(broke.ms), b""
            raise exception_of(broke)

    def _wait(self, ms: int) -> float:
        return max(0.0, self._begun + ms / 1000 - time.monotonic()) if self._pace else 0.0


class _Blocking(httpx.SyncByteStream):
    def __init__(self, body: _Played) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        for wait, data in self._body.steps():
            if wait:
                time.sleep(wait)
            yield data


class _NonBlocking(httpx.AsyncByteStream):
    def __init__(self, body: _Played) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for wait, data in self._body.steps():
            if wait:
                await anyio.sleep(wait)
            yield data
