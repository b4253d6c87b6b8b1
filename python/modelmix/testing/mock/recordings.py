"""Recorded exchanges, found by the request that they answer."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from msgspec.json import encode
from returns.result import Failure, Success

from modelmix.compat.fixture import Recording, read
from modelmix.errors import BadConfig
from modelmix.jsonvalue import JsonValue, parse
from modelmix.node import Node
from modelmix.outcome import Outcome, collect, mapped
from modelmix.testing.mock.asked import Problem
from modelmix.testing.mock.routes import Route, find_route, speaker
from modelmix.testing.mock.wire import Reply, Step

_OF_ANOTHER_BODY: Final = frozenset({"content-length", "transfer-encoding", "connection"})
_SHOWN: Final = 60
_LISTED: Final = 5

Leaf: TypeAlias = "tuple[bool, JsonValue]"
"""A value that holds no other, and whether it is true or false: True is 1 to Python, and not to JSON."""


def load(folder: Path) -> Outcome[tuple[Recording, ...]]:
    """All recordings of a folder laid out as `<provider>/<model>/<scenario>.json`, by scenario and in their order."""
    if not folder.is_dir():
        return Failure(BadConfig(where=str(folder), detail="it is no folder"))
    # The body of a reply in one piece is JSON as well, but no fixture.
    files = [path for path in sorted(folder.glob("*/*/*.json")) if not path.name.endswith(".body.json")]
    return mapped(collect(map(_recording, files)), lambda found: tuple(sorted(found, key=_place)))


def _place(recording: Recording) -> tuple[str, str, str, int]:
    fixture = recording.fixture
    return fixture.provider, fixture.model, fixture.scenario, fixture.step


def _recording(path: Path) -> Outcome[Recording]:
    try:
        content = path.read_bytes()
    except OSError as cause:
        return Failure(BadConfig(where=str(path), detail=str(cause)))
    found = read(content, str(path))
    if isinstance(found, Failure):
        return found
    response = found.unwrap().response
    beside = path.with_name(Path(response.file).name)
    try:
        body = beside.read_bytes()
    except OSError as cause:
        return Failure(BadConfig(where=str(beside), detail=str(cause)))
    if hashlib.sha256(body).hexdigest() != response.sha256 or sum(size for _, size in response.chunks) != len(body):
        return Failure(BadConfig(where=str(beside), detail="its bytes are not those that were recorded"))
    return Success(Recording(found.unwrap(), body))


class _Exchange(Node, frozen=True, kw_only=True):
    """A recording, and the request that it answers."""

    recording: Recording
    path: str
    route: Route | None
    model: str
    leaves: Mapping[str, Leaf]
    """Its body, by the places in it."""

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
        sent = flat(body)
        near = [exchange for exchange in self._exchanges if _is_near(exchange, path, route, model)]
        same = [exchange for exchange in near if exchange.leaves == sent]
        if same:
            return self._next(sorted(same, key=lambda exchange: exchange.path != path))
        if not near:
            known = ", ".join(self.models[:_LISTED]) or "nothing"
            return Problem(status=404, message=f"mock: nothing is recorded for {model or path}; recorded is {known}")
        closest = min(near, key=lambda exchange: len(differing(exchange.leaves, sent)))
        recorded = closest.leaves
        place = differing(recorded, sent)[0]
        told = f"recorded {_shown(recorded, place)}, sent {_shown(sent, place)}"
        return Problem(message=f"mock: the request differs from {closest.name} at {place}: {told}")

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
        yield _Exchange(recording=recording, path=path, route=route, model=model, leaves=flat(body))


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


def flat(value: JsonValue, place: str = "$") -> dict[str, Leaf]:
    """The values of a document by their places; what is empty stands for itself.

    >>> flat({"a": [1, {}]})
    {'$.a[0]': (False, 1), '$.a[1]': (False, {})}
    """
    inner: Iterable[tuple[str, JsonValue]]
    if isinstance(value, dict) and value:
        inner = ((f"{place}.{name}", item) for name, item in value.items())
    elif isinstance(value, list) and value:
        inner = ((f"{place}[{at}]", item) for at, item in enumerate(value))
    else:
        return {place: (isinstance(value, bool), value)}
    return {name: leaf for below, item in inner for name, leaf in flat(item, below).items()}


def differing(one: Mapping[str, Leaf], other: Mapping[str, Leaf]) -> list[str]:
    """The places where two documents differ, in the order of the first."""
    return [place for place in {**one, **other} if one.get(place) != other.get(place)]


def _shown(values: Mapping[str, Leaf], place: str) -> str:
    if place not in values:
        return "nothing"
    text = encode(values[place][1]).decode()
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
