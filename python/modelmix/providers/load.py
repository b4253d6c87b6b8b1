"""Find and read provider files."""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final, cast

import msgspec
from returns.result import Failure, Success

from modelmix.errors import BadConfig, UnknownProvider
from modelmix.outcome import Outcome
from modelmix.providers.provider import Provider

_FOLDER: Final = Path(__file__).parent


def find(name: str, own: Mapping[str, Provider] | None = None) -> Outcome[Provider]:
    """The provider of that name or alias; the user's own come first."""
    own = own or {}
    if name in own:
        return Success(own[name])
    if f"{name}.toml" in _files():
        return Success(built_in(name))
    for provider in (*own.values(), *map(built_in, names())):
        if name in provider.aliases:
            return Success(provider)
    known = [*own, *names(), *(alias for provider in map(built_in, names()) for alias in provider.aliases)]
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    return Failure(UnknownProvider(name=name, near=tuple(near)))


@cache
def _files() -> frozenset[str]:
    return frozenset(path.name for path in _FOLDER.glob("*.toml"))


def names() -> tuple[str, ...]:
    """The ids of all built-in providers, sorted."""
    return tuple(sorted(name.removesuffix(".toml") for name in _files()))


@cache
def built_in(name: str) -> Provider:
    """A provider that modelmix ships.

    Raises
    ------
    FileNotFoundError
        When it ships none of that name.
    """
    table = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return msgspec.convert(table, Provider)


def key_owners(own: Mapping[str, Provider]) -> Mapping[str, str]:
    """The variables that hold keys, each with the provider whose key it is; the built-in ones come first."""
    known = (*own.values(), *map(built_in, names()))
    return {variable: provider.id for provider in known for variable in provider.auth.env}


def read(name: str, table: Mapping[str, object], where: str) -> Outcome[Provider]:
    """A provider from a table of the user's settings. One that modelmix ships is changed, not replaced."""
    base: Mapping[str, object] = {"id": name, "name": name, "dialect": "openai-chat"}
    if f"{name}.toml" in _files():
        base = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    if "dialect" in table and "rules" not in table:
        # Whoever names the dialect means all models.
        rules = cast("list[dict[str, object]]", base.get("rules", []))
        base = {**base, "rules": [{key: said for key, said in rule.items() if key != "dialect"} for rule in rules]}
    try:
        provider = msgspec.convert({**base, **table}, Provider)
    except msgspec.ValidationError as cause:
        return Failure(BadConfig(where=where, detail=f"providers.{name}: {cause}"))
    if provider.id != name:
        # Under another's name it would be sent the other's key.
        return Failure(BadConfig(where=where, detail=f"providers.{name}: its id is its name, not `{provider.id}`"))
    return Success(provider)
