"""What sending takes in both ways: the request, and the meaning of what goes wrong."""

import time
from collections.abc import Callable

import httpx

from modelmix.endpoint import host_of
from modelmix.errors import Deadline, SentError, Unreachable
from modelmix.inflate import ACCEPTED
from modelmix.reception import Deadlines, Reception
from modelmix.transport.engine import BadProxyError
from modelmix.transport.faults import ERRORS, fault
from modelmix.transport.patience import AsyncPatientStream, PatientStream
from modelmix.trial import Trial

FAULTS = (*ERRORS, BadProxyError)
"""Everything that sending and receiving may raise."""


def request_of(trial: Trial, deadlines: Deadlines, reception: Reception) -> httpx.Request:
    """The request of one try. Until the head of the reply is there, reading waits for the first token."""
    call = trial.call
    headers = {"accept-encoding": ACCEPTED, **trial.headers()}
    timeout = {
        "connect": deadlines.connect,
        "write": deadlines.write,
        "pool": deadlines.pool,
        "read": reception.patience(time.monotonic()),
    }
    return httpx.Request(call.method, call.url, headers=headers, content=call.body, extensions={"timeout": timeout})


def meaning(trial: Trial, deadlines: Deadlines, reception: Reception) -> Callable[[Exception], SentError]:
    """What turns an exception into an error that says what it means for this try."""
    limits: dict[Deadline, float] = {
        "connect": deadlines.connect,
        "write": deadlines.write,
        "pool": deadlines.pool,
    }
    host = host_of(trial.call.url)

    def told(exception: Exception) -> SentError:
        if isinstance(exception, BadProxyError):
            detail = f"{exception.error.where} holds {exception.error.detail}"
            return reception.told(Unreachable(host=host, kind="proxy", detail=detail, phase="connect"))
        name, length, _ = reception.waiting(time.monotonic())
        found = fault(exception, host=host, phase=reception.phase, waiting=(name, length), limits=limits)
        return reception.told(found)

    return told


def set_patience(response: httpx.Response, seconds: float | None) -> None:
    """How long the next read of a response may take; a client of the caller's own keeps its own timeout."""
    stream: object = response.extensions.get("network_stream")
    if isinstance(stream, PatientStream | AsyncPatientStream):
        stream.patience = seconds
