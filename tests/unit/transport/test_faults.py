"""Exceptions of the HTTP libraries as errors of ours: which one, by its cause and by how far the call had come."""

import socket
import ssl
from typing import Final, get_args

import httpcore
import httpx
import pytest

from modelmix.compat.fixture import Broken, Fault
from modelmix.errors import Deadline, Dropped, MixError, Phase, TimedOut, Unreachable
from modelmix.transport.faults import ERRORS, broken_by, exception_of, fault

LIMITS: Final[dict[Deadline, float]] = {"connect": 10.0, "write": 60.0, "pool": 5.0}


def because(exception: Exception, cause: BaseException) -> Exception:
    exception.__cause__ = cause
    return exception


REFUSED: Final = ConnectionRefusedError(111, "Connection refused")
UNTRUSTED: Final = ssl.SSLCertVerificationError(1, "self-signed certificate")

FAULTS: dict[str, tuple[Exception, Phase, MixError]] = {
    "a read timeout is the deadline that ran": (
        httpx.ReadTimeout("x"),
        "headers",
        TimedOut(deadline="first_token", seconds=300.0, phase="headers"),
    ),
    "a read timeout in the midst of it": (
        httpcore.ReadTimeout("x"),
        "mid_stream",
        TimedOut(deadline="first_token", seconds=300.0, phase="mid_stream"),
    ),
    "a connect timeout": (
        httpcore.ConnectTimeout("x"),
        "headers",
        TimedOut(deadline="connect", seconds=10.0, phase="connect"),
    ),
    "a write timeout": (httpx.WriteTimeout("x"), "headers", TimedOut(deadline="write", seconds=60.0, phase="connect")),
    "a full pool": (httpcore.PoolTimeout("x"), "headers", TimedOut(deadline="pool", seconds=5.0, phase="connect")),
    "no such host": (
        because(httpcore.ConnectError("x"), socket.gaierror(-2, "Name or service not known")),
        "headers",
        Unreachable(host="h", kind="dns", detail="[Errno -2] Name or service not known", phase="headers"),
    ),
    "nothing listens": (
        because(httpcore.ConnectError("All connection attempts failed"), REFUSED),
        "headers",
        Unreachable(host="h", kind="refused", detail="[Errno 111] Connection refused", phase="headers"),
    ),
    "nothing listens at several addresses": (
        because(httpcore.ConnectError("x"), ExceptionGroup("all failed", [OSError("a"), REFUSED])),
        "headers",
        Unreachable(host="h", kind="refused", detail="[Errno 111] Connection refused", phase="headers"),
    ),
    "a certificate that is not trusted": (
        because(httpcore.ConnectError("x"), UNTRUSTED),
        "headers",
        Unreachable(host="h", kind="tls", detail=str(UNTRUSTED), phase="headers"),
    ),
    "a proxy that says no": (
        httpcore.ProxyError("407 Proxy Authentication Required"),
        "headers",
        Unreachable(host="h", kind="proxy", detail="407 Proxy Authentication Required", phase="headers"),
    ),
    "hung up before the reply": (
        httpcore.RemoteProtocolError("Server disconnected"),
        "headers",
        Unreachable(host="h", kind="reset", detail="Server disconnected", phase="headers"),
    ),
    "hung up in the midst of it": (
        httpcore.RemoteProtocolError("peer closed connection"),
        "mid_stream",
        Dropped(detail="peer closed connection", phase="mid_stream"),
    ),
    "hung up after the head": (httpx.ReadError("reset"), "first_token", Dropped(detail="reset", phase="first_token")),
    "something else": (
        httpcore.UnsupportedProtocol("no"),
        "headers",
        Unreachable(host="h", kind="other", detail="no", phase="headers"),
    ),
    "something else without words": (
        httpcore.NetworkError(),
        "headers",
        Unreachable(host="h", kind="other", detail="NetworkError", phase="headers"),
    ),
}


@pytest.mark.parametrize(("exception", "phase", "expected"), FAULTS.values(), ids=FAULTS)
def test_an_exception_becomes_an_error(exception: Exception, phase: Phase, expected: MixError) -> None:
    found = fault(exception, host="h", phase=phase, waiting=("first_token", 300.0), limits=LIMITS)
    assert found == expected


@pytest.mark.parametrize(("exception", "phase", "expected"), FAULTS.values(), ids=FAULTS)
def test_an_exception_means_the_same_when_it_is_replayed(
    exception: Exception, phase: Phase, expected: MixError
) -> None:
    kept = broken_by(exception, 5, begun=phase in {"first_token", "mid_stream"})
    again = fault(exception_of(kept), host="h", phase=phase, waiting=("first_token", 300.0), limits=LIMITS)
    assert again == expected
    assert kept.ms == 5


def test_a_reply_that_was_left_breaks_off() -> None:
    left = exception_of(Broken("left", 1, "no further"))
    found = fault(left, host="h", phase="mid_stream", waiting=("idle", 1.0), limits=LIMITS)
    assert found == Dropped(detail="no further", phase="mid_stream")


@pytest.mark.parametrize("kind", get_args(Fault))
def test_every_fault_can_be_replayed(kind: Fault) -> None:
    assert isinstance(exception_of(Broken(kind, 1, "detail")), ERRORS)


ALL = [*vars(httpx).values(), *vars(httpcore).values()]
RAISED = [each for each in ALL if isinstance(each, type) and issubclass(each, Exception)]
# Mistakes in a program, which are to raise.
MISTAKES = {"InvalidURL", "CookieConflict", "LocalProtocolError"}


@pytest.mark.parametrize("kind", RAISED, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_exception_of_the_libraries_is_caught(kind: type[Exception]) -> None:
    assert issubclass(kind, ERRORS) or kind.__name__ in {*MISTAKES, "ConnectionNotAvailable"}
