"""How a sync tells what it has done."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Final

from modelmix.catalog.catalog import Catalog
from modelmix.catalog.compare import Change, Difference, Move
from modelmix.catalog.fields import Flaw
from modelmix.catalog.sync import Report, Saved
from modelmix.catalog.trust import hosts
from modelmix.cli.terminal import one_line

_SHOWN: Final = 20
"""Lines of one kind that are shown unless all are asked for."""


def lines(saved: Saved) -> str:
    """What became of one provider."""
    told = [f"Syncing models for {saved.provider}..."]
    if saved.fetched is not None:
        told.append(f"✓ Fetched {_models(saved.fetched)} from models.dev")
    if saved.kept:
        told.append(f"✓ Kept {_models(saved.kept)} that models.dev no longer lists")
    if saved.patches:
        names = ", ".join(one_line(patch.path.replace("\\", "/").rpartition("/")[2]) for patch in saved.patches)
        told.append(f"✓ Found {_counted(len(saved.patches), 'patch file')}: {names}")
    if saved.excluded:
        told.append(f"✓ Excluded {_models(saved.excluded)}")
    merged = {name for patch in saved.patches for name, _ in patch.models}
    if merged:
        told.append(f"✓ Merged {_counted(len(merged), 'patch model')}")
    told.append(f"✓ Saved {_models(saved.saved)} to {saved.provider}.json")
    return "".join(f"{line}\n" for line in told)


def preview(saved: Saved) -> str:
    """What would become of one provider."""
    found = saved.whole
    if not (found.added or found.removed or found.prices or found.limits):
        return f"{saved.provider}: other facts about its models change\n"
    counts = (
        (len(found.added), "added"),
        (len(found.removed), "removed"),
        (len(found.prices), "prices changed"),
        (len(found.limits), "limits changed"),
    )
    head = ", ".join(f"{count} {word}" for count, word in counts if count)
    return "".join(f"{line}\n" for line in (f"{saved.provider}: {head}", *_changed(found)))


def _changed(found: Difference) -> Iterator[str]:
    for name in found.added:
        yield f"  + {one_line(name)}"
    for name in found.removed:
        yield f"  - {one_line(name)}"
    for change in (*found.prices, *found.limits):
        yield f"  ~ {_change(change)}"


def _change(change: Change) -> str:
    return f"{one_line(change.model)} {change.field} {_number(change.before)} → {_number(change.after)}"


def _number(value: Decimal | int | None) -> str:
    if value is None:
        return "unknown"
    return f"${value:f}" if isinstance(value, Decimal) else str(value)


def notes(report: Report, catalog: Catalog, *, verbose: bool) -> str:
    """What ought to be looked at."""
    told = [
        *_some((f"skipped {_place(flaw)}" for flaw in report.aside), verbose=verbose),
        *_some((f"{_place(flaw)}" for flaw in report.renamed), verbose=verbose),
        *(f"price of {name}:{_change(change)}, more than ten times" for name, change in report.jumps),
        *_some((_odd(name, change) for name, change in report.odd), verbose=verbose),
        *_some((_move(each, catalog) for each in report.moves), verbose=verbose),
    ]
    return "".join(f"Note: {line}\n" for line in told)


def repaired(faults: Iterable[Flaw]) -> str:
    """What was damaged before."""
    return "".join(f"Note: damaged, and now written anew: {_place(flaw)}\n" for flaw in faults)


def _some(told: Iterable[str], *, verbose: bool) -> list[str]:
    every = list(told)
    if verbose or len(every) <= _SHOWN:
        return every
    return [*islice(every, _SHOWN), f"… and {len(every) - _SHOWN} more like this; see --verbose"]


def _place(flaw: Flaw) -> str:
    return f"{one_line(flaw.path)}: {one_line(flaw.why)}"


def _odd(provider: str, change: Change) -> str:
    rates = f"{_number(change.before)}, where others have {_number(change.after)}"
    return f"{provider}:{one_line(change.model)} {change.field} is {rates}: is it for 1,000 tokens? It was kept"


def _move(moved: Move, catalog: Catalog) -> str:
    there = f"{one_line(', '.join(moved.hosts)) or 'no host'} with {one_line(', '.join(moved.env)) or 'no variable'}"
    if catalog.is_settled(moved.provider):
        return f"{moved.provider} is placed at {there} by models.dev, which counts for nothing"
    step = f"to accept: mm sync --accept-provider {moved.provider}"
    if moved.trusted is None:
        return f"{moved.provider} is new, at {there}; {step}"
    return f"{moved.provider} is placed at {there}; requests still go to {_hosts(moved)}; {step}"


def _hosts(moved: Move) -> str:
    known = () if moved.trusted is None else sorted(hosts(moved.trusted))
    return one_line(", ".join(known)) or "no host"


def summary(report: Report, *, dry_run: bool) -> str:
    """The last line."""
    if not report.written:
        return "Already up to date\n"
    changed = sum(each.changed for each in report.saved)
    gone = f", {_counted(len(report.gone), 'provider')} forgotten" if report.gone else ""
    verb = "Would save" if dry_run else "Saved"
    whole = f"{_models(report.models)} of {_counted(report.providers, 'provider')} ({changed} changed{gone})"
    return f"{verb} {whole} from {one_line(report.source)}\n"


def _models(count: int) -> str:
    return _counted(count, "model")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
