"""One client of httpx, made when it is first needed, and what it takes to send a call through it."""

from collections.abc import Mapping

import httpx

from modelmix.endpoint import host_of
from modelmix.errors import BadConfig, Deadline, SentError
from modelmix.inflate import ACCEPTED
from modelmix.reception import Deadlines, Reception
from modelmix.transport.engine import AsyncEngine, BadProxyError, Connections, Engine
from modelmix.transport.faults import ERRORS, fault
from modelmix.transport.patience import AsyncPatientStream, PatientStream
from modelmix.trial import Trial

FAULTS = (*ERRORS, BadProxyError)
"""Everything that sending may raise."""


def client(env: Mapping[str, str], connections: Connections) -> httpx.Client:
    """A client that follows no redirects, reads no settings of its own, and connects only when it must."""
    return httpx.Client(transport=Engine(env, connections), trust_env=False, follow_redirects=False)


def async_client(env: Mapping[str, str], connections: Connections) -> httpx.AsyncClient:
    """As `client`."""
    return httpx.AsyncClient(transport=AsyncEngine(env, connections), trust_env=False, follow_redirects=False)


def request(trial: Trial, deadlines: Deadlines, reception: Reception, now: float) -> httpx.Request:
    """The request of one try. Until the head of the reply is there, reading waits for the first token."""
    call = trial.call
    headers = {"accept-encoding": ACCEPTED, **trial.headers()}
    timeout = {
        "connect": deadlines.connect,
        "write": deadlines.write,
        "pool": deadlines.pool,
        "read": max(reception.waiting(now)[2], 0.001),
    }
    return httpx.Request(call.method, call.url, headers=headers, content=call.body, extensions={"timeout": timeout})


def meaning(
    exception: Exception, trial: Trial, deadlines: Deadlines, reception: Reception, now: float
) -> SentError | BadConfig:
    """What an exception means for the call."""
    if isinstance(exception, BadProxyError):
        return exception.error
    name, length, _ = reception.waiting(now)
    limits: dict[Deadline, float] = {
        "connect": deadlines.connect,
        "write": deadlines.write,
        "pool": deadlines.pool,
    }
    found = fault(
        exception,
        host=host_of(trial.call.url),
        phase=reception.phase,
        waiting=(name, length),
        limits=limits,
    )
    return reception.told(found)


def set_patience(response: httpx.Response, seconds: float | None) -> None:
    """How long the next read of a response may take; a client of the caller's own keeps its own timeout."""
    stream: object = response.extensions.get("network_stream")
    if isinstance(stream, PatientStream | AsyncPatientStream):
        stream.patience = seconds
