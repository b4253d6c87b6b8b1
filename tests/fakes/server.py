"""A raw-socket server on the loopback that plays a schedule: a reply a request, fault by fault.

Nothing here knows the code under test. Every wait is bounded, and leaving the context ends all threads.
"""

import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, TypeAlias

from fakes.replies import Reply, Step

_LONGEST: Final = 15.0
"""Seconds that any wait here takes at most."""

_HEAD_LIMIT: Final = 1 << 20
_LINGER_NOT: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Request:
    """One request as it came; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float


Script: TypeAlias = Reply | Sequence[Reply] | Callable[[Request], Reply]
"""A reply for every request, one after another (the last again and again), or one made for the request."""


class FaultServer:
    """Listens while it is entered; `url` is a base URL for clients.

    `requests` holds what came, `connections` counts how often somebody connected, `left` how often a client closed its
    connection in the midst of a reply.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._closed = threading.Condition(self._lock)
        self._left = threading.Semaphore(0)
        self._silent = threading.Semaphore(0)
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._bugs: list[BaseException] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[Request] = []
        self.connections = 0

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    def falls_quiet(self, within: float) -> bool:
        """Whether all connections are closed, within some seconds."""
        with self._lock:
            return self._closed.wait_for(lambda: not self._open, within)

    def is_silent(self, within: float) -> bool:
        """Whether a reply has come to where it stalls, within some seconds; each counts once."""
        return self._silent.acquire(timeout=within)

    def was_left(self, within: float) -> bool:
        """Whether a client closes a connection in the midst of a reply, within some seconds; each counts once."""
        return self._left.acquire(timeout=within)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ending.set()
        # A listener that is only closed leaves its thread in accept().
        with socket.socket() as knock:
            knock.settimeout(1)
            knock.connect_ex(("127.0.0.1", self.port))
        self._listener.close()
        with self._lock:
            for connection in self._open:
                _shut(connection)
            threads = tuple(self._threads)
        for thread in threads:
            thread.join(5)
        assert not any(thread.is_alive() for thread in threads), "a thread of the fake server does not end"
        assert not self._bugs, self._bugs

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=self._guarded, args=(work, *arguments), daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()

    def _guarded(self, work: Callable[..., None], *arguments: object) -> None:
        try:
            work(*arguments)
        except OSError:
            # The other side has gone, or this server has: either is part of a test.
            pass
        except BaseException as bug:  # noqa: BLE001 - shown by the thread that runs the test
            self._bugs.append(bug)

    def _accept(self) -> None:
        while not self._ending.is_set():
            connection, _ = self._listener.accept()
            if self._ending.is_set():
                connection.close()
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(_LONGEST)
            with self._lock:
                self._open.add(connection)
                self.connections += 1
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            rest = b""
            while not self._ending.is_set():
                request, rest = _read_request(connection, rest)
                if request is None or not self._play(self._reply_to(request), connection):
                    return
        finally:
            with self._lock:
                self._open.discard(connection)
                self._closed.notify_all()
            connection.close()

    def _reply_to(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            turn = len(self.requests) - 1
        script = self._script
        if isinstance(script, Reply):
            return script
        return script(request) if callable(script) else script[min(turn, len(script) - 1)]

    def _play(self, reply: Reply, connection: socket.socket) -> bool:
        """Sends a reply; whether the connection is good for another request."""
        try:
            self._wait(connection, reply.before)
            connection.sendall(reply.head)
            going = all(self._take(step, reply, connection) for step in reply.steps)
            if going:
                connection.sendall(reply.tail)
        except OSError:
            if not self._ending.is_set():
                self._left.release()
            raise
        return going and reply.framing in {"length", "chunked"} and not reply.short

    def _take(self, step: Step, reply: Reply, connection: socket.socket) -> bool:
        """Plays a step; whether there may be another."""
        self._wait(connection, step.delay)
        if step.data:
            connection.sendall(reply.framed(step.data))
        match step.action:
            case "go_on":
                return True
            case "stall":
                self._silent.release()
                self._wait(connection, _LONGEST)
            case "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            case "half_close":
                connection.shutdown(socket.SHUT_WR)
                self._wait(connection, _LONGEST)
            case "close":
                pass
        return False

    def _wait(self, connection: socket.socket, seconds: float) -> None:
        """Waits, but not for a client that has closed its side."""
        if seconds <= 0:
            return
        readable, _, _ = select.select([connection], [], [], min(seconds, _LONGEST))
        if readable and not connection.recv(1, socket.MSG_PEEK):
            raise ConnectionAbortedError("the client has left")


def _read_request(connection: socket.socket, rest: bytes) -> tuple[Request | None, bytes]:
    """The next request, and what was read beyond it; None at the end."""
    data = rest
    while b"\r\n\r\n" not in data:
        piece = connection.recv(1 << 16)
        if not piece or len(data) > _HEAD_LIMIT:
            return None, b""
        data += piece
    head, _, data = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    size = int(headers.get("content-length", "0"))
    pieces, have = [data], len(data)
    while have < size:
        pieces.append(connection.recv(1 << 16))
        if not pieces[-1]:
            return None, b""
        have += len(pieces[-1])
    data = b"".join(pieces)
    return Request(method, path, headers, data[:size], time.monotonic()), data[size:]


def _shut(connection: socket.socket) -> None:
    """Wakes whoever waits for a connection."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class DeafListener:
    """A port that takes connections up to its backlog and never reads from one.

    With `room` for none, the system leaves further ones without an answer, as a network does that drops packets.
    """

    def __init__(self, *, room: bool) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=16 if room else 0)
        self._fillers: list[socket.socket] = []
        address = self._listener.getsockname()
        self.url = f"http://127.0.0.1:{address[1]}/v1"
        while not room and len(self._fillers) < 8:
            filler = socket.socket()
            filler.settimeout(0)
            filler.connect_ex(address)
            self._fillers.append(filler)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for open_socket in (*self._fillers, self._listener):
            open_socket.close()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
