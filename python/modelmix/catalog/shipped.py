"""The part of the catalogue that modelmix ships: read lazily, one provider at a time, and never changed by a sync."""

from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from modelmix.catalog.record import ProviderRecord

_FOLDER: Final = Path(__file__).parent / "data"


@cache
def shipped_record(provider: str) -> ProviderRecord | None:
    """What the shipped catalogue has of a provider; None where it has nothing.

    Hosts and key variables of providers that only the catalogue knows are taken from here alone (SPEC §4).
    """
    if provider not in shipped_providers():
        return None
    return msgspec.json.decode((_FOLDER / f"{provider}.json").read_bytes(), type=ProviderRecord)


class Manifest(Struct, frozen=True):
    """Where the shipped catalogue comes from, and how much is in it."""

    source: str
    providers: int
    models: int
    date: str | None = None


@cache
def shipped_manifest() -> Manifest:
    """Where the shipped catalogue comes from."""
    return msgspec.json.decode((_FOLDER / "manifest.json").read_bytes(), type=Manifest)


@cache
def shipped_providers() -> frozenset[str]:
    """The ids of all providers of the shipped catalogue."""
    return frozenset(path.name.removesuffix(".json") for path in _FOLDER.glob("*.json")) - {"manifest"}
