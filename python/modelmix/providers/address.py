"""Base URLs with places in them that variables of the environment fill, as the catalogue writes them: `${NAME}`."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from returns.result import Failure, Success

from modelmix.endpoint import check
from modelmix.errors import BadConfig
from modelmix.outcome import Outcome

_PLACE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_LABELS: Final = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_AUTHORITY: Final = re.compile(rf"{_LABELS.pattern}(?::[0-9]{{1,5}})?")
_SEGMENT: Final = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~:-]+")


def places(api: str) -> tuple[str, ...]:
    """The variables that an address waits for, in their order."""
    return tuple(_PLACE.findall(api))


def fill(api: str, allowed: Collection[str], env: Mapping[str, str], provider: str) -> Outcome[str]:
    """The address with its places filled, each once; a value stays within its place.

    Only `allowed` variables are looked at: an address must not carry away what is none of its provider's.
    """
    flaw = next(_flaws(api, allowed, env, provider), None)
    if flaw is not None:
        return Failure(flaw)
    return Success(_PLACE.sub(lambda found: _value(found, env), api))


def _flaws(api: str, allowed: Collection[str], env: Mapping[str, str], provider: str) -> Iterator[BadConfig]:
    if "${" in _PLACE.sub("", api):
        yield BadConfig(
            where=f"the address of {provider}", detail=f"`{ascii(api)[1:-1]}` has a place that is no variable"
        )
    for found in _PLACE.finditer(api):
        name = found[1]
        if name not in allowed:
            detail = f"it asks for {name}, which is not for addresses of this provider"
            yield BadConfig(where=f"the address of {provider}", detail=detail)
        elif not env.get(name, "").strip():
            detail = f"{name} is not set; it is {_meaning(found)} in the address of {provider}, `{api}`"
            yield BadConfig(where="the environment", detail=detail)
        elif not _is_fit(found, _value(found, env)):
            detail = f"{name} cannot be {_meaning(found)} in the address of {provider}, `{api}`"
            yield BadConfig(where="the environment", detail=detail)


def _value(found: re.Match[str], env: Mapping[str, str]) -> str:
    value = env[found[1]].strip()
    if found.start() == 0:
        return value.rstrip("/")
    # Databricks and others have the whole URL in what they call the host.
    return value.removeprefix("https://").rstrip("/") if _is_authority(found) else value


def _is_fit(found: re.Match[str], value: str) -> bool:
    if found.start() == 0:
        return isinstance(check(value), Success)
    if not _is_host(found):
        return _SEGMENT.fullmatch(value) is not None
    return (_AUTHORITY if _is_authority(found) else _LABELS).fullmatch(value) is not None


def _meaning(found: re.Match[str]) -> str:
    if found.start() == 0:
        return "the https URL"
    if not _is_host(found):
        return "a part of the path"
    return "the host" if _is_authority(found) else "a part of the host"


def _is_host(found: re.Match[str]) -> bool:
    """Whether a place stands before the path."""
    before = found.string[: found.start()]
    return "/" not in before.partition("://")[2]


def _is_authority(found: re.Match[str]) -> bool:
    """Whether a place is the whole host."""
    return found.string[: found.start()].endswith("://") and found.string[found.end() :][:1] in {"", "/"}
