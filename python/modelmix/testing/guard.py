"""Keep the network out of a test that replays: a client that nobody replays fails instead of asking somebody."""

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final, Literal, NoReturn, TypeAlias

from modelmix.compat.playback import Playback
from modelmix.endpoint import is_loopback
from modelmix.transport.engine import AsyncEngine, Engine
from modelmix.transport.faults import DriftError

if TYPE_CHECKING:
    import httpx

Guard: TypeAlias = Literal["clients", "sockets", "none"]
"""Who is refused the network: every client of modelmix, or besides every socket of the process that would lead off
this machine, or nobody."""


class NetworkRefusedError(RuntimeError):
    """Something would have left this machine while a test replays."""


class _Replacement:
    """An attribute of a class that is another one while anybody wants it so; they come and go in any order."""

    def __init__(self, owner: type, name: str, other: Callable[..., object]) -> None:
        self._owner = owner
        self._name = name
        self._other = other
        self._own: Callable[..., object] | None = None
        self._users = 0
        self._lock = threading.Lock()

    @contextmanager
    def held(self) -> Generator[None]:
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._own = vars(self._owner).get(self._name)
                setattr(self._owner, self._name, self._other)
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0:
                    self._restore()

    def _restore(self) -> None:
        if self._own is None:
            # It was inherited.
            delattr(self._owner, self._name)
        else:
            setattr(self._owner, self._name, self._own)


_told: Final[list[Playback]] = []
"""Who learns of a client that was refused: those who replay at the moment."""


@contextmanager
def guarded(playback: Playback, guard: Guard) -> Generator[None]:
    """Refuses the network for as long as the block takes."""
    with ExitStack() as stack:
        if guard != "none":
            _told.append(playback)
            stack.callback(_told.remove, playback)
            for replacement in _CLIENTS if guard == "clients" else (*_CLIENTS, *_SOCKETS):
                stack.enter_context(replacement.held())
        yield


def _refuse(_: Engine, request: "httpx.Request") -> NoReturn:
    raise DriftError(_told[-1].refuse(request.method, str(request.url)))


async def _arefuse(_: AsyncEngine, request: "httpx.Request") -> NoReturn:
    raise DriftError(_told[-1].refuse(request.method, str(request.url)))


_connect: Final = socket.socket.connect
_connect_ex: Final = socket.socket.connect_ex

_Address: TypeAlias = tuple[object, ...] | str | bytes


def _connect_here(own: socket.socket, address: _Address) -> None:
    _check(address)
    _connect(own, address)


def _connect_ex_here(own: socket.socket, address: _Address) -> int:
    _check(address)
    return _connect_ex(own, address)


def _check(address: _Address) -> None:
    """Lets pass what stays on this machine: loopback, and sockets in the file system."""
    host = address[0] if isinstance(address, tuple) else None
    if isinstance(host, str) and not is_loopback(host):
        raise NetworkRefusedError(f"a test that replays may not connect to {host}")


_CLIENTS: Final = (
    _Replacement(Engine, "handle_request", _refuse),
    _Replacement(AsyncEngine, "handle_async_request", _arefuse),
)
_SOCKETS: Final = (
    _Replacement(socket.socket, "connect", _connect_here),
    _Replacement(socket.socket, "connect_ex", _connect_ex_here),
)
