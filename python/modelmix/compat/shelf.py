"""The files of scenarios in one folder: read whole, replaced whole, whoever else reads or writes or is killed.

New files are written into a folder of their own, which one renaming makes the word of record; then each takes its
place. Whoever comes upon such a folder later finishes what was begun.
"""

import errno
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final

import msgspec
from returns.result import Failure, Success

from modelmix.compat.fixture import Fixture, Recording, read, written
from modelmix.compat.lock import locked
from modelmix.compat.taken import compact, digest, stem
from modelmix.errors import BadFixture
from modelmix.outcome import Outcome, and_then

_READY: Final = ".ready"
_NEW: Final = ".new"
_LIST: Final = ".files"
"""Names all files of a scenario; as long as it is there, some may not have taken their place."""

_FORGOTTEN: Final = 24 * 3600
"""Seconds after which a folder that was never made the word of record is that of a process that was killed."""

_NO_LINKS: Final = getattr(os, "O_NOFOLLOW", 0)
"""A link could lead out of the folder."""


class Staged:
    """The new files of a scenario, written and not yet in place: `promote` or `discard` them."""

    def __init__(self, folder: Path, name: str, scratch: Path) -> None:
        self._folder = folder
        self._name = name
        self._scratch = scratch

    def promote(self) -> Outcome[None]:
        """Puts them in place of all files that the scenario has had; the old ones stay if that fails."""
        try:
            with locked(self._folder, alone=True):
                _finish(self._folder, self._name)
                self._scratch.rename(_ready(self._folder, self._name))
                _finish(self._folder, self._name)
        except OSError as cause:
            return _bad(self._folder / self._name, f"it cannot be written: {cause.strerror}")
        return Success(None)

    def discard(self) -> None:
        """Forgets them."""
        shutil.rmtree(self._scratch, ignore_errors=True)


def stage(folder: Path, scenario: str, recordings: Sequence[Recording], *, durable: bool = True) -> Outcome[Staged]:
    """Writes the exchanges of a scenario, where nobody reads them yet.

    What is not `durable` may be damaged when the machine itself goes down, and is found to be by its digests.
    """
    name = stem(scenario, 1)
    scratch = folder / f".{name}.{secrets.token_hex(8)}{_NEW}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _forget(folder)
        scratch.mkdir()
        names: list[str] = []
        for recording in recordings:
            fixture = recording.fixture
            files = {
                f"{stem(scenario, fixture.step)}.json": written(fixture),
                fixture.response.file: recording.body,
            }
            for file, content in files.items():
                _write(scratch / file, content, durable=durable)
            names += files
        _write(scratch / _LIST, msgspec.json.encode(names), durable=durable)
    except OSError as cause:
        shutil.rmtree(scratch, ignore_errors=True)
        return _bad(folder / name, f"it cannot be written: {cause.strerror}")
    return Success(Staged(folder, name, scratch))


def load(folder: Path, scenario: str) -> Outcome[tuple[Recording, ...]]:
    """The exchanges of a scenario; none where there is no such scenario."""
    if not folder.is_dir():
        return Success(())
    try:
        _settle(folder, stem(scenario, 1))
        with locked(folder, alone=False):
            return _exchanges(folder, scenario)
    except OSError as cause:
        return _bad(folder / stem(scenario, 1), f"it cannot be read: {cause.strerror}")


def firsts(folder: Path) -> Iterator[Outcome[Fixture]]:
    """The first exchange of each scenario in a folder, without its body."""
    try:
        for ready in folder.glob(f".*{_READY}"):
            _settle(folder, ready.name[1 : -len(_READY)])
        for path in sorted(folder.glob("*.json")):
            if path.name.count(".") == 1:
                yield read(_content(path), str(path))
    except OSError as cause:
        yield _bad(folder, f"it cannot be read: {cause.strerror}")


