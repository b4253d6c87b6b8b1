"""The part of the catalogue that modelmix ships: read lazily, one provider at a time, and never changed by a sync."""

from functools import cache
from pathlib import Path
from typing import Final

import msgspec

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


@cache
def shipped_providers() -> frozenset[str]:
    """The ids of all providers of the shipped catalogue."""
    return frozenset(path.name.removesuffix(".json") for path in _FOLDER.glob("*.json")) - {"manifest"}
