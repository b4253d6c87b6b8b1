"""Bring the catalogue up to date: what has come is checked, merged and written, all of it or nothing."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from returns.result import Failure, Success

from modelmix.catalog.catalog import Catalog
from modelmix.catalog.compare import Change, Difference, Move, difference, jumps, move, odd_rates
from modelmix.catalog.fields import Flaw
from modelmix.catalog.lock import locked
from modelmix.catalog.manifest import Manifest
from modelmix.catalog.merge import Made, listed, made, shrunk, upstream
from modelmix.catalog.patch import Patch
from modelmix.catalog.record import ModelRecord, ProviderRecord
from modelmix.catalog.shipped import shipped_providers
from modelmix.catalog.validate import Verdict, validate
from modelmix.catalog.writing import commit, sweep
from modelmix.node import Node
from modelmix.outcome import Outcome, and_then, mapped

PATIENCE: Final = 60.0
"""Seconds that a sync waits for another one."""


class Fetched(Node, frozen=True, kw_only=True):
    """What a source gave; no data where it says that it has nothing new since the last sync."""

    source: str
    data: bytes | None
    etag: str | None = None


class Wish(Node, frozen=True, kw_only=True):
    """What a sync may do: forget models that are no longer listed, lose more than half of all, write at all."""

    prune: bool = False
    allow_shrink: bool = False
    dry_run: bool = False


class Saved(Node, frozen=True, kw_only=True):
    """What became of one provider: how many models came, were kept although no longer listed, excluded, saved.

    `fetched` is None where models.dev says nothing of it. `ours` is the part of what changed that is not the patches'.
    """

    provider: str
    fetched: int | None
    kept: int
    excluded: int
    saved: int
    patches: tuple[Patch, ...]
    changed: bool
    whole: Difference
    ours: Difference


class Report(Node, frozen=True, kw_only=True):
    """What a sync has done, or would do; `written` is false where there was nothing to do."""

    source: str
    written: bool
    providers: int
    models: int
    saved: tuple[Saved, ...] = ()
    gone: tuple[str, ...] = ()
    """Providers that were forgotten."""
    aside: tuple[Flaw, ...] = ()
    renamed: tuple[Flaw, ...] = ()
    moves: tuple[Move, ...] = ()
    odd: tuple[tuple[str, Change], ...] = ()

    @property
    def jumps(self) -> tuple[tuple[str, Change], ...]:
        """The prices of models.dev that have changed by more than a factor of ten, each with its provider."""
        return tuple((each.provider, change) for each in self.saved for change in jumps(each.ours))


def sync(catalog: Catalog, fetched: Fetched, wish: Wish, now: datetime) -> Outcome[Report]:
    """Takes in what was fetched, over what a catalogue that has a folder knows until now."""
    verdict: Outcome[Verdict | None] = Success(None)
    if fetched.data is not None:
        verdict = validate(fetched.data, fetched.source)
    if isinstance(verdict, Failure):
        return verdict
    found = verdict.unwrap()
    if wish.dry_run or catalog.folder is None:
        return mapped(_plan(catalog, found, fetched, wish), lambda plan: plan.report)

    def work() -> Outcome[Report]:
        # What another process has written while this one waited counts as known.
        known = catalog.reread()
        return and_then(_plan(known, found, fetched, wish), lambda plan: _write(known, plan, fetched, now))

    return locked(catalog.folder, PATIENCE, work)


class _Plan(Node, frozen=True, kw_only=True):
    """The next generation, and what is new about it."""

    made: Mapping[str, Made]
    pruned: tuple[str, ...]
    patches: tuple[Patch, ...]
    report: Report


def _plan(catalog: Catalog, verdict: Verdict | None, fetched: Fetched, wish: Wish) -> Outcome[_Plan]:
    patches = catalog.patches
    if isinstance(patches, Failure):
        return patches
    before = {name: known for name in catalog.unpatched_providers() if (known := catalog.unpatched(name)) is not None}
    if verdict is not None and not wish.allow_shrink:
        fits = shrunk(listed(before.values()), verdict.models, fetched.source)
        if isinstance(fits, Failure):
            return fits
    after = upstream(before, verdict, prune=wish.prune)
    named = {*after, *(patch.provider for patch in patches.unwrap())}
    parts = {
        name: part for name in sorted(named) if (part := made(name, after.get(name), patches.unwrap())) is not None
    }
    # Nobody is to find what ships of a provider that has been forgotten.
    forgotten = tuple(sorted(shipped_providers() - {*after}))
    report = _report(catalog, parts, before, forgotten, fetched, verdict)
    return Success(_Plan(made=parts, pruned=forgotten, patches=patches.unwrap(), report=report))


def _report(
    catalog: Catalog,
    parts: Mapping[str, Made],
    before: Mapping[str, ProviderRecord],
    forgotten: tuple[str, ...],
    fetched: Fetched,
    verdict: Verdict | None,
) -> Report:
    manifest = catalog.manifest
    known = {*before, *(() if manifest is None else manifest.files)}
    fresh: Mapping[str, ProviderRecord] = {} if verdict is None else verdict.providers
    # With nothing new, what was there counts as what has come.
    come = {name: listed([record]) for name, record in (before if verdict is None else fresh).items()}
    return Report(
        source=fetched.source,
        written=_differs(catalog, parts, forgotten),
        providers=len(parts),
        models=sum(part.entry.models for part in parts.values()),
        saved=tuple(_saved(catalog, name, part, before.get(name), come.get(name)) for name, part in parts.items()),
        gone=tuple(sorted(known - {*parts})),
        aside=() if verdict is None else verdict.aside,
        renamed=() if verdict is None else verdict.renamed,
        moves=tuple(_moves(catalog, fresh)),
        odd=tuple((name, odd) for name, part in parts.items() for odd in odd_rates(part.merged)),
    )


def _saved(catalog: Catalog, name: str, part: Made, before: ProviderRecord | None, come: int | None) -> Saved:
    was = (None if catalog.store is None else catalog.store.saved(name)) or before
    above: Mapping[str, ModelRecord] = {} if part.upstream is None else part.upstream.models
    return Saved(
        provider=name,
        fetched=come,
        kept=sum(each.delisted for each in above.values()),
        excluded=len(set(above) - set(part.merged.models)),
        saved=len(part.merged.models),
        patches=part.patches,
        changed=was != part.merged,
        whole=difference(name, was, part.merged),
        ours=difference(name, before, part.upstream),
    )


def _moves(catalog: Catalog, fresh: Mapping[str, ProviderRecord]) -> Iterator[Move]:
    """The providers that a sync places elsewhere than where their requests go, which stays as it is."""
    for name, record in sorted(fresh.items()):
        trusted = catalog.endpoint(name).value_or(None)
        moved = move(record, trusted)
        if moved is not None and (trusted is not None or not catalog.is_settled(name)):
            yield moved


def _differs(catalog: Catalog, parts: Mapping[str, Made], forgotten: tuple[str, ...]) -> bool:
    manifest = catalog.manifest
    if manifest is None or catalog.faults():
        return True
    return manifest.pruned != forgotten or manifest.files != {name: part.entry for name, part in parts.items()}


def _write(catalog: Catalog, plan: _Plan, fetched: Fetched, now: datetime) -> Outcome[Report]:
    store = catalog.store
    if not plan.report.written or store is None:
        return Success(plan.report)
    before = store.manifest
    manifest = Manifest(
        source=fetched.source,
        date=now.isoformat(timespec="seconds"),
        generation=f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}",
        providers=plan.report.providers,
        models=plan.report.models,
        files={name: part.entry for name, part in plan.made.items()},
        etag=before.etag if fetched.data is None and before is not None else fetched.etag,
        pruned=plan.pruned,
        patches={patch.path: patch.sha256 for patch in plan.patches},
    )
    files = {name: data for part in plan.made.values() for name, data in part.files.items()}
    done = commit(store.folder, manifest, files)
    if isinstance(done, Success):
        previous = store.previous
        sweep(store.folder, frozenset({manifest.generation} | ({previous.generation} if previous else set())))
    return mapped(done, lambda _: plan.report)
