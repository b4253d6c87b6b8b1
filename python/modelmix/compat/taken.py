"""One exchange as it went over the wire, before anything is kept of it; and what is kept of it in the end."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import Raw
from returns.result import Failure, Success

from modelmix.compat.fixture import (
    Broken,
    Fixture,
    Origin,
    RecordedRequest,
    RecordedResponse,
    Recording,
    Source,
    ending,
    name_of,
)
from modelmix.compat.slug import slug
from modelmix.errors import BadFixture
from modelmix.jsonvalue import parse
from modelmix.node import Node
from modelmix.outcome import Outcome, collect
from modelmix.version import VERSION


class TakenRequest(Node, frozen=True, kw_only=True):
    """A request as it was sent, its key among the headers; their names are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class TakenResponse(Node, frozen=True, kw_only=True):
    """What came back: bytes as they came, `(milliseconds since the request, bytes)` each, no encoding undone."""

    status: int
    """0 where not even a head came."""
    headers: Mapping[str, str]
    chunks: tuple[tuple[int, bytes], ...]
    broke: Broken | None = None
    """None where it came to its end."""

    @property
    def body(self) -> bytes:
        """All chunks."""
        return b"".join([data for _, data in self.chunks])


class Taken(Node, frozen=True):
    """One exchange."""

    request: TakenRequest
    response: TakenResponse


class About(Node, frozen=True, kw_only=True):
    """What a recording says besides the exchange. `time` is that of recording, as RFC 3339 in UTC."""

    origin: Origin
    provider: str
    model: str
    scenario: str
    time: str
    source: Source | None = None


def stamp(at: datetime) -> str:
    """A moment with its zone as RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> str:
    """The present moment, as recordings and reports tell it."""
    return stamp(datetime.now(UTC))


def recordings(takes: Sequence[Taken], about: About) -> Outcome[tuple[Recording, ...]]:
    """What is kept of the exchanges of a scenario, in their order. They have been cleaned of secrets before."""
    return collect(_recording(taken, about, step) for step, taken in enumerate(takes, start=1))


def compact(body: bytes) -> bytes:
    """A JSON document without white space between its tokens; of no bytes at all, `null`.

    Raises
    ------
    ValueError
        When it is no JSON.
    """
    try:
        return msgspec.json.format(body or b"null", indent=-1)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise ValueError(str(cause)) from cause


def digest(content: bytes) -> str:
    """The sha256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def stem(scenario: str, step: int) -> str:
    """What the files of an exchange are called, without their endings; no two exchanges share one.

    >>> stem("greeting/short", 2)
    'greeting%2fshort.2'
    """
    # A dot would let `a.2` be taken for the second exchange of `a`.
    return name_of(slug(scenario, dots=False), step)


def model_of(request: TakenRequest) -> str:
    """The model that was asked, as far as the request says: in its body, or Google's in its URL."""
    try:
        body = parse(request.body)
    except ValueError:
        return ""
    named = body.get("model") if isinstance(body, dict) else None
    in_path = request.url.partition("/models/")[2].partition(":")[0]
    return named if isinstance(named, str) else in_path


def _recording(taken: Taken, about: About, step: int) -> Outcome[Recording]:
    name = name_of(about.scenario, step)
    request, response = taken.request, taken.response
    try:
        body = compact(request.body)
    except ValueError as cause:
        return Failure(BadFixture(where=name, detail=f"the body of its request is no JSON: {cause}"))
    fixture = Fixture(
        origin=about.origin,
        provider=about.provider,
        model=about.model,
        scenario=about.scenario,
        step=step,
        library=VERSION,
        time=about.time,
        request=RecordedRequest(
            method=request.method, url=request.url, headers=request.headers, body=Raw(body), sha256=digest(body)
        ),
        response=RecordedResponse(
            status=response.status,
            headers=response.headers,
            file=stem(about.scenario, step) + ending(response.headers),
            sha256=digest(response.body),
            chunks=tuple((at, len(data)) for at, data in response.chunks),
            broke=response.broke,
        ),
        source=about.source,
    )
    return Success(Recording(fixture, response.body))
