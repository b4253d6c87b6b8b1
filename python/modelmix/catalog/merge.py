"""What a sync makes of what was known, what has come, and the patches: the next generation, without writing it."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.catalog.manifest import UPSTREAM, Entry, sha256
from modelmix.catalog.patch import Patch, apply
from modelmix.catalog.record import ModelRecord, ProviderRecord, document
from modelmix.catalog.validate import Verdict
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


def upstream(
    before: Mapping[str, ProviderRecord], verdict: Verdict | None, *, prune: bool
) -> dict[str, ProviderRecord]:
    """What is known of models.dev after a sync; without a verdict, it has nothing new to say.

    What is no longer listed is kept, marked, or forgotten with `prune`.
    """
    if verdict is None:
        found = {name: _pruned(record) for name, record in before.items()} if prune else dict(before)
    else:
        held = verdict.held
        names = {*verdict.providers, *before} if not prune else {*verdict.providers, *(name for name, _ in held)}
        found = {name: _kept(before.get(name), verdict.providers.get(name), held, prune=prune) for name in names}
    return {name: record for name, record in found.items() if record is not None}


def _pruned(before: ProviderRecord) -> ProviderRecord | None:
    left = {name: each for name, each in before.models.items() if not each.delisted}
    return replace(before, models=left) if left or not before.models else None


def _kept(
    before: ProviderRecord | None,
    fresh: ProviderRecord | None,
    held: frozenset[tuple[str, str | None]],
    *,
    prune: bool,
) -> ProviderRecord | None:
    """What has come of a provider, and what stays of what was there."""
    if before is None:
        return fresh
    if fresh is None and (before.id, None) in held:
        return before
    come: Mapping[str, ModelRecord] = {} if fresh is None else fresh.models
    left = {
        name: each if (before.id, name) in held else replace(each, delisted=True)
        for name, each in before.models.items()
        if name not in come and (not prune or (before.id, name) in held)
    }
    return replace(fresh or before, models={**come, **left})


def listed(records: Iterable[ProviderRecord]) -> int:
    """How many models are listed, without those that only were."""
    return sum(not each.delisted for record in records for each in record.models.values())


def shrunk(before: int, after: int, source: str) -> Outcome[None]:
    """A failure where more than half of all models are gone: that is an accident, or worse."""
    if after * 2 >= before:
        return Success(None)
    why = f"models in it: {after}, and {before} are known: less than half is taken for damage"
    return Failure(FetchFailed(source=source, why=why, hint="If it is right, say --allow-shrink", kind="data"))


def made(provider: str, above: ProviderRecord | None, patches: Iterable[Patch]) -> Made | None:
    """A provider's files. What models.dev says is kept beside them where patches change it: they may change."""
    own = tuple(each for each in patches if each.provider == provider)
    merged = apply(above, own)
    if merged is None:
        return None
    data = document(merged)
    name, size = f"{provider}.json", len(merged.models)
    if above is None:
        entry, files = Entry(sha256=sha256(data), models=size, kind="made"), {name: data}
    elif not own:
        entry, files = Entry(sha256=sha256(data), models=size), {name: data}
    else:
        plain = document(above)
        entry = Entry(sha256=sha256(data), models=size, kind="patched", upstream_sha256=sha256(plain))
        files = {name: data, f"{UPSTREAM}/{name}": plain}
    return Made(upstream=above, merged=merged, entry=entry, files=files, patches=own)
