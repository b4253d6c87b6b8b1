"""Bring the recordings of other tools into a store of fixtures."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from returns.result import Failure

from modelmix.compat.imports.found import Found, Left
from modelmix.compat.imports.kinds import exchanges
from modelmix.compat.imports.making import made
from modelmix.compat.imports.naming import names
from modelmix.compat.imports.placing import placed
from modelmix.compat.imports.shelving import Shelves
from modelmix.compat.store import FixtureStore
from modelmix.errors import BadFixture, MixError, SecretFound
from modelmix.explanation import explain
from modelmix.node import Node
from modelmix.providers.provider import Provider
from modelmix.secret import Secret


class Kept(Node, frozen=True):
    """An exchange that is in the store; `new` where it was not, or was another, before."""

    provider: str
    new: bool


Brought: TypeAlias = Kept | Left | MixError
"""What became of an exchange. An error ends the import: nothing can be written. What was kept before it stays."""


def bring(
    path: Path,
    store: FixtureStore,
    secrets: Sequence[Secret],
    *,
    own: Mapping[str, Provider] = MappingProxyType({}),
    dry: bool = False,
) -> Iterator[Brought]:
    """What becomes of each exchange in a file or a folder, one after another. Each is kept whole or not at all.

    `own` are the providers of the user's settings.
    """
    shelves = Shelves(store, dry=dry)
    for found in exchanges(path):
        if isinstance(found, Left):
            yield found
            continue
        told = _kept(found, placed(found.url, found.provider, own), shelves, secrets)
        yield told
        if not isinstance(told, Kept | Left):
            return


def _kept(found: Found, provider: str, shelves: Shelves, secrets: Sequence[Secret]) -> Brought:
    if not provider:
        return Left(found.path, "it does not say which provider was asked")
    if not found.model:
        return Left(found.path, "it does not say which model was asked", provider)
    first = next(names(found.wire, found.scenario))
    recording = made(found, provider, found.model, first, secrets)
    if isinstance(recording, Failure):
        return Left(found.path, _why(recording.failure()), provider)
    put = shelves.put(recording.unwrap())
    return put.failure() if isinstance(put, Failure) else Kept(provider, new=put.unwrap() == "new")


def _why(error: MixError) -> str:
    """Why an exchange is not kept. A secret is told by its place and its kind, never by its words."""
    match error:
        case SecretFound(where=where, kind=kind):
            return f"it holds a secret: {kind} in {where}"
        case BadFixture(detail=detail):
            return detail
        case _:
            return explain(error).summary
