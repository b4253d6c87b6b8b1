"""The session that replays."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from modelmix.compat.fixture import Recording
from modelmix.compat.offline import offline, offline_env
from modelmix.compat.playback import Playback
from modelmix.config import Config
from modelmix.errors import BadFixture
from modelmix.retry import Policy
from modelmix.testing.guard import Guard, guarded
from modelmix.testing.place import FOLDER, FixtureError, Name, sure
from modelmix.testing.session import Session, Setup
from modelmix.transport.tape import areplaying, replaying

if TYPE_CHECKING:
    import httpx


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
        found = sure(self.place.found())
        if not found:
            raise FixtureError(BadFixture(where=str(self.place), detail="there is none"))
        return Playback(found)

    def begin(self) -> None:
        """Begins: from now on other clients are refused the network, as `guard` says."""
        self.stack.enter_context(guarded(self.playback, self._guard))

    def http(self) -> "httpx.Client":
        """What a client of your own sends through."""
        return self.stack.enter_context(replaying(self.playback, pace=self._pace))

    def ahttp(self) -> "httpx.AsyncClient":
        """As `http`."""
        return areplaying(self.playback, pace=self._pace)

    def setup(self) -> Setup:
        """Settings that need no key, no server of ours, and no waiting."""
        settings = self.settings
        return {
            "env": offline_env(self.env),
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


def _named(recording: Recording) -> str:
    request = recording.fixture.request
    return "an imported one" if request is None else f"{request.method} {request.url}"
