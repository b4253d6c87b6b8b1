"""Both clients, recorded and replayed alike."""

import socket
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import NoReturn, Unpack
from unittest.mock import patch

import httpx
from msgspec.structs import replace

from e2e.doors import AsyncDoor, BlockingDoor, Entrance, Setup
from modelmix import Deadlines, Event, Failed, MixError, Outcome, Policy, Response
from modelmix.compat.fixture import Recording
from modelmix.compat.playback import Playback
from modelmix.compat.redact import clean_all
from modelmix.compat.taken import About, recordings
from modelmix.errors import Attempt, Sent
from modelmix.outcome import either
from modelmix.transport.tape import Tape, arecording, areplaying, recording, replaying


class _RecordingDoor(AsyncDoor):
    """Closes what it sends through in the loop that its connections were made in."""

    def __init__(self, http: httpx.AsyncClient, **setup: Unpack[Setup]) -> None:
        super().__init__(http=http, **setup)
        self._http = http

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._run(self._http.aclose)
        super().__exit__(kind, value, traceback)


@contextmanager
def recorded_by(
    entrance: Entrance, tape: Tape, policy: Policy, deadlines: Deadlines | None = None
) -> Generator[BlockingDoor | AsyncDoor]:
    """A client that records."""
    waits = deadlines or Deadlines()
    if entrance is BlockingDoor:
        with recording({}, tape) as http, BlockingDoor(http=http, policy=policy, deadlines=waits) as door:
            yield door
        return
    with _RecordingDoor(http=arecording({}, tape), policy=policy, deadlines=waits) as adoor:
        yield adoor


def replayed_by(
    entrance: Entrance,
    source: Sequence[Recording] | Playback,
    policy: Policy,
    deadlines: Deadlines | None = None,
    *,
    pace: bool = False,
) -> BlockingDoor | AsyncDoor:
    """A client that replays; what it sends through has nothing to close."""
    waits = deadlines or Deadlines()
    if entrance is BlockingDoor:
        return BlockingDoor(http=replaying(source, pace=pace), policy=policy, deadlines=waits)
    return AsyncDoor(http=areplaying(source, pace=pace), policy=policy, deadlines=waits)


def kept(tape: Tape) -> tuple[Recording, ...]:
    """What is kept of a tape."""
    about = About(origin="live", provider="openai", model="gpt-4o", scenario="taped", time="2026-01-02T03:04:05Z")
    return recordings(clean_all(tape.taken, ()).unwrap(), about).unwrap()


@contextmanager
def no_network() -> Generator[None]:
    """No socket connects, none resolves a name, none is made but those that an event loop talks to itself with."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a socket was used")

    with (
        patch.object(socket.socket, "connect", refuse),
        patch.object(socket.socket, "connect_ex", refuse),
        patch.object(socket, "getaddrinfo", refuse),
        patch.object(socket, "create_connection", refuse),
    ):
        yield


def timeless(outcome: Outcome[Response]) -> MixError | Response:
    """What came of a call, without what is another each time: times, waits, and the words of a broken connection."""
    return either(outcome, _untimed, _untold)


def timeless_events(events: Sequence[Event]) -> list[Event]:
    """The events, without times in the last of them."""
    return [Failed(_untold(event.error)) if isinstance(event, Failed) else event for event in events]


def _untimed(response: Response) -> Response:
    return replace(response, timing=None, request_id=None)


def _untold(error: MixError) -> MixError:
    if not isinstance(error, Sent):
        return error
    attempts = tuple(Attempt(why=each.why, status=each.status) for each in error.attempts)
    partial = None if error.partial is None else _untimed(error.partial)
    changed = replace(error, attempts=attempts, partial=partial, request_id=None)
    assert isinstance(changed, MixError)
    return changed
