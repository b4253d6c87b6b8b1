"""Where a provider that only the catalogue knows is reached, and who says so."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from modelmix.catalog.record import Kind, ProviderRecord
from modelmix.node import Node

Origin: TypeAlias = Literal["shipped", "accepted", "patch"]
"""Who names the host: the catalogue that modelmix ships, the user who accepted what a sync brought, or a patch."""


class Endpoint(Node, frozen=True, kw_only=True):
    """Host, key variables and kind of a provider, from a source that may name them.

    What a sync brings is no such source (SPEC §4): it changes models and prices, never where a key is sent.
    """

    id: str
    name: str
    api: str | None
    """The base URL; `${NAME}` in it stands for a variable of the environment."""
    env: tuple[str, ...]
    npm: str | None
    """The package of the AI SDK that speaks to it, which tells its dialect."""
    kinds: Mapping[str, Kind]
    """What differs for single models, by id."""
    origin: Origin = "shipped"
    project: bool = False
    """Whether a file of the project says so: then no stored key goes there."""


def endpoint_of(record: ProviderRecord, origin: Origin = "shipped", *, project: bool = False) -> Endpoint:
    """The endpoint that a record describes."""
    return Endpoint(
        id=record.id,
        name=record.name or record.id,
        api=record.api,
        env=record.env,
        npm=record.npm,
        kinds=kinds_of(record),
        origin=origin,
        project=project,
    )


def kinds_of(record: ProviderRecord) -> dict[str, Kind]:
    """How the models are reached that are reached otherwise than their provider, by id."""
    return {name: entry.provider for name, entry in record.models.items() if entry.provider is not None}
