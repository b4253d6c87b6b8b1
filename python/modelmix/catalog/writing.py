"""Write files so that whoever reads them at any moment, after any crash, finds the old ones or the new ones, whole."""

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from returns.result import Failure, Success

from modelmix.catalog.manifest import GENERATION, NAME, PREVIOUS, Manifest, read, written
from modelmix.errors import WriteFailed
from modelmix.outcome import Outcome

_CHECK = "Check the space on the disk, and that you may write there; MM_HOME names another folder"


def commit(folder: Path, manifest: Manifest, files: Mapping[str, bytes]) -> Outcome[None]:
    """Writes one generation of the catalogue, all of it or nothing.

    The files go into a folder that nothing refers to; then the manifest is replaced, which makes them count. The
    generation before stays, for readers that have begun with it and for the day that this one is damaged. Only one
    process at a time may do this.
    """
    place = folder / manifest.generation
    try:
        for inner in sorted({(place / name).parent for name in files}):
            inner.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            _write(place / name, data)
        for inner in {(place / name).parent for name in files} | {folder}:
            _sync_folder(inner)
        _keep_previous(folder)
        _put(folder / NAME, written(manifest))
    except OSError as cause:
        with suppress(OSError):
            shutil.rmtree(place)
        return failed(cause, folder)
    return Success(None)


def replace_file(path: Path, data: bytes) -> Outcome[None]:
    """Writes one file in one step."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _put(path, data)
    except OSError as cause:
        return failed(cause, path)
    return Success(None)


def sweep(folder: Path, keep: frozenset[str]) -> None:
    """Removes generations that no manifest refers to, and what a crash has left."""
    for path in folder.iterdir():
        with suppress(OSError):
            if path.name.endswith(_SCRATCH) and path.name.startswith(NAME):
                path.unlink()
            elif GENERATION.fullmatch(path.name) and path.name not in keep and not path.is_symlink():
                shutil.rmtree(path)


def failed(cause: OSError, path: Path) -> Failure[WriteFailed]:
    """A file that cannot be written, as an error."""
    named = cause.filename if isinstance(cause.filename, str) else str(path)
    return Failure(WriteFailed(path=named, why=cause.strerror or str(cause), hint=_CHECK))


_SCRATCH = ".new"


def _keep_previous(folder: Path) -> None:
    """What has counted until now becomes the generation before, unless it is damaged."""
    try:
        data = (folder / NAME).read_bytes()
        read(data)
    except (FileNotFoundError, ValueError):
        return
    _put(folder / PREVIOUS, data)


def _put(path: Path, data: bytes) -> None:
    """Replaces a file in one step, by one that is whole on the disk."""
    scratch = path.with_name(path.name + _SCRATCH)
    with suppress(FileNotFoundError):
        # Left by a crash; only one process at a time writes here.
        scratch.unlink()
    _write(scratch, data)
    os.replace(scratch, path)  # noqa: PTH105 - the tests stop the process inside it
    _sync_folder(path.parent)


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o644)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    except OSError as cause:
        cause.filename = str(path)
        raise
    finally:
        os.close(descriptor)


def _sync_folder(path: Path) -> None:
    """Has the names in a folder reach the disk. Windows and some file systems cannot, and do without."""
    if os.name == "nt":
        return
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
