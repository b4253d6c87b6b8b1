"""Recorded exchanges, found by the request that they answer."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from returns.result import Failure

from modelmix.compat.compare import differences
from modelmix.compat.fixture import Recording
from modelmix.compat.store import FixtureStore, Held
from modelmix.errors import BadConfig
from modelmix.jsonvalue import JsonValue, parse
from modelmix.node import Node
from modelmix.outcome import Outcome, collect, mapped
from modelmix.testing.mock.asked import Problem
from modelmix.testing.mock.routes import Route, find_route, speaker
from modelmix.testing.mock.wire import Reply, Step

_OF_ANOTHER_BODY: Final = frozenset({"content-length", "transfer-encoding", "connection"})
_LISTED: Final = 5


def load(folder: Path) -> Outcome[tuple[Recording, ...]]:
    """All recordings of a folder of fixtures, by model and scenario and in their order."""
    if not folder.is_dir():
        return Failure(BadConfig(where=str(folder), detail="it is no folder"))
    store = FixtureStore(folder)
    inventory = store.models()
    if inventory.damaged:
        return Failure(inventory.damaged[0])
    scenarios = [_scenario(store, held, name) for held in inventory.held for name, _ in held.scenarios]
    return mapped(collect(scenarios), lambda found: tuple(recording for each in found for recording in each))


def _scenario(store: FixtureStore, held: Held, name: str) -> Outcome[tuple[Recording, ...]]:
    return store.load(held.provider, held.model, name)


class _Exchange(Node, frozen=True, kw_only=True):
    """A recording, and the request that it answers."""

    recording: Recording
    path: str
    route: Route | None
    model: str
    body: JsonValue

    @property
    def name(self) -> str:
        """Where it lies."""
        fixture = self.recording.fixture
        step = "" if fixture.step == 1 else f".{fixture.step}"
        return f"{fixture.provider}/{fixture.model}/{fixture.scenario}{step}"

    @property
    def scenario(self) -> tuple[str, str, str]:
        """What it is a part of."""
        fixture = self.recording.fixture
        return fixture.provider, fixture.model, fixture.scenario


class Recordings:
    """Gives the reply to a request that was recorded; the same request again gets the next of its scenario."""

    def __init__(self, recordings: Sequence[Recording], *, pace: bool) -> None:
        self._pace = pace
        self._exchanges = tuple(_exchanges(recordings))
        self._turns: Counter[tuple[str, str, str, str]] = Counter()

    @property
    def models(self) -> tuple[str, ...]:
        """The models that requests were recorded for."""
        return tuple(sorted({exchange.model for exchange in self._exchanges}))

    def answer(self, path: str, route: Route | None, model: str, body: JsonValue) -> Reply | Problem:
        """The recorded reply, or the first difference to the nearest recording."""
        near = [exchange for exchange in self._exchanges if _is_near(exchange, path, route, model)]
        found = [(exchange, tuple(differences(exchange.body, body))) for exchange in near]
        same = [exchange for exchange, told in found if not told]
        if same:
            return self._next(sorted(same, key=lambda exchange: exchange.path != path))
        if not near:
            known = ", ".join(self.models[:_LISTED]) or "nothing"
            return Problem(status=404, message=f"mock: nothing is recorded for {model or path}; recorded is {known}")
        closest, told = min(found, key=lambda item: len(item[1]))
        first = told[0]
        words = f"recorded {first.recorded}, sent {first.built}"
        return Problem(message=f"mock: the request differs from {closest.name} at {first.path}: {words}")

    def _next(self, same: Sequence[_Exchange]) -> Reply:
        """The turn of the first scenario among those that have such a request; its last reply comes again."""
        turns = [exchange for exchange in same if exchange.scenario == same[0].scenario]
        key = (*same[0].scenario, same[0].name)
        turn = min(self._turns[key], len(turns) - 1)
        self._turns[key] += 1
        return played(turns[turn].recording, pace=self._pace)


def _exchanges(recordings: Iterable[Recording]) -> Iterator[_Exchange]:
    """Those that can be found again: an imported recording may lack its request."""
    for recording in recordings:
        request = recording.fixture.request
        if request is None:
            continue
        body = parse(bytes(request.body))
        path = urlsplit(request.url).path
        table = body if isinstance(body, dict) else {}
        route = find_route(path, speaker(name.lower() for name in request.headers))
        model = (route.model if route is not None else None) or str(table.get("model", recording.fixture.model))
        yield _Exchange(recording=recording, path=path, route=route, model=model, body=body)


def _is_near(exchange: _Exchange, path: str, route: Route | None, model: str) -> bool:
    """Whether a recording is of the same place and model, wherever the base URL was."""
    same_place = exchange.path == path if route is None else exchange.route == route
    return same_place and exchange.model == model


def played(recording: Recording, *, pace: bool) -> Reply:
    """The reply as it came: its chunks, and its pauses too if they are wanted."""
    response = recording.fixture.response
    headers = tuple((name, value) for name, value in response.headers.items() if name.lower() not in _OF_ANOTHER_BODY)
    steps: list[Step] = []
    start = 0
    times = [0, *(time for time, _ in response.chunks)]
    for (_, size), (before, time) in zip(response.chunks, pairwise(times), strict=True):
        steps.append(Step(recording.body[start : start + size], max(0, time - before) / 1000 if pace else 0.0))
        start += size
    return Reply(status=response.status, headers=headers, steps=tuple(steps), streamed=len(steps) > 1)
