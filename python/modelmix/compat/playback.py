"""The recorded exchanges of one scenario as they are asked for again: each is used once."""

import threading
from collections.abc import Sequence

from modelmix.compat.compare import NOTHING, difference
from modelmix.compat.fixture import Recording, name_of
from modelmix.compat.redact import clean_url
from modelmix.compat.taken import TakenRequest
from modelmix.errors import FixtureDrift


class Playback:
    """Gives the recorded reply to a request that is the recorded one; may be asked by several threads.

    Requests that differ from one another may come in any order, as they do from a program that sends several at once.
    """

    def __init__(self, recordings: Sequence[Recording]) -> None:
        self._lock = threading.Lock()
        self._name = recordings[0].fixture.scenario if recordings else "no recording at all"
        self._left = list(recordings)
        self._drifts: list[FixtureDrift] = []
        self._asked = 0

    @property
    def left(self) -> tuple[Recording, ...]:
        """Those that nobody has asked for yet."""
        with self._lock:
            return tuple(self._left)

    @property
    def drifts(self) -> tuple[FixtureDrift, ...]:
        """Requests that were not the recorded ones."""
        with self._lock:
            return tuple(self._drifts)

    def take(self, request: TakenRequest) -> Recording | FixtureDrift:
        """The first recording left of this request; else where it differs from the first one left."""
        with self._lock:
            self._asked += 1
            for at, recording in enumerate(self._left):
                recorded = recording.fixture.request
                if recorded is None or difference(recorded, request) is None:
                    return self._left.pop(at)
            drift = self._drift(request)
            self._drifts.append(drift)
            return drift

    def refuse(self, method: str, url: str) -> FixtureDrift:
        """A request of a client that is not replayed at all."""
        built = f"{method} {clean_url(url)}, through a client of its own: give it `http=` of what is replayed"
        drift = FixtureDrift(where=self._name, path="the client", recorded="the client that is replayed", built=built)
        with self._lock:
            self._drifts.append(drift)
        return drift

    def _drift(self, request: TakenRequest) -> FixtureDrift:
        for recording in self._left[:1]:
            fixture = recording.fixture
            found = None if fixture.request is None else difference(fixture.request, request)
            if found is not None:
                where = name_of(fixture.scenario, fixture.step)
                return FixtureDrift(where=where, path=found.path, recorded=found.recorded, built=found.built)
        built = f"{request.method} {clean_url(request.url)}"
        return FixtureDrift(where=self._name, path=f"request {self._asked}", recorded=NOTHING, built=built)