def _exchanges(folder: Path, scenario: str) -> Outcome[tuple[Recording, ...]]:
    found: list[Recording] = []
    for step in count(1):
        path = folder / f"{stem(scenario, step)}.json"
        if not os.path.lexists(path):
            break
        recording = _exchange(path, scenario, step)
        if isinstance(recording, Failure):
            return recording
        found.append(recording.unwrap())
    kept = {f"{stem(scenario, step)}.json" for step in range(1, len(found) + 1)}
    stray = [path for path in _files(folder, stem(scenario, 1)) if _is_fixture(path) and path.name not in kept]
    if stray:
        return _bad(stray[0], f"exchange {len(found) + 1} of its scenario is missing")
    return Success(tuple(found))


def _exchange(path: Path, scenario: str, step: int) -> Outcome[Recording]:
    return and_then(read(_content(path), str(path)), lambda fixture: _whole(fixture, path, scenario, step))


def _whole(fixture: Fixture, path: Path, scenario: str, step: int) -> Outcome[Recording]:
    """The fixture with its body, if both are as they were written."""
    if (fixture.scenario, fixture.step) != (scenario, step):
        return _bad(path, f"it is exchange {fixture.step} of `{fixture.scenario}`, not {step} of `{scenario}`")
    request, response = fixture.request, fixture.response
    if request is not None and not _is_sent(bytes(request.body), request.sha256):
        return _bad(path, "the body of its request is not the one that was recorded: the sha256 differs")
    if not _is_of(response.file, stem(scenario, 1)) or response.file == path.name:
        return _bad(path, f"it names `{response.file}`, which is no file of its own in this folder")
    beside = path.with_name(response.file)
    body = _content(beside)
    if digest(body) != response.sha256:
        return _bad(beside, "it is not the reply that was recorded: the sha256 differs")
    if sum(size for _, size in response.chunks) != len(body):
        return _bad(path, f"its chunks do not make the {len(body)} bytes of the reply")
    return Success(Recording(fixture, body))


def _is_sent(body: bytes, sha256: str) -> bool:
    try:
        return digest(compact(body)) == sha256
    except ValueError:
        return False


def _files(folder: Path, name: str) -> list[Path]:
    """All files of a scenario that are there."""
    return [path for path in folder.iterdir() if _is_of(path.name, name)]


def _is_of(file: str, name: str) -> bool:
    return re.fullmatch(rf"{re.escape(name)}(?:\.[0-9]+)?\.(?:json|sse|ndjson|body\.json)", file) is not None


def _is_fixture(path: Path) -> bool:
    return path.name.endswith(".json") and not path.name.endswith(".body.json")


def _ready(folder: Path, name: str) -> Path:
    return folder / f".{name}{_READY}"


def _settle(folder: Path, name: str) -> None:
    """Finishes what another process began and did not live to finish."""
    if _ready(folder, name).exists():
        with locked(folder, alone=True):
            _finish(folder, name)


def _finish(folder: Path, name: str) -> None:
    """Moves files that are the word of record into their places, for as long as there are any; nobody else may."""
    ready = _ready(folder, name)
    if ready.is_symlink() or not ready.is_dir():
        return
    if (ready / _LIST).is_file():
        names = [each for each in _listed(ready / _LIST) if _is_of(each, name)]
        for each in names:
            with suppress(FileNotFoundError):
                (ready / each).replace(folder / each)
        for path in _files(folder, name):
            if path.name not in names:
                path.unlink()
        (ready / _LIST).unlink()
    ready.rmdir()


def _listed(path: Path) -> list[str]:
    try:
        return msgspec.json.decode(_content(path), type=list[str])
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        raise OSError(errno.EIO, f"{path.name} in {path.parent.name} is damaged") from cause


def _forget(folder: Path) -> None:
    """Removes what processes that were killed have left behind."""
    for path in folder.glob(f".*{_NEW}"):
        # One that is gone by now has taken its place.
        with suppress(FileNotFoundError):
            if time.time() - path.lstat().st_mtime > _FORGOTTEN and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)


def _write(path: Path, content: bytes, *, durable: bool) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINKS, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())


def _content(path: Path) -> bytes:
    with os.fdopen(os.open(path, os.O_RDONLY | _NO_LINKS), "rb") as file:
        return file.read()


def _bad(path: Path, detail: str) -> Failure[BadFixture]:
    return Failure(BadFixture(where=str(path), detail=detail))
