"""One test's talk with models: recorded while they are there, replayed when they are not.

Both sessions are used alike. As a context manager a session gives a client (`with`), or an asynchronous one (`async
with`); a program that makes clients of its own is given what they are to be made with.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, TypeAlias, TypedDict, TypeVar

from returns.result import Failure

from modelmix.aclient import AsyncClient
from modelmix.client import Client
from modelmix.compat import shelf
from modelmix.compat.fixture import Recording
from modelmix.compat.offline import all_keys, keyless, offline, provider_at
from modelmix.compat.playback import Playback
from modelmix.compat.redact import clean_all
from modelmix.compat.slug import slug
from modelmix.compat.store import inside
from modelmix.compat.taken import About, Taken, recordings
from modelmix.config import Config, load
from modelmix.endpoint import host_of, is_loopback
from modelmix.errors import BadFixture, MixError
from modelmix.explanation import explain
from modelmix.jsonvalue import parse
from modelmix.outcome import Outcome, and_then
from modelmix.retry import Policy
from modelmix.testing.guard import Guard, guarded
from modelmix.transport.tape import Tape, arecording, areplaying, recording, replaying

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

FOLDER: Final = Path("tests/fixtures/mm")
"""Where recordings lie, from the working directory."""

Name: TypeAlias = str | Sequence[str]
"""What a recording is called; `/`, or the elements of a sequence, make folders."""


class Setup(TypedDict):
    """What a client is made with, besides what it sends through."""

    env: Mapping[str, str]
    config: Config
    policy: Policy


class FixtureError(AssertionError):
    """A test that cannot be replayed or recorded; `error` is why."""

    def __init__(self, error: MixError) -> None:
        told = explain(error)
        super().__init__("\n".join((told.summary, *told.steps)))
        self.error = error


class Place:
    """Where the files of a recording lie."""

    def __init__(self, name: Name, folder: Path | str) -> None:
        self.parts = tuple(name.split("/") if isinstance(name, str) else name)
        self.root = Path(folder)

    def __str__(self) -> str:
        return "/".join((str(self.root), *self.parts))

    @property
    def folder(self) -> Outcome[Path]:
        """The folder, unless a link leads elsewhere."""
        if not all(self.parts):
            return Failure(
                BadFixture(where=str(self.root), detail=f"`{'/'.join(self.parts)}` is no name: a part of it is empty")
            )
        return inside(self.root, *map(slug, self.parts[:-1]))

    def exists(self) -> bool:
        """Whether anything has been recorded; what is damaged counts."""
        found = self.found()
        return isinstance(found, Failure) or bool(found.unwrap())

    def found(self) -> Outcome[tuple[Recording, ...]]:
        """What has been recorded; nothing where nothing has."""
        return and_then(self.folder, lambda folder: shelf.load(folder, self.parts[-1]))


class _AsyncClient(AsyncClient):
    """A client that closes what it sends through, in the event loop that it was opened in."""

    def __init__(self, http: "httpx.AsyncClient", setup: Setup) -> None:
        super().__init__(http=http, **setup)
        self._http = http

    async def aclose(self) -> None:
        """Closes all connections."""
        await super().aclose()
        await self._http.aclose()


class Session(ABC):
    """What recording and replaying have in common: `open` it, use it, and `finish` it, or enter it."""

    def __init__(self, name: Name, folder: Path | str, env: Mapping[str, str] | None, config: Config | None) -> None:
        self.place = Place(name, folder)
        self._env = os.environ if env is None else env
        self._config = config
        self._stack = ExitStack()
        self._entered: AsyncClient | None = None

    @cached_property
    def settings(self) -> Config:
        """The settings in force."""
        return _sure(load(Path.cwd(), self._env)) if self._config is None else self._config

    @abstractmethod
    def open(self) -> None:
        """Begins.

        Raises
        ------
        FixtureError
            When there is nothing to replay.
        """

    @abstractmethod
    def http(self) -> "httpx.Client":
        """What a client sends through; closed when the session is finished."""

    @abstractmethod
    def ahttp(self) -> "httpx.AsyncClient":
        """As `http`, for one event loop; close it there."""

    @abstractmethod
    def setup(self) -> Setup:
        """What a program makes a client of its own with: `Client(http=session.http(), **session.setup())`."""

    def client(self) -> Client:
        """A client that needs nothing else; close it, or use it as a context manager."""
        return Client(http=self.http(), **self.setup())

    def async_client(self) -> AsyncClient:
        """As `client`, for one event loop."""
        return _AsyncClient(self.ahttp(), self.setup())

    @property
    def complaints(self) -> tuple[str, ...]:
        """What there is to say beside the failure of a test."""
        return ()

    @abstractmethod
    def conclude(self) -> None:
        """What is to be done after a test that passed."""

    def finish(self, *, passed: bool) -> None:
        """Ends: after a test that passed, what is recorded is kept, or it is checked that all was replayed.

        Raises
        ------
        FixtureError
            When it was not, or cannot be kept.
        """
        self._stack.close()
        if passed:
            self.conclude()

    def __enter__(self) -> Client:
        self.open()
        return self._stack.enter_context(self.client())

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.finish(passed=kind is None)

    async def __aenter__(self) -> AsyncClient:
        self.open()
        self._entered = self.async_client()
        return self._entered

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._entered is not None:
            await self._entered.aclose()
        self.finish(passed=kind is None)


class Replay(Session):
    """Gives recorded replies to recorded requests, without key and without network."""

    def __init__(
        self,
        name: Name,
        *,
        folder: Path | str = FOLDER,
        pace: bool = False,
        guard: Guard = "clients",
        env: Mapping[str, str] | None = None,
        config: Config | None = None,
    ) -> None:
        super().__init__(name, folder, env, config)
        self._pace = pace
        self._guard: Guard = guard

    @cached_property
    def playback(self) -> Playback:
        """What has been recorded."""
        found = _sure(self.place.found())
        if not found:
            raise FixtureError(BadFixture(where=str(self.place), detail="there is none"))
        return Playback(found)

    def open(self) -> None:
        """Begins: from now on other clients are refused the network, as `guard` says."""
        self._stack.enter_context(guarded(self.playback, self._guard))

    def http(self) -> "httpx.Client":
        """What a client of your own sends through."""
        return self._stack.enter_context(replaying(self.playback, pace=self._pace))

    def ahttp(self) -> "httpx.AsyncClient":
        """As `http`."""
        return areplaying(self.playback, pace=self._pace)

    def setup(self) -> Setup:
        """Settings that need no key, no server of ours, and no waiting."""
        settings = self.settings
        return {
            "env": keyless(self._env, settings),
            "config": offline(settings),
            "policy": Policy(retries=settings.retries, waits=False),
        }

    @property
    def complaints(self) -> tuple[str, ...]:
        """Requests that were not the recorded ones."""
        return tuple(str(FixtureError(drift)) for drift in self.playback.drifts)

    def conclude(self) -> None:
        """Sees that every request was a recorded one, and every recorded one was made."""
        drifts, left = self.playback.drifts, self.playback.left
        if drifts:
            raise FixtureError(drifts[0])
        if left:
            detail = f"{len(left)} of its exchanges were not asked for, the first of them {_named(left[0])}"
            raise FixtureError(BadFixture(where=str(self.place), detail=detail))


class Record(Session):
    """Speaks to the real models, and keeps what went over the wire if the test passes."""

    def __init__(
        self,
        name: Name,
        *,
        folder: Path | str = FOLDER,
        env: Mapping[str, str] | None = None,
        config: Config | None = None,
    ) -> None:
        super().__init__(name, folder, env, config)
        self.tape = Tape()

    def open(self) -> None:
        """Begins."""
        _sure(self.place.folder)

    def http(self) -> "httpx.Client":
        """What a client of your own sends through; closed when the session is finished."""
        return self._stack.enter_context(recording(self._env, self.tape))

    def ahttp(self) -> "httpx.AsyncClient":
        """As `http`, for one event loop; close it there."""
        return arecording(self._env, self.tape)

    def setup(self) -> Setup:
        """Your own keys and settings."""
        return {"env": self._env, "config": self.settings, "policy": Policy(retries=self.settings.retries)}

    def conclude(self) -> None:
        """Keeps what was recorded, in place of what was recorded before; unless there is a secret in it."""
        taken = self.tape.taken
        if not taken:
            raise FixtureError(BadFixture(where=str(self.place), detail="nothing was asked, so nothing can be kept"))
        scenario = self.place.parts[-1]
        clean = _sure(clean_all(taken, all_keys(self._env, self.settings)))
        kept = _sure(recordings(clean, _about(taken, scenario, self.settings)))
        staged = and_then(self.place.folder, lambda folder: shelf.stage(folder, scenario, kept))
        _sure(_sure(staged).promote())


def record(
    name: str, *, folder: Path | str = FOLDER, env: Mapping[str, str] | None = None, config: Config | None = None
) -> Record:
    """Records what is said in a block, below `folder`, if the block ends without an exception.

    `with record("greeting") as client:` gives a `Client`, `async with` an `AsyncClient`, each with your own keys and
    settings, or those in `env` and `config`. Nothing is written that holds a key, or looks as if it did.
    """
    return Record(name, folder=folder, env=env, config=config)


def replay(
    name: str,
    *,
    folder: Path | str = FOLDER,
    pace: bool = False,
    guard: Guard = "clients",
    env: Mapping[str, str] | None = None,
    config: Config | None = None,
) -> Replay:
    """Replays what was recorded: without a key, without a network, byte for byte.

    `with replay("greeting") as client:` gives a `Client`, `async with` an `AsyncClient`. A request that is not the
    recorded one fails with the first difference, as the block does at its end, also when a recorded request was not
    made. Replies come at once, or with `pace` in their own time. `guard` says who is refused the network meanwhile.
    """
    return Replay(name, folder=folder, pace=pace, guard=guard, env=env, config=config)


def _about(takes: Sequence[Taken], scenario: str, config: Config) -> About:
    request = takes[0].request
    here = all(is_loopback(host_of(taken.request.url)) for taken in takes)
    return About(
        origin="local" if here else "live",
        provider=provider_at(request.url, config),
        model=_model(takes[0]),
        scenario=scenario,
        time=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def _model(taken: Taken) -> str:
    """The model that was asked, as far as the request says: in its body, or Google's in its URL."""
    try:
        body = parse(taken.request.body)
    except ValueError:
        return ""
    named = body.get("model") if isinstance(body, dict) else None
    in_path = taken.request.url.partition("/models/")[2].partition(":")[0]
    return named if isinstance(named, str) else in_path


def _named(recording: Recording) -> str:
    request = recording.fixture.request
    return "an imported one" if request is None else f"{request.method} {request.url}"


def _sure(outcome: Outcome[T]) -> T:
    if isinstance(outcome, Failure):
        raise FixtureError(outcome.failure())
    return outcome.unwrap()
