"""The part of the catalogue that modelmix ships: read lazily, one provider at a time, and never changed by a sync."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec import Struct

from modelmix.catalog.record import ProviderRecord, read_document

FOLDER: Final = Path(__file__).parent / "data"
"""Where it lies."""


@cache
def shipped_record(provider: str) -> ProviderRecord | None:
    """What the shipped catalogue has of a provider; None where it has nothing.

    Hosts and key variables of providers that only the catalogue knows are taken from here alone (SPEC §4).
    """
    if provider not in shipped_providers():
        return None
    return read_document((FOLDER / f"{provider}.json").read_bytes())


class Manifest(Struct, frozen=True):
    """Where the shipped catalogue comes from, and how much is in it."""

    source: str
    providers: int
    models: int
    date: str | None = None


@cache
def shipped_manifest() -> Manifest:
    """Where the shipped catalogue comes from."""
    return msgspec.json.decode((FOLDER / "manifest.json").read_bytes(), type=Manifest)


@cache
def shipped_providers() -> frozenset[str]:
    """The ids of all providers of the shipped catalogue."""
    return frozenset(path.name.removesuffix(".json") for path in FOLDER.glob("*.json")) - {"manifest"}


class _Keys(Struct, frozen=True):
    """What a provider's file says of its variables; passing over the rest takes no time."""

    id: str
    env: tuple[str, ...] = ()


@cache
def shipped_owners() -> Mapping[str, frozenset[str]]:
    """The variables that the shipped catalogue names, each with the providers that it names them for."""
    owners: dict[str, frozenset[str]] = {}
    for name in shipped_providers():
        found = msgspec.json.decode((FOLDER / f"{name}.json").read_bytes(), type=_Keys)
        for variable in found.env:
            owners[variable] = owners.get(variable, frozenset()) | {found.id}
    return MappingProxyType(owners)
