"""Ask one thing of a server that may be anything, and take what it answers as it is: for finding out what it speaks."""

import time
from collections.abc import Mapping
from typing import Final

import httpcore
import httpx

from modelmix.endpoint import host_of
from modelmix.errors import Deadline, SentError, TimedOut, Unreachable
from modelmix.inflate import ACCEPTED, Excerpt
from modelmix.mediatype import media_type
from modelmix.node import Node
from modelmix.transport.engine import BadProxyError, Connections, Engine
from modelmix.transport.exchange import FAULTS, set_patience
from modelmix.transport.faults import fault
from modelmix.trial import USER_AGENT, lower

LIMIT: Final = 4 << 20
"""Bytes of an answer that are read; the list of models of the largest gateways has about one million."""

_CONNECT: Final = 10.0


class Inquiry(Node, frozen=True, kw_only=True):
    """One request, with the key among its headers if there is one, and the seconds that all of it may take."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    seconds: float


class Told(Node, frozen=True, kw_only=True):
    """What came back, whatever its status; header names are in lower case. Of the body, the first `LIMIT` bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in lower case."""
        return media_type(self.headers)


def inquire(inquiry: Inquiry, env: Mapping[str, str]) -> Told | SentError:
    """What a server answers, asked once. No redirect is followed: a key stays with the host that it was meant for."""
    until = time.monotonic() + inquiry.seconds
    host = host_of(inquiry.url)
    patience = {**dict.fromkeys(("read", "write", "pool"), inquiry.seconds), "connect": min(_CONNECT, inquiry.seconds)}
    headers = {"user-agent": USER_AGENT, "accept-encoding": ACCEPTED, **inquiry.headers}
    try:
        with httpx.Client(transport=Engine(env, Connections()), trust_env=False) as client:
            request = httpx.Request(
                inquiry.method, inquiry.url, headers=headers, content=inquiry.body, extensions={"timeout": patience}
            )
            response = client.send(request, stream=True, follow_redirects=False)
            try:
                return _read(response, inquiry.seconds, until)
            finally:
                response.close()
    except httpx.InvalidURL as cause:
        return Unreachable(host=host, kind="dns", detail=str(cause))
    except FAULTS as cause:
        return _meaning(cause, host, inquiry.seconds)


def _read(response: httpx.Response, seconds: float, until: float) -> Told | SentError:
    headers = lower(response.headers)
    excerpt = Excerpt(headers, LIMIT)
    set_patience(response, max(0.001, until - time.monotonic()))
    for chunk in response.iter_raw():
        if excerpt.add(chunk):
            break
        if time.monotonic() > until:
            return TimedOut(deadline="total", seconds=seconds)
        set_patience(response, max(0.001, until - time.monotonic()))
    return Told(status=response.status_code, headers=headers, body=excerpt.found)


def _meaning(cause: Exception, host: str, seconds: float) -> SentError:
    if isinstance(cause, BadProxyError):
        return Unreachable(host=host, kind="proxy", detail=f"{cause.error.where} holds {cause.error.detail}")
    if isinstance(cause, httpx.RemoteProtocolError | httpcore.RemoteProtocolError):
        return Unreachable(host=host, kind="other", detail=f"what answers there does not speak HTTP ({cause})")
    limits: dict[Deadline, float] = {"connect": min(_CONNECT, seconds), "write": seconds, "pool": seconds}
    return fault(cause, host=host, phase="headers", waiting=("total", seconds), limits=limits)
