"""All recorded exchanges below one folder: `<root>/<provider>/<model>/<scenario>.json`."""

from collections.abc import Sequence
from pathlib import Path

from returns.result import Failure, Success

from modelmix.compat import shelf
from modelmix.compat.fixture import Fixture, Origin, Recording
from modelmix.compat.shelf import Staged
from modelmix.compat.slug import slug
from modelmix.errors import BadFixture, MixError
from modelmix.node import Node
from modelmix.outcome import Outcome, and_then, mapped


class Held(Node, frozen=True, kw_only=True):
    """A model that there are recordings of, and where each of its scenarios comes from."""

    provider: str
    model: str
    scenarios: tuple[tuple[str, Origin], ...]


class Inventory(Node, frozen=True):
    """What a store holds, and what in it cannot be read."""

    held: tuple[Held, ...]
    damaged: tuple[MixError, ...] = ()


class FixtureStore:
    """Reads and replaces whole scenarios. It reads and writes nothing outside of `root`, whatever links lie in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def load(self, provider: str, model: str, scenario: str) -> Outcome[tuple[Recording, ...]]:
        """The exchanges of a scenario, in their order; none where it has not been recorded.

        What is not as it was written is an error that names the file.
        """
        found = and_then(self._folder(provider, model), lambda folder: shelf.load(folder, scenario))
        for recording in found.value_or(()):
            error = self._strange(recording.fixture, provider, model)
            if error is not None:
                return Failure(error)
        return found

    def stage(
        self, provider: str, model: str, scenario: str, recordings: Sequence[Recording], *, durable: bool = True
    ) -> Outcome[Staged]:
        """Writes a scenario anew. Until it is promoted, and unless it is, everybody reads the old one.

        What can be had again need not be `durable`, which takes most of the time: see `shelf.stage`.
        """
        for recording in recordings:
            error = self._strange(recording.fixture, provider, model)
            if error is not None:
                return Failure(error)
        return and_then(
            self._folder(provider, model), lambda folder: shelf.stage(folder, scenario, recordings, durable=durable)
        )

    def firsts(self, provider: str, model: str) -> Outcome[tuple[Fixture, ...]]:
        """The first exchange of each scenario of a model, without bodies, as far as they can be read."""
        found = mapped(self._folder(provider, model), lambda folder: [*shelf.firsts(folder)])
        return mapped(found, lambda firsts: tuple([each.unwrap() for each in firsts if isinstance(each, Success)]))

    def models(self) -> Inventory:
        """All models that there are recordings of, sorted."""
        found: dict[tuple[str, str], list[tuple[str, Origin]]] = {}
        damaged: list[MixError] = []
        for folder in sorted(self.root.glob("*/*")):
            if not folder.is_dir() or folder.is_symlink() or folder.parent.is_symlink():
                continue
            for first in shelf.firsts(folder):
                error = first.failure() if isinstance(first, Failure) else self._misplaced(first.unwrap(), folder)
                if error is not None:
                    damaged.append(error)
                else:
                    fixture = first.unwrap()
                    at = (fixture.provider, fixture.model)
                    found.setdefault(at, []).append((fixture.scenario, fixture.origin))
        held = tuple(
            Held(provider=provider, model=model, scenarios=tuple(sorted(scenarios)))
            for (provider, model), scenarios in sorted(found.items())
        )
        return Inventory(held, tuple(damaged))

    def _folder(self, provider: str, model: str) -> Outcome[Path]:
        return inside(self.root, slug(provider), slug(model))

    @staticmethod
    def _strange(fixture: Fixture, provider: str, model: str) -> BadFixture | None:
        """Two names never share a folder; a file that was moved by hand may be in a wrong one."""
        if (fixture.provider, fixture.model) == (provider, model):
            return None
        detail = f"it is of {fixture.provider}:{fixture.model}, not of {provider}:{model}"
        return BadFixture(where=f"{provider}:{model} {fixture.scenario}", detail=detail)

    @staticmethod
    def _misplaced(fixture: Fixture, folder: Path) -> BadFixture | None:
        if (folder.parent.name, folder.name) == (slug(fixture.provider), slug(fixture.model)):
            return None
        detail = f"`{fixture.scenario}` in it is of {fixture.provider}:{fixture.model}"
        return BadFixture(where=str(folder), detail=detail)


def inside(root: Path, *components: str) -> Outcome[Path]:
    """The folder that safe components lead to, unless links lead it out of the root."""
    base = root.resolve()
    folder = base.joinpath(*components)
    if folder.resolve() != folder:
        return Failure(BadFixture(where=str(folder), detail="a link lies on the way to it"))
    return Success(folder)
