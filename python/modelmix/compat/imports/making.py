"""An exchange out of another tool's recording as a recording of ours, without secrets."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import accumulate, pairwise

from msgspec.structs import replace
from returns.result import Failure

from modelmix.compat.fixture import Recording, Source, ending
from modelmix.compat.imports.found import Found
from modelmix.compat.redact import clean
from modelmix.compat.scan import find_in
from modelmix.compat.taken import About, Taken, TakenRequest, TakenResponse, recordings, stamp, stem
from modelmix.outcome import Outcome, and_then, mapped
from modelmix.secret import Secret

_ONE_PIECE = "how the network cut the reply is not known: it is one chunk"


def made(found: Found, provider: str, model: str, scenario: str, secrets: Sequence[Secret]) -> Outcome[Recording]:
    """What is kept of an exchange; `SecretFound` where it would hold a secret."""
    about = About(
        origin="imported",
        provider=provider,
        model=model,
        scenario=scenario,
        time=utc(found.time),
        source=Source(
            tool=found.tool,
            path=found.path,
            scenario=found.scenario,
            note="; ".join([note for note in (found.note, "" if found.sizes else _ONE_PIECE) if note]),
            wire=found.wire,
        ),
    )
    secret = find_in(_names(found, provider, model), secrets)
    if secret is not None:
        return Failure(secret)
    kept = and_then(clean(_taken(found), secrets), lambda taken: recordings((taken,), about))
    return mapped(kept, lambda made: made[0] if found.request is not None else _unasked(made[0]))


def _names(found: Found, provider: str, model: str) -> Iterator[tuple[str, str]]:
    """What becomes the name of something: nobody expects a secret there, and it would stand in the names of files."""
    yield "the name of the provider", provider
    yield "the name of the model", model
    yield "the name of the scenario", found.scenario
    yield "the name of the tool", found.tool
    yield "the path of the recording", found.path


def named(recording: Recording, scenario: str) -> Recording:
    """The same recording under another name."""
    fixture = recording.fixture
    file = stem(scenario, fixture.step) + ending(fixture.response.headers)
    return Recording(replace(fixture, scenario=scenario, response=replace(fixture.response, file=file)), recording.body)


def _unasked(recording: Recording) -> Recording:
    """The recording of a reply whose request nobody kept."""
    return Recording(replace(recording.fixture, request=None), recording.body)


def _taken(found: Found) -> Taken:
    # Their bodies are opened, whatever the headers still say.
    headers = {name: value for name, value in found.headers.items() if name != "content-encoding"}
    ends = list(accumulate(found.sizes or (len(found.body),), initial=0))
    pieces = [found.body[start:end] for start, end in pairwise(ends) if end > start]
    return Taken(
        TakenRequest(method=found.method, url=found.url, headers=found.request_headers, body=found.request or b""),
        TakenResponse(status=found.status, headers=headers, chunks=tuple([(0, piece) for piece in pieces])),
    )


def utc(time: str | None) -> str:
    """A time as tools write it, in RFC 3339 or as in mail, in UTC; empty where it cannot be told.

    >>> utc("Fri, 02 Jan 2026 03:04:05 GMT"), utc("2026-01-02T04:04:05.5+01:00"), utc("yesterday")
    ('2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z', '')
    """
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(time or "")
        except ValueError:
            continue
        zoned = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
        return stamp(zoned)
    return ""
