"""Fetch a document by its URL: for commands, which do what their user says; the library never does."""

import time
from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias

import httpx
from returns.result import Failure, Success

from modelmix.endpoint import is_loopback
from modelmix.errors import Deadline, FetchFailed, TimedOut
from modelmix.explanation import explain
from modelmix.inflate import Inflater, inflater
from modelmix.mediatype import media_type
from modelmix.node import Node
from modelmix.outcome import Outcome
from modelmix.transport.engine import BadProxyError, Connections, Engine
from modelmix.transport.exchange import FAULTS, set_patience
from modelmix.transport.faults import fault
from modelmix.version import VERSION

Progress: TypeAlias = Callable[[int, int], None]
"""Told the bytes that have come, and those of the whole, 0 where nobody says."""

LIMIT: Final = 64 << 20
"""The most that is taken, in bytes, unpacked."""

_SILENCE: Final = 10.0
_REDIRECTS: Final = 5
_CHECK: Final = "Check the address, your network and your proxy"


class Document(Node, frozen=True, kw_only=True):
    """What was fetched; no data where it is still what had the tag that was told."""

    data: bytes | None
    media_type: str = ""
    etag: str | None = None


class Errand(Node, frozen=True, kw_only=True):
    """What to fetch, within how many seconds and bytes; `etag` is that of what is here already."""

    url: str
    seconds: float
    etag: str | None = None
    limit: int = LIMIT

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of each request. No key and no cookie goes along."""
        common = {
            "accept-encoding": "gzip",
            "accept": "application/json, */*;q=0.5",
            "user-agent": f"modelmix/{VERSION}",
        }
        return common if self.etag is None else {**common, "if-none-match": self.etag}


def fetch(errand: Errand, env: Mapping[str, str], progress: Progress | None = None) -> Outcome[Document]:
    """What is behind a URL.

    Only https is spoken, but to this machine itself, and redirects lead to https or stay on this machine. What is
    compressed in another way than was asked for is refused, unread.
    """
    until = time.monotonic() + errand.seconds
    place, came_from = errand.url, ""
    with httpx.Client(transport=Engine(env, Connections()), trust_env=False) as client:
        for _ in range(_REDIRECTS + 1):
            try:
                url = httpx.URL(place)
            except httpx.InvalidURL as cause:
                return refused(errand.url, f"it is no URL: {cause}")
            if not _is_fit(url, came_from):
                return refused(errand.url, "it is no https URL")
            found = _visit(client, url, errand, until, progress or _silent)
            if not isinstance(found, str):
                return found
            place, came_from = found, url.host
    return refused(errand.url, f"it leads on more than {_REDIRECTS} times", "network")


def refused(url: str, why: str, kind: Literal["network", "data"] = "data") -> Failure[FetchFailed]:
    """What was not fetched, as an error."""
    return Failure(FetchFailed(source=url, why=why, hint=_CHECK, kind=kind))


def _silent(_done: int, _whole: int) -> None:
    """Nobody watches."""


def _is_fit(url: httpx.URL, came_from: str) -> bool:
    plain = url.scheme == "http" and is_loopback(url.host) and came_from in {"", url.host}
    return bool(url.host) and (url.scheme == "https" or plain)


def _visit(
    client: httpx.Client, url: httpx.URL, errand: Errand, until: float, progress: Progress
) -> Outcome[Document] | str:
    """What is there, or where it leads on to."""
    request = httpx.Request("GET", url, headers=errand.headers, extensions={"timeout": _timeout(until)})
    try:
        response = client.send(request, stream=True, follow_redirects=False)
        try:
            if response.next_request is not None:
                return str(response.next_request.url)
            return _document(response, errand, until, progress)
        finally:
            response.close()
    except FAULTS as cause:
        late = time.monotonic() >= until
        return refused(errand.url, _late(errand.seconds) if late else _told(cause, url.host), "network")


def _timeout(until: float) -> Mapping[str, float]:
    return dict.fromkeys(("connect", "read", "write", "pool"), _patience(until))


def _patience(until: float) -> float:
    return max(0.001, min(_SILENCE, until - time.monotonic()))


def _document(response: httpx.Response, errand: Errand, until: float, progress: Progress) -> Outcome[Document]:
    if response.status_code == 304 and errand.etag is not None:
        return Success(Document(data=None, etag=errand.etag))
    if response.status_code != 200:
        return refused(errand.url, f"the server answers {response.status_code}", "network")
    opener, encoding = inflater(response.headers), response.headers.get("content-encoding", "identity").strip().lower()
    if opener is None and encoding not in {"", "identity"}:
        return refused(errand.url, f"it is compressed as {encoding[:40]!a}, which was not asked for")
    data = _body(response, errand, until, opener, progress)
    if isinstance(data, Failure):
        return data
    return Success(
        Document(data=data.unwrap(), media_type=media_type(response.headers), etag=response.headers.get("etag"))
    )


def _body(
    response: httpx.Response, errand: Errand, until: float, opener: Inflater | None, progress: Progress
) -> Outcome[bytes]:
    found, came = bytearray(), 0
    length = response.headers.get("content-length", "")
    whole = int(length) if length.isascii() and length.isdecimal() else 0
    set_patience(response, _patience(until))
    for chunk in response.iter_raw():
        came += len(chunk)
        progress(came, whole)
        try:
            for piece in (chunk,) if opener is None else opener.pieces(chunk):
                found += piece
                if len(found) > errand.limit:
                    return refused(errand.url, f"it is larger than {errand.limit >> 20} MiB")
        except ValueError as cause:
            return refused(errand.url, f"it cannot be unpacked: {cause}")
        if time.monotonic() > until:
            return refused(errand.url, _late(errand.seconds), "network")
        set_patience(response, _patience(until))
    return Success(bytes(found))


def _late(seconds: float) -> str:
    return explain(TimedOut(deadline="total", seconds=seconds)).summary


def _told(cause: Exception, host: str) -> str:
    """What an exception of the HTTP libraries means, in words."""
    if isinstance(cause, BadProxyError):
        return f"{cause.error.where} holds {cause.error.detail}"
    limits: dict[Deadline, float] = dict.fromkeys(("connect", "write", "pool"), _SILENCE)
    return explain(fault(cause, host=host, phase="headers", waiting=("idle", _SILENCE), limits=limits)).summary
