"""Exceptions of the HTTP libraries as errors of ours; nothing of theirs leaves this room."""

import socket
import ssl
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

import httpcore
import httpx

from modelmix.errors import Deadline, Dropped, Phase, SentError, TimedOut, Unreachable

ERRORS: Final = (
    httpx.HTTPError,
    httpx.StreamError,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    OSError,
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
    if isinstance(exception, _READ_TIMEOUTS):
        return TimedOut(deadline=waiting[0], seconds=waiting[1], phase=phase)
    for kinds, deadline in _TIMEOUTS:
        if isinstance(exception, kinds):
            return TimedOut(deadline=deadline, seconds=limits[deadline], phase="connect")
    if phase in {"first_token", "mid_stream"}:
        return Dropped(detail=str(exception), phase=phase)
    return Unreachable(host=host, kind=_kind(exception), detail=_root(exception), phase=phase)


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
