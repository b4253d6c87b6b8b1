"""Keys in the user's settings file: written whole or not at all, readable by the user alone."""

import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from msgspec.json import encode
from returns.result import Failure, Success

from modelmix.errors import BadConfig
from modelmix.outcome import Outcome

_TABLE: Final = re.compile(r"\s*\[")
_KEYS: Final = re.compile(r"\s*\[\s*keys\s*\]\s*(?:#.*)?")


def stored(path: Path) -> Outcome[Mapping[str, str]]:
    """The keys in a settings file, by provider."""
    document = _parsed(path)
    if isinstance(document, Failure):
        return document
    try:
        return Success(msgspec.convert(document.unwrap().get("keys", {}), dict[str, str]))
    except msgspec.ValidationError as cause:
        return Failure(BadConfig(where=str(path), detail=f"keys: {cause}"))


def put(path: Path, provider: str, key: str | None) -> Outcome[None]:
    """Sets the key of a provider, or takes it out; the rest of the file, comments too, stays as it is."""
    before = _parsed(path)
    if isinstance(before, Failure):
        return before
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    changed = _edited(text, provider, key)
    keys = dict(stored(path).value_or({}))
    keys.pop(provider, None)
    wanted = {**before.unwrap(), "keys": keys if key is None else {**keys, provider: key}}
    # An edit of text is only as good as its check: the new file must say exactly what is meant.
    if _meaning(changed) not in (wanted, {name: value for name, value in wanted.items() if value != {}}):
        detail = "its [keys] table is written in a way that cannot be changed here; edit it by hand"
        return Failure(BadConfig(where=str(path), detail=detail))
    return _write(path, changed)


def _parsed(path: Path) -> Outcome[Mapping[str, object]]:
    try:
        return Success(tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as cause:
        return Failure(BadConfig(where=str(path), detail=str(cause)))


def _edited(text: str, provider: str, key: str | None) -> str:
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if _KEYS.fullmatch(line)), None)
    if start is None:
        start = len(lines) + bool(lines)
        lines += ["", "[keys]"] if lines else ["[keys]"]
    end = next((at for at in range(start + 1, len(lines)) if _TABLE.match(lines[at])), len(lines))
    entry = re.compile(rf"""\s*["']?{re.escape(provider)}["']?\s*=.*""")
    table = [line for line in lines[start + 1 : end] if not entry.fullmatch(line)]
    if key is not None:
        while table and not table[-1].strip():
            table.pop()
        table.append(f"{encode(provider).decode()} = {encode(key).decode()}")
        table += [""] if end < len(lines) else []
    return "\n".join([*lines[: start + 1], *table, *lines[end:]]) + "\n"


def _meaning(text: str) -> Mapping[str, object] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _write(path: Path, text: str) -> Outcome[None]:
    """Replaces a file in one step; the new one is the user's alone from its first byte on."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = path.resolve()
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(target)
    except OSError as cause:
        with suppress(OSError):
            scratch.unlink()
        return Failure(BadConfig(where=str(path), detail=f"cannot be written: {cause.strerror}"))
    return Success(None)
