"""The session that records."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from modelmix.compat import shelf
from modelmix.compat.offline import accounts, all_keys, provider_at
from modelmix.compat.redact import clean_all
from modelmix.compat.taken import About, Taken, model_of, now, recordings
from modelmix.config import Config
from modelmix.endpoint import host_of, is_loopback
from modelmix.errors import BadFixture
from modelmix.outcome import and_then
from modelmix.retry import Policy
from modelmix.testing.place import FOLDER, FixtureError, Name, sure
from modelmix.testing.session import Session, Setup
from modelmix.transport.tape import Tape, arecording, recording

if TYPE_CHECKING:
    import httpx


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

    def begin(self) -> None:
        """Begins."""
        sure(self.place.folder)

    def http(self) -> "httpx.Client":
        """What a client of your own sends through; closed when the session is finished."""
        return self.stack.enter_context(recording(self.env, self.tape))

    def ahttp(self) -> "httpx.AsyncClient":
        """As `http`, for one event loop; close it there."""
        return arecording(self.env, self.tape)

    def setup(self) -> Setup:
        """Your own keys and settings."""
        return {"env": self.env, "config": self.settings, "policy": Policy(retries=self.settings.retries)}

    def conclude(self) -> None:
        """Keeps what was recorded, in place of what was recorded before; unless there is a secret in it."""
        taken = self.tape.taken
        if not taken:
            raise FixtureError(BadFixture(where=str(self.place), detail="nothing was asked, so nothing can be kept"))
        scenario = self.place.parts[-1]
        clean = sure(clean_all(taken, all_keys(self.env, self.settings), accounts(self.env)))
        kept = sure(recordings(clean, _about(taken, scenario, self.settings)))
        staged = and_then(self.place.folder, lambda folder: shelf.stage(folder, scenario, kept))
        sure(sure(staged).promote())


def record(
    name: str, *, folder: Path | str = FOLDER, env: Mapping[str, str] | None = None, config: Config | None = None
) -> Record:
    """Records what is said in a block, below `folder`, if the block ends without an exception.

    `with record("greeting") as client:` gives a `Client`, `async with` an `AsyncClient`, each with your own keys and
    settings, or those in `env` and `config`. Nothing is written that holds a key, or looks as if it did.
    """
    return Record(name, folder=folder, env=env, config=config)


def _about(takes: Sequence[Taken], scenario: str, config: Config) -> About:
    request = takes[0].request
    here = all(is_loopback(host_of(taken.request.url)) for taken in takes)
    return About(
        origin="local" if here else "live",
        provider=provider_at(request.url, config),
        model=model_of(request),
        scenario=scenario,
        time=now(),
    )
