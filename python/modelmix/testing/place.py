"""Where the recording of a test lies, and the exception that a test ends with that cannot be replayed or recorded."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

from returns.result import Failure

from modelmix.compat import shelf
from modelmix.compat.fixture import Recording
from modelmix.compat.slug import slug
from modelmix.compat.store import inside
from modelmix.errors import BadFixture, MixError
from modelmix.explanation import explain
from modelmix.outcome import Outcome, and_then

T = TypeVar("T")

FOLDER: Final = Path("tests/fixtures/mm")
"""Where recordings lie, from the working directory."""

Name: TypeAlias = str | Sequence[str]
"""What a recording is called; `/`, or the elements of a sequence, make folders."""


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


def sure(outcome: Outcome[T]) -> T:
    """The value.

    Raises
    ------
    FixtureError
        When there is an error instead.
    """
    if isinstance(outcome, Failure):
        raise FixtureError(outcome.failure())
    return outcome.unwrap()
