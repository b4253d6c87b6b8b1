"""Fetch a file by its URL. Only commands do that, for what their user names; the library never does."""

import time
from collections.abc import Mapping
from typing import Final

import httpx
from returns.result import Failure, Success

from modelmix.endpoint import is_loopback
from modelmix.errors import BadRequest
from modelmix.outcome import Outcome
from modelmix.transport.engine import Connections, Engine
from modelmix.transport.exchange import FAULTS

LIMIT: Final = 64 << 20
"""The most that is fetched, in bytes."""

_SECONDS: Final = 60.0
_SILENCE: Final = 10.0
_REDIRECTS: Final = 5


def download(url: str, env: Mapping[str, str], *, limit: int = LIMIT) -> Outcome[bytes]:
    """The bytes behind a URL, `limit` of them at most, in a minute at most.

    Only https is spoken, also after a redirect, but to this machine itself. No key and no cookie goes along.
    """
    until = time.monotonic() + _SECONDS
    with httpx.Client(transport=Engine(env, Connections()), trust_env=False, timeout=_SILENCE) as client:
        place = httpx.URL(url)
        for _ in range(_REDIRECTS + 1):
            if place.scheme != "https" and not (place.scheme == "http" and is_loopback(place.host)):
                return _refused(url, "it is no https URL")
            try:
                with client.stream("GET", place, follow_redirects=False) as response:
                    if response.next_request is None:
                        return _body(response, url, until, limit)
                    place = response.next_request.url
            except FAULTS as cause:
                return _refused(url, str(cause) or type(cause).__name__)
    return _refused(url, f"it leads on more than {_REDIRECTS} times")


def _body(response: httpx.Response, url: str, until: float, limit: int) -> Outcome[bytes]:
    if response.status_code != 200:
        return _refused(url, f"the server answers {response.status_code}")
    found = bytearray()
    for piece in response.iter_bytes():
        found += piece
        if len(found) > limit:
            return _refused(url, f"it is larger than {limit >> 20} MiB")
        if time.monotonic() > until:
            return _refused(url, f"it takes longer than {_SECONDS:.0f} seconds")
    return Success(bytes(found))


def _refused(url: str, why: str) -> Failure[BadRequest]:
    return Failure(BadRequest(field="attach", value=url, expected=f"a URL that can be fetched ({why})"))
