"""The mock on the loopback: a thread with a loop of its own, as many connections at a time as there are."""

import asyncio
import socket
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from typing import Final

from modelmix.testing.mock.conversation import Conversation, Refused
from modelmix.testing.mock.seen import Request
from modelmix.testing.mock.wire import Reply

_BACKLOG: Final = 1024
_BREATH: Final = 0.05
"""Seconds until another connection is looked for, where there is no room for one."""


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
            reader, writer = await asyncio.open_connection(sock=connection)
        except (OSError, asyncio.CancelledError):
            connection.close()
        else:
            await self._held(reader, writer)
        finally:
            self._tasks.discard(task)

    async def _held(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serves a connection until either side ends it."""
        try:
            await self._converse(Conversation(reader, writer))
            writer.close()
            await writer.wait_closed()
        except (OSError, EOFError, asyncio.CancelledError):
            # The client has left, which it may at any time, or the mock ends.
            pass
        except Exception as bug:  # noqa: BLE001 - told by `stop`
            self._problem = bug
        finally:
            writer.transport.abort()

    async def _converse(self, talk: Conversation) -> None:
        """Answers requests until one side has enough."""
        more = True
        while more:
            try:
                request = await talk.request()
            except Refused as cause:
                await talk.send(cause.reply)
                return
            if request is None:
                return
            more = await talk.send(self._answer(request))


def _nothing() -> None:
    """What stops a server that has not begun."""
