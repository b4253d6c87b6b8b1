"""One writer at a time."""

from pathlib import Path

from returns.result import Failure, Success

from modelmix.catalog.lock import NAME, locked
from modelmix.errors import WriteFailed
from modelmix.outcome import Outcome


def test_a_second_writer_waits_no_longer_than_it_is_told_to_and_says_why(tmp_path: Path) -> None:
    def inner() -> Outcome[str]:
        return locked(tmp_path, 0.1, lambda: Success("both"))

    error = locked(tmp_path, 0.1, inner).failure()
    assert isinstance(error, WriteFailed)
    assert error.path == str(tmp_path / NAME)
    assert "another `mm sync` has held the lock for 0.1 s" in error.why
    assert inner() == Success("both")


def test_the_folder_is_made_and_the_lock_is_let_go_when_work_fails(tmp_path: Path) -> None:
    place = tmp_path / "new" / "catalog"
    failed = WriteFailed(path="p", why="w", hint="h")

    def fail() -> Outcome[None]:

        return Failure(failed)

    assert locked(place, 0.1, fail).failure() == failed
    assert locked(place, 0.1, lambda: Success(1)) == Success(1)


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert isinstance(locked(tmp_path / "file", 0.1, lambda: Success(1)).failure(), WriteFailed)
