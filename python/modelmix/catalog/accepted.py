"""Providers that a sync brought and the user has accepted: where their requests go, pinned as it was shown."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from modelmix.catalog.endpoint import Endpoint, kinds_of
from modelmix.catalog.fields import PROVIDER_ID
from modelmix.catalog.record import Kind, ProviderRecord
from modelmix.node import Node


class Accepted(Node, frozen=True, kw_only=True):
    """What was accepted, when, and where it came from."""

    id: str
    name: str
    api: str | None
    env: tuple[str, ...]
    npm: str | None
    kinds: Mapping[str, Kind] = {}
    """What differs for single models, by id."""
    date: str
    source: str


def path_of(folder: Path, provider: str) -> Path | None:
    """The file of an accepted provider; None where nothing of that name can be one."""
    return folder / "accepted" / f"{provider}.json" if PROVIDER_ID.fullmatch(provider) else None


def accepted(folder: Path, provider: str) -> Endpoint | None:
    """The endpoint that was accepted for a provider. A file that cannot be read accepts nothing."""
    path = path_of(folder, provider)
    try:
        found = None if path is None else msgspec.json.decode(path.read_bytes(), type=Accepted)
    except (OSError, msgspec.DecodeError):
        return None
    if found is None or found.id != provider:
        return None
    return Endpoint(
        id=found.id,
        name=found.name,
        api=found.api,
        env=found.env,
        npm=found.npm,
        kinds=found.kinds,
        origin="accepted",
    )


def acceptance(record: ProviderRecord, date: str, source: str) -> Accepted:
    """What accepting a provider as a sync brought it means."""
    return Accepted(
        id=record.id,
        name=record.name or record.id,
        api=record.api,
        env=record.env,
        npm=record.npm,
        kinds=kinds_of(record),
        date=date,
        source=source,
    )


def written(said: Accepted) -> bytes:
    """An acceptance as its file holds it."""
    return msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n"
