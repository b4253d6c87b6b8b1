"""The patch files in force."""

from collections.abc import Iterable
from pathlib import Path

from returns.result import Failure

from modelmix.catalog.patch import Patch, read_patch
from modelmix.errors import BadConfig
from modelmix.outcome import Outcome, collect

FOLDER = "models_local"
"""What a folder of patches is called, beside a project's settings and in the user's data folder."""

_LARGEST = 16 << 20
"""Bytes of a patch; the whole catalogue has fewer."""


def patch_files(folders: Iterable[tuple[Path, bool]]) -> tuple[tuple[Path, bool], ...]:
    """The files of all folders, folder by folder, each folder's by name, with whether they are a project's."""
    return tuple((path, project) for folder, project in folders for path in sorted(folder.glob("*.json")))


def read_patches(folders: Iterable[tuple[Path, bool]]) -> Outcome[tuple[Patch, ...]]:
    """All patches, or what is wrong with the first that cannot be read."""
    return collect([_read(path, project=project) for path, project in patch_files(folders)])


def _read(path: Path, *, project: bool) -> Outcome[Patch]:
    try:
        if path.stat().st_size > _LARGEST:
            return Failure(BadConfig(where=str(path), detail=f"it is larger than {_LARGEST >> 20} MiB"))
        return read_patch(path.read_bytes(), str(path), project=project)
    except OSError as cause:
        return Failure(BadConfig(where=str(path), detail=f"it cannot be read: {cause.strerror}"))
