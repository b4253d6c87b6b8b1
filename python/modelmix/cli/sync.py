"""`mm sync`: bring the catalogue of models up to date."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from returns.result import Failure, Success

from modelmix.aim import world
from modelmix.catalog.accepting import accept, offered
from modelmix.catalog.bundle import bundle as ship
from modelmix.catalog.catalog import Catalog
from modelmix.catalog.record import ProviderRecord
from modelmix.catalog.sync import Fetched, Report, Wish, sync as bring
from modelmix.catalog.trust import hosts
from modelmix.cli.failing import fail
from modelmix.cli.fetching import Bar
from modelmix.cli.setup import settings
from modelmix.cli.synced import lines, notes, preview, repaired, summary
from modelmix.cli.terminal import Screen, one_line
from modelmix.errors import BadRequest, FetchFailed
from modelmix.inflate import Inflater
from modelmix.outcome import Outcome, and_then, mapped
from modelmix.transport.fetch import LIMIT, Document, Errand, fetch, refused

DEFAULT: Final = "https://models.dev/api.json"
"""Where the catalogue comes from."""

_SECONDS: Final = 60.0
_GZIP: Final = b"\x1f\x8b"


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Leave:
    """What a sync may do."""

    dry_run: Annotated[bool, Parameter(negative=())] = False
    "Show what would change, and write nothing."
    prune: Annotated[bool, Parameter(negative=())] = False
    "Forget models that are no longer listed; without it they are kept and marked."
    allow_shrink: Annotated[bool, Parameter(negative=())] = False
    "Take a list with less than half of the models that are known."
    accept_provider: str | None = None
    "Let requests go to a provider that a sync brought, after showing its host and its key variables."
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative=())] = False
    "Accept without asking."


def sync(
    *,
    verbose: Annotated[bool, Parameter(name=["--verbose", "-v"], negative=())] = False,
    source: str | None = None,
    timeout: float = _SECONDS,
    bundle: Annotated[bool, Parameter(negative=(), show=False)] = False,
    leave: Leave | None = None,
) -> int:
    """Bring the list of models, with their prices and limits, up to date.

    Patches in models_local/*.json, beside the project's settings or in the user's data folder, are merged. Nothing
    that comes this way changes where a key is sent.

    Parameters
    ----------
    verbose
        Tell of every provider, not only of those that change.
    source
        A URL or a file, .json or .json.gz, instead of models.dev.
    timeout
        Seconds for fetching, 60 unless given.
    bundle
        For maintainers: make the catalogue that is shipped anew.
    """
    screen = Screen()
    if bundle:
        return _bundle(screen)
    found = settings(dict(os.environ), None)
    if isinstance(found, Failure):
        return fail(found.failure(), screen)
    known = found.unwrap()
    return _sync(
        Job(world(known.config, known.env).catalog, known.env, source, timeout, verbose), leave or Leave(), screen
    )


@dataclass(frozen=True)
class Job:
    """One sync: over what, from where, in how many seconds, and how much is told."""

    catalog: Catalog
    env: Mapping[str, str]
    source: str | None
    seconds: float
    verbose: bool


def _sync(job: Job, leave: Leave, screen: Screen) -> int:
    catalog, wanted = job.catalog, leave.accept_provider
    if wanted is not None and job.source is None and catalog.synced(wanted) is not None:
        return _accept(wanted, catalog, screen, assume_yes=leave.yes)
    wish = Wish(prune=leave.prune, allow_shrink=leave.allow_shrink, dry_run=leave.dry_run)
    damaged = catalog.faults()
    report = and_then(_fetched(job, screen), lambda come: bring(catalog, come, wish, datetime.now(UTC)))
    if isinstance(report, Failure):
        return fail(report.failure(), screen)
    _show(report.unwrap(), job, screen, dry_run=leave.dry_run)
    if not leave.dry_run:
        screen.note(repaired(damaged))
    if wanted is not None and not leave.dry_run:
        return _accept(wanted, catalog.reread(), screen, assume_yes=leave.yes)
    return 0


def _bundle(screen: Screen) -> int:
    match ship():
        case Success(told):
            screen.answer(told)
            return 0
        case Failure(problem):
            return fail(problem, screen)


def _show(report: Report, job: Job, screen: Screen, *, dry_run: bool) -> None:
    for saved in report.saved:
        if job.verbose or (saved.changed and report.written):
            screen.answer(preview(saved) if dry_run and saved.changed else lines(saved))
    if report.written or job.verbose:
        screen.note(notes(report, job.catalog, verbose=job.verbose))
    screen.answer(summary(report, dry_run=dry_run))


def _fetched(job: Job, screen: Screen) -> Outcome[Fetched]:
    source = job.source or DEFAULT
    if "://" not in source:
        return mapped(_file(Path(source)), lambda data: Fetched(source=source, data=data))
    if job.seconds <= 0:
        return Failure(BadRequest(field="timeout", value=f"{job.seconds:g}", expected="more than 0 seconds"))
    errand = Errand(url=source, seconds=job.seconds, etag=_tag(job.catalog, source))
    bar = Bar("models.dev", screen, announce=False)
    document = fetch(errand, job.env, bar.show)
    bar.end()
    return and_then(document, lambda found: _catalogue(found, source))


def _tag(catalog: Catalog, source: str) -> str | None:
    """The tag of what is here already, if that is whole and from the same place."""
    manifest = catalog.manifest
    whole = manifest is not None and manifest.source == source and not catalog.faults()
    return manifest.etag if manifest is not None and whole else None


def _catalogue(found: Document, source: str) -> Outcome[Fetched]:
    if found.media_type in {"text/html", "application/xhtml+xml"}:
        return refused(source, "it is a web page, perhaps one to sign in to a network")
    return Success(Fetched(source=source, data=found.data, etag=found.etag))


def _file(path: Path) -> Outcome[bytes]:
    """A file's bytes, unpacked if they are packed."""
    try:
        if not path.is_file() or path.stat().st_size > LIMIT:
            return _unreadable(path, "it is no file" if not path.is_file() else f"it is larger than {LIMIT >> 20} MiB")
        data = path.read_bytes()
        return Success(data) if data[:2] != _GZIP else _unpacked(data, path)
    except (OSError, ValueError) as cause:
        return _unreadable(path, str(cause))


def _unpacked(data: bytes, path: Path) -> Outcome[bytes]:
    found = bytearray()
    for piece in Inflater().pieces(data):
        found += piece
        if len(found) > LIMIT:
            return _unreadable(path, f"it is larger than {LIMIT >> 20} MiB")
    return Success(bytes(found))


def _unreadable(path: Path, why: str) -> Failure[FetchFailed]:
    return Failure(FetchFailed(source=str(path), why=why, hint="Check the path; it may be a URL as well", kind="data"))


def _accept(provider: str, catalog: Catalog, screen: Screen, *, assume_yes: bool) -> int:
    """Shows where a provider's requests would go, asks, and pins it."""
    offer = offered(catalog, provider)
    if isinstance(offer, Failure):
        return fail(offer.failure(), screen)
    record, folder = offer.unwrap(), catalog.folder
    assert folder is not None, "a command knows its user's folder"
    screen.note(_shown(record))
    if not assume_yes and not _agreed(record, screen):
        expected = "one that you agree to: answer y, or say --yes"
        return fail(BadRequest(field="accept-provider", value=provider, expected=expected), screen)
    done = accept(catalog, folder, record, datetime.now(UTC))
    if isinstance(done, Failure):
        return fail(done.failure(), screen)
    screen.answer(f"Accepted {provider}: {done.unwrap()}\n")
    return 0


def _shown(record: ProviderRecord) -> str:
    places = "".join(f"  host: {one_line(url)}\n" for url in sorted(hosts(record))) or "  host: none is told\n"
    variables = one_line(", ".join(record.env)) or "none"
    return f"{one_line(record.name or record.id)} ({record.id})\n{places}  key: {variables}\n"


def _agreed(record: ProviderRecord, screen: Screen) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    screen.note(f"Send requests for {record.id}, and the key in these variables, there? [y/N] ")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
