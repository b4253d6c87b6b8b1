"""Exceptions of the HTTP libraries as errors of ours; nothing of theirs leaves this room."""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import httpcore
import httpx

from modelmix.compat.fixture import Broken, Fault
from modelmix.errors import Deadline, Dropped, FixtureDrift, Phase, SentError, TimedOut, Unreachable


class DriftError(Exception):
    """A request that is not the recorded one, on its way out of a transport that replays."""

    def __init__(self, error: FixtureDrift) -> None:
        super().__init__(f"{error.where}: {error.path}: recorded {error.recorded}, built {error.built}")
        self.error = error


ERRORS: Final = (
    httpx.HTTPError,
    httpx.StreamError,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    OSError,
    DriftError,
)
"""Everything that sending and receiving may raise."""

_READ_TIMEOUTS: Final = (httpx.ReadTimeout, httpcore.ReadTimeout)
_TIMEOUTS: Final[tuple[tuple[tuple[type[Exception], ...], Deadline], ...]] = (
    ((httpx.ConnectTimeout, httpcore.ConnectTimeout), "connect"),
    ((httpx.WriteTimeout, httpcore.WriteTimeout), "write"),
    ((httpx.PoolTimeout, httpcore.PoolTimeout), "pool"),
)

Waiting: TypeAlias = tuple[Deadline, float]
"""What is being waited for, and for how many seconds at most."""

_Kind: TypeAlias = Literal["dns", "refused", "tls", "reset", "proxy", "other"]


def fault(
    exception: Exception, *, host: str, phase: Phase, waiting: Waiting, limits: dict[Deadline, float]
) -> SentError:
    """What an exception means. `waiting` says which deadline a read timeout stands for."""
    if isinstance(exception, DriftError):
        return exception.error
    if isinstance(exception, _READ_TIMEOUTS):
        return TimedOut(deadline=waiting[0], seconds=waiting[1], phase=phase)
    for kinds, deadline in _TIMEOUTS:
        if isinstance(exception, kinds):
            return TimedOut(deadline=deadline, seconds=limits[deadline], phase="connect")
    if phase in {"first_token", "mid_stream"}:
        return Dropped(detail=str(exception), phase=phase)
    return Unreachable(host=host, kind=_kind(exception), detail=_root(exception), phase=phase)


def broken_by(exception: Exception, ms: int, *, begun: bool) -> Broken:
    """What a recording keeps of an exception that ended a reply, of which with `begun` the head had come."""
    if isinstance(exception, _READ_TIMEOUTS):
        return Broken("read_timeout", ms, str(exception))
    for kinds, deadline in _TIMEOUTS:
        if isinstance(exception, kinds):
            return Broken(_RECORDED_TIMEOUTS[deadline], ms, str(exception))
    kind = _kind(exception)
    return Broken(kind, ms, str(exception) if begun else _root(exception))


def exception_of(broken: Broken) -> Exception:
    """An exception that means what the recorded one meant."""
    if broken.fault in _CAUSES:
        raised = httpx.ConnectError(broken.detail)
        raised.__cause__ = _CAUSES[broken.fault](broken.detail)
        return raised
    return _EXCEPTIONS[broken.fault](broken.detail)


_RECORDED_TIMEOUTS: Final[Mapping[Deadline, Fault]] = MappingProxyType(
    {"connect": "connect_timeout", "write": "write_timeout", "pool": "pool_timeout"}
)

_CAUSES: Final[Mapping[Fault, Callable[[str], OSError]]] = MappingProxyType(
    {
        "dns": socket.gaierror,
        "refused": ConnectionRefusedError,
        # Without a number, it would tell its words as a tuple.
        "tls": lambda detail: ssl.SSLCertVerificationError(1, detail),
    }
)

_EXCEPTIONS: Final[Mapping[Fault, type[httpx.TransportError]]] = MappingProxyType(
    {
        "proxy": httpx.ProxyError,
        "reset": httpx.ReadError,
        "connect_timeout": httpx.ConnectTimeout,
        "write_timeout": httpx.WriteTimeout,
        "pool_timeout": httpx.PoolTimeout,
        "read_timeout": httpx.ReadTimeout,
        "other": httpx.TransportError,
        "left": httpx.ReadError,
    }
)


def _kind(exception: Exception) -> _Kind:
    causes = tuple(_causes(exception))
    if any(isinstance(cause, httpx.ProxyError | httpcore.ProxyError) for cause in causes):
        return "proxy"
    for cause in causes:
        match cause:
            case socket.gaierror():
                return "dns"
            case ssl.SSLCertVerificationError():
                return "tls"
            case ConnectionRefusedError():
                return "refused"
            case _:
                continue
    broken = (httpx.RemoteProtocolError, httpcore.RemoteProtocolError, httpx.ReadError, httpcore.ReadError)
    return "reset" if isinstance(exception, (*broken, ssl.SSLError, ConnectionError)) else "other"


def _causes(exception: BaseException) -> Iterator[BaseException]:
    """The exception and all that led to it."""
    seen: BaseException | None = exception
    while seen is not None:
        yield seen
        # Several addresses may have been tried; each failure is in the group.
        members: tuple[BaseException, ...] = getattr(seen, "exceptions", ())
        for member in members:
            yield from _causes(member)
        seen = seen.__cause__ or seen.__context__


def _root(exception: Exception) -> str:
    """The words of the innermost cause that has any."""
    words = [str(cause) for cause in _causes(exception) if str(cause)]
    return words[-1] if words else type(exception).__name__
