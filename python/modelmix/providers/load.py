"""Read provider files."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, cast

import msgspec
from returns.result import Failure, Success

from modelmix.errors import BadConfig
from modelmix.outcome import Outcome
from modelmix.providers.provider import Bend, Package, Provider

_FOLDER: Final = Path(__file__).parent
_LISTED: Final = _FOLDER / "listed"


@cache
def _files() -> frozenset[str]:
    return frozenset(path.name for path in _FOLDER.glob("*.toml"))


def names() -> tuple[str, ...]:
    """The ids of all built-in providers, sorted."""
    return tuple(sorted(name.removesuffix(".toml") for name in _files()))


def is_built_in(name: str) -> bool:
    """Whether modelmix ships a file of that provider."""
    return f"{name}.toml" in _files()


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


@cache
def packages() -> Mapping[str, Package]:
    """What the packages of the AI SDK amount to, by name."""
    table = tomllib.loads((_LISTED / "packages.toml").read_text(encoding="utf-8"))
    return msgspec.convert(table, dict[str, Package])


@cache
def bends() -> tuple[Bend, ...]:
    """Where providers that only the catalogue knows differ from their dialects."""
    table = tomllib.loads((_LISTED / "bends.toml").read_text(encoding="utf-8"))
    return msgspec.convert(table["bends"], tuple[Bend, ...])


def key_owners(own: Mapping[str, Provider]) -> Mapping[str, str]:
    """The variables that hold keys, each with the provider whose key it is; the built-in ones come first."""
    known = (*own.values(), *map(built_in, names()))
    return {variable: provider.id for provider in known for variable in provider.auth.env}


def read(
    name: str, table: Mapping[str, object], where: str, *, listed: Mapping[str, object] | None = None
) -> Outcome[Provider]:
    """A provider from a table of the user's settings. One that modelmix ships is changed, not replaced.

    `listed` is what the catalogue says of it, for one that modelmix ships no file of.
    """
    base: Mapping[str, object] = {"id": name, "name": name, "dialect": "openai-chat", **(listed or {})}
    if is_built_in(name):
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
