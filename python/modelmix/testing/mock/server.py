"""The mock on the loopback: HTTP/1.1 in a thread with a loop of its own, as many connections at a time as there are."""

import asyncio
import socket
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from modelmix.testing.mock.seen import Request
from modelmix.testing.mock.wire import Reply, plain

_HEAD_LIMIT: Final = 1 << 16
_BODY_LIMIT: Final = 64 << 20
_BACKLOG: Final = 1024
_BREATH: Final = 0.05
"""Seconds until another connection is looked for, where there is no room for one."""


class Refused(Exception):  # noqa: N818 - it says what happened
    """Bytes that are no request we take; its reply is the last on the connection."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.reply = plain(text, status)


class Server:
    """Listens from `start` to `stop`. What `answer` raises comes out of `stop`."""

    def __init__(self, answer: Callable[[Request], Reply], host: str, port: int) -> None:
        self._answer = answer
        self._host = host
        self.port = port
        self._problem: BaseException | None = None
        self._stopped: Callable[[], object] = _nothing
        self._ready = threading.Event()
        self._ending = False
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Listens from now on.

        Raises
        ------
        OSError
            When the port cannot be had.
        """
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listener = socket.create_server((self._host, self.port), family=family, backlog=_BACKLOG)
        listener.setblocking(False)  # noqa: FBT003 - as it is called
        self.port = listener.getsockname()[1]
        self._ready.clear()
        self._ending = False
        self._thread = threading.Thread(target=self._run, args=(listener,), name="modelmix-mock", daemon=True)
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Closes all connections and ends the thread."""
        self._stopped()
        self._thread.join()
        if self._problem is not None:
            raise self._problem

    def _run(self, listener: socket.socket) -> None:
        with listener, asyncio.Runner() as runner:
            runner.run(self._serve(listener))

    async def _serve(self, listener: socket.socket) -> None:
        loop, ending = asyncio.get_running_loop(), asyncio.Event()
        self._stopped = lambda: loop.call_soon_threadsafe(ending.set)
        accepting = asyncio.create_task(self._accept(listener))
        self._ready.set()
        await ending.wait()
        # What waits for a connection is woken by one: cancelled, it could lose another that was just taken.
        with socket.socket(listener.family) as knock:
            knock.setblocking(False)  # noqa: FBT003 - as it is called
            knock.connect_ex(listener.getsockname())
            self._ending = True
            await accepting
        # A connection that was just taken has a task that has not begun, and would never close it if it were cancelled
        # now: it is let go on until it is among ours.
        while asyncio.all_tasks() - {asyncio.current_task()}:
            for task in self._tasks:
                task.cancel()
            await asyncio.sleep(0)

    async def _accept(self, listener: socket.socket) -> None:
        # Not `asyncio.start_server`, which loses connections that it is just taking when it is closed.
        loop, begun = asyncio.get_running_loop(), set[asyncio.Task[None]]()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError:
                # Too many files are open, for the time being.
                await asyncio.sleep(_BREATH)
                continue
            if self._ending:
                connection.close()
                return
            task = asyncio.create_task(self._connected(connection))
            # A loop holds its tasks but weakly.
            begun.add(task)
            task.add_done_callback(begun.discard)

    async def _connected(self, connection: socket.socket) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            reader, writer = await asyncio.open_connection(sock=connection, limit=_HEAD_LIMIT)
        except (OSError, asyncio.CancelledError):
            connection.close()
        else:
            await self._held(reader, writer)
        finally:
            self._tasks.discard(task)

    async def _held(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serves a connection until either side ends it."""
        try:
            await self._converse(reader, writer)
            writer.close()
            await writer.wait_closed()
        except (OSError, EOFError, asyncio.CancelledError):
            # The client has left, which it may at any time, or the mock ends.
            pass
        except Exception as bug:  # noqa: BLE001 - told by `stop`
            self._problem = bug
        finally:
            writer.transport.abort()

    async def _converse(self, reader: StreamReader, writer: StreamWriter) -> None:
        while await self._exchange(reader, writer):
            pass

    async def _exchange(self, reader: StreamReader, writer: StreamWriter) -> bool:
        """One request and its reply; whether there may be another on this connection."""
        try:
            request = await _request(reader, writer)
        except Refused as cause:
            await _send(cause.reply, writer)
            return False
        except asyncio.LimitOverrunError:
            await _send(plain("a line is too long", 431), writer)
            return False
        if request is None:
            return False
        reply = self._answer(request)
        await _send(reply, writer)
        return not reply.dropped and request.headers.get("connection", "").lower() != "close"


def _nothing() -> None:
    """What stops a server that has not begun."""


async def _request(reader: StreamReader, writer: StreamWriter) -> Request | None:
    """The next request; None where the client sends no more."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or words[2] != "HTTP/1.1":
        raise Refused(400, "this is no request of HTTP/1.1")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await _body(reader, headers)
    return Request(method=words[0], target=words[1], headers=headers, body=body)


async def _body(reader: StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader)
    size = headers.get("content-length", "0")
    if not size.isascii() or not size.isdigit():
        raise Refused(400, "the length is no number")
    if int(size) > _BODY_LIMIT:
        raise Refused(413, "the body is too long")
    return await reader.readexactly(int(size))


async def _chunks(reader: StreamReader) -> bytes:
    """A body in chunks, without what follows it."""
    body = bytearray()
    while True:
        line = (await reader.readuntil(b"\r\n")).partition(b";")[0].strip()
        try:
            size = int(line, 16)
        except ValueError:
            raise Refused(400, "the length of a chunk is no number") from None
        if size < 0 or len(body) + size > _BODY_LIMIT:
            raise Refused(413, "the body is too long")
        if size == 0:
            while await reader.readuntil(b"\r\n") != b"\r\n":
                pass
            return bytes(body)
        body += await reader.readexactly(size)
        await reader.readexactly(2)


async def _send(reply: Reply, writer: StreamWriter) -> None:
    """Sends a reply, step by step, each when it is due."""
    if reply.before:
        await asyncio.sleep(reply.before)
    writer.write(_head(reply))
    for step in reply.steps:
        if step.delay:
            await writer.drain()
            await asyncio.sleep(step.delay)
        if step.data:
            writer.write(b"%x\r\n%b\r\n" % (len(step.data), step.data) if reply.streamed else step.data)
            await writer.drain()
    if reply.streamed and not reply.dropped:
        writer.write(b"0\r\n\r\n")
    await writer.drain()


def _head(reply: Reply) -> bytes:
    phrases = {each.value: each.phrase for each in HTTPStatus}
    lines = [f"HTTP/1.1 {reply.status} {phrases.get(reply.status, 'As Planned')}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    if reply.streamed:
        lines.append("transfer-encoding: chunked")
    else:
        length = sum(len(step.data) for step in reply.steps) if reply.length is None else reply.length
        lines.append(f"content-length: {length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
