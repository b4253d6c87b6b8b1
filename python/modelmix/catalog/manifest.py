"""What a sync has written: one small file that makes the rest of it count."""

import hashlib
import re
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from modelmix.node import Node

NAME: Final = ".catalog_manifest.json"
PREVIOUS: Final = ".catalog_manifest.json.prev"
UPSTREAM: Final = "upstream"
"""The folder in a generation with what models.dev says of the providers that patches change."""

GENERATION: Final = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


class Entry(Node, frozen=True, kw_only=True):
    """One provider's file: its hash, its models, and where what models.dev says of it lies.

    That is in the file itself, or beside it where patches have changed it (`upstream_sha256`), or nowhere, where only
    patches make the provider.
    """

    sha256: str
    models: int
    kind: Literal["plain", "patched", "made"] = "plain"
    upstream_sha256: str | None = None


class Manifest(Node, frozen=True, kw_only=True):
    """One generation of the catalogue."""

    source: str
    date: str
    generation: str
    """The folder that its files lie in."""
    providers: int
    models: int
    files: Mapping[str, Entry]
    etag: str | None = None
    pruned: tuple[str, ...] = ()
    """Providers that models.dev no longer lists and that are to be gone."""
    patches: Mapping[str, str] = {}
    """The patch files that were merged, with their hashes."""


def sha256(data: bytes) -> str:
    """The hash of a file."""
    return hashlib.sha256(data).hexdigest()


def written(manifest: Manifest) -> bytes:
    """A manifest as its file holds it."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def read(data: bytes) -> Manifest:
    """The manifest that a file holds.

    Raises
    ------
    ValueError
        When it holds none.
    """
    try:
        found = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, RecursionError) as cause:
        raise ValueError(str(cause)) from cause
    if not GENERATION.fullmatch(found.generation):
        raise ValueError("it names no generation")
    return found
