"""What a sync makes of what was known, what has come, and the patches: the next generation, without writing it."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.catalog.manifest import UPSTREAM, Entry, sha256
from modelmix.catalog.patch import Patch, apply
from modelmix.catalog.record import ProviderRecord, document
from modelmix.errors import FetchFailed
from modelmix.node import Node
from modelmix.outcome import Outcome


class Made(Node, frozen=True, kw_only=True):
    """One provider's part of a generation: what models.dev says, and with its patches."""

    upstream: ProviderRecord | None
    merged: ProviderRecord
    entry: Entry
    files: Mapping[str, bytes]
    patches: tuple[Patch, ...] = ()


def kept(before: ProviderRecord | None, fresh: ProviderRecord | None) -> ProviderRecord | None:
    """What has come, and of what was there before the models that are no longer listed, marked."""
    if before is None:
        return fresh
    missing = {
        name: replace(each, delisted=True)
        for name, each in before.models.items()
        if fresh is None or name not in fresh.models
    }
    base = fresh or before
    return replace(base, models=missing if fresh is None else {**fresh.models, **missing})


def listed(records: Iterable[ProviderRecord]) -> int:
    """How many models are listed, without those that only were."""
    return sum(not each.delisted for record in records for each in record.models.values())


def shrunk(before: int, after: int, source: str) -> Outcome[None]:
    """A failure where more than half of all models are gone: that is an accident, or worse."""
    if after * 2 >= before:
        return Success(None)
    why = f"it lists {after} models, and {before} are known: less than half is taken for damage"
    return Failure(FetchFailed(source=source, why=why, hint="If it is right, say --allow-shrink", kind="data"))


def made(provider: str, upstream: ProviderRecord | None, patches: Iterable[Patch]) -> Made | None:
    """A provider's files. What models.dev says is kept beside them where patches change it: they may change."""
    own = tuple(each for each in patches if each.provider == provider)
    merged = apply(upstream, own)
    if merged is None:
        return None
    data = document(merged)
    name, size = f"{provider}.json", len(merged.models)
    if upstream is None:
        entry, files = Entry(sha256=sha256(data), models=size, kind="made"), {name: data}
    elif not own:
        entry, files = Entry(sha256=sha256(data), models=size), {name: data}
    else:
        above = document(upstream)
        entry = Entry(sha256=sha256(data), models=size, kind="patched", upstream_sha256=sha256(above))
        files = {name: data, f"{UPSTREAM}/{name}": above}
    return Made(upstream=upstream, merged=merged, entry=entry, files=files, patches=own)
