"""What `mm compat` is asked for and what there is to work with; then the run, or what is known without one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias, cast

from cyclopts import Parameter
from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.aim import world
from modelmix.cli.inputs import dollars
from modelmix.cli.running import progress
from modelmix.cli.setup import Settings
from modelmix.cli.terminal import Color
from modelmix.compat import state as states
from modelmix.compat.bench import Bench, Mode
from modelmix.compat.imports.naming import imported_kind
from modelmix.compat.ledger import Caps
from modelmix.compat.runner import Ran, run
from modelmix.compat.scenario import Operation
from modelmix.compat.select import Pattern, Selection, Universe, parse_pattern, recorded, select, used_for
from modelmix.compat.store import FixtureStore
from modelmix.compat.survey import Wanted, is_excluded, jobs_of, known_of, reachable, wanted_scenarios, with_state
from modelmix.compat.taken import now
from modelmix.compat.verdict import Proof
from modelmix.config import fixtures_folder
from modelmix.errors import BadConfig, BadRequest, MixError
from modelmix.node import Node
from modelmix.outcome import Outcome, and_then, collect, mapped
from modelmix.paths import data_folder
from modelmix.spec import Spec

Kind: TypeAlias = Literal["text", "embedding", "all"]

_CONCURRENCY: Final = 4


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which models are meant."""

    available: Annotated[bool, Parameter(negative=())] = False
    "Show every model of the catalog with its status."
    sample: Annotated[bool, Parameter(negative=())] = False
    "The models of sample_text_models and sample_embedding_models in the settings."
    type: Kind | None = None
    "Models for text, for embeddings, or all."
    scenario: Annotated[tuple[str, ...], Parameter(negative=())] = ()
    "Only this scenario, or those that fit, as imported-*; repeatable."


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Live:
    """What is asked of live models."""

    record: bool | None = None
    "Record the selection live again; without any, what is missing."
    record_all: Annotated[bool, Parameter(negative=())] = False
    "Record every model of the catalog whose key is set."
    max_concurrency: int | None = None
    "Models at a time: 4 without. Of a URL, wire formats: 1 without."
    max_cost: str | None = None
    "US dollars that recording may cost at most."
    max_requests: int | None = None
    "Requests that may be sent at most. With a cap nothing is tried twice; a URL has one of 150 by itself."
    update_state: Annotated[bool, Parameter(negative=())] = False
    "Write what comes of it to supported_models.json, as recording does."


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Look:
    """What is shown."""

    debug: bool | None = None
    "Show each verdict, its request and its fixture."
    format: Literal["text", "json"] = "text"
    "text or json."
    html: Path | None = None
    "Write a page to this file, too."
    color: Color = "auto"
    "auto, always or never."

    def is_close(self, env: Mapping[str, str]) -> bool:
        """Whether each verdict is shown with what is behind it: as the flag says, else its variable."""
        return env.get("MM_DEBUG") == "1" if self.debug is None else self.debug


class Wish(Node, frozen=True, kw_only=True):
    """What flags and variables ask for together."""

    patterns: tuple[Pattern, ...]
    operation: Operation | None
    wanted: Wanted
    recording: bool
    debug: bool
    raw: bool
    caps: Caps


class Ground(Node, frozen=True, kw_only=True):
    """What there is to work with."""

    found: Settings
    root: Path
    store: FixtureStore
    universe: Universe
    state: states.State
    excluded: tuple[Pattern, ...]
    damaged: tuple[MixError, ...]


class Outcomes(Node, frozen=True, kw_only=True):
    """What is to be told; `ran` is None for a report that runs nothing."""

    proofs: tuple[Proof, ...]
    unknown: tuple[str, ...] = ()
    still_failing: tuple[str, ...] = ()
    """Models that are known to fail and of which nothing failed now."""
    ran: Ran | None = None
    mode: str = "status"


def ground_of(found: Settings) -> Outcome[Ground]:
    """What there is to work with."""
    root = fixtures_folder(found.config, data_folder(found.env))
    store = FixtureStore(root)
    inventory = store.models()
    fixtures = {Spec(held.provider, held.model): dict(held.scenarios) for held in inventory.held}
    catalog = world(found.config, found.env).catalog
    universe = Universe(catalog=catalog, own=found.config.providers, fixtures=fixtures)
    excluded = collect([parse_pattern(text, universe) for text in found.config.excluded_models])
    return and_then(
        excluded,
        lambda patterns: mapped(
            states.load(root),
            lambda state: Ground(
                found=found,
                root=root,
                store=store,
                universe=universe,
                state=state,
                excluded=patterns,
                damaged=inventory.damaged,
            ),
        ),
    )


def wish_of(patterns: Sequence[str], choice: Choice, live: Live, look: Look, ground: Ground) -> Outcome[Wish]:
    """Flags, and where there is none, its variable."""
    env = ground.found.env
    kind = choice.type or env.get("MM_OPERATION") or "all"
    mode = env.get("MM_FIXTURES_MODE") or "replay"
    for name, value, allowed in (
        ("MM_OPERATION", kind, ("text", "embedding", "all")),
        ("MM_FIXTURES_MODE", mode, ("record", "replay")),
    ):
        if value not in allowed:
            return Failure(BadConfig(where=f"the environment ({name})", detail=f"it is none of {', '.join(allowed)}"))
    caps = _caps(live)
    kept = {name for held in ground.universe.fixtures.values() for name in held if imported_kind(name) is not None}
    scenarios = wanted_scenarios(choice.scenario, kept)
    texts = patterns or [text for text in env.get("MM_MODELS", "").split(",") if text.strip()]
    if choice.sample:
        texts = [*texts, *_sample(ground)]
    parsed = collect([parse_pattern(text, ground.universe) for text in texts])
    if isinstance(parsed, Failure):
        return parsed
    if isinstance(scenarios, Failure):
        return scenarios
    return mapped(
        caps,
        lambda bounds: Wish(
            patterns=parsed.unwrap(),
            operation=None if kind == "all" else cast("Operation", kind),
            wanted=scenarios.unwrap(),
            recording=live.record_all or (mode == "record" if live.record is None else live.record),
            debug=look.is_close(env),
            raw=env.get("MM_INCLUDE_RESPONSES") == "1",
            caps=bounds,
        ),
    )


def _sample(ground: Ground) -> tuple[str, ...]:
    config = ground.found.config
    return (*config.sample_text_models, *config.sample_embedding_models)


def _caps(live: Live) -> Outcome[Caps]:
    for field, value, least in (("max-requests", live.max_requests, 0), ("max-concurrency", live.max_concurrency, 1)):
        if value is not None and value < least:
            return Failure(BadRequest(field=field, value=str(value), expected=f"a number, at least {least}"))
    return mapped(dollars(live.max_cost), lambda cost: Caps(cost=cost, requests=live.max_requests))


def carry_out(wish: Wish, choice: Choice, live: Live, ground: Ground) -> Outcome[Outcomes]:
    """Runs what is to be run, or looks up what is known."""
    if choice.sample and not _sample(ground):
        where = ground.found.config.project or "your settings"
        detail = "sample_text_models and sample_embedding_models name no model"
        return Failure(BadConfig(where=where, detail=detail))
    chosen = _chosen(wish, ground, everything=choice.available or (wish.recording and not wish.patterns))
    if isinstance(chosen, Failure):
        return chosen
    selection = chosen.unwrap()
    if not wish.recording and (choice.available or not wish.patterns):
        proofs = [known_of(subject, ground.state, ground.excluded) for subject in selection.subjects]
        return Success(Outcomes(proofs=tuple(proofs), unknown=selection.unknown))
    mode: Mode = "replay"
    if wish.recording:
        mode = "record" if wish.patterns or live.record_all else "missing"
        if live.record_all or not wish.patterns:
            around = world(ground.found.config, ground.found.env)
            selection = replace(selection, subjects=reachable(selection.subjects, around))
    return _run(selection, mode, wish, live, ground)


def _chosen(wish: Wish, ground: Ground, *, everything: bool) -> Outcome[Selection]:
    patterns = wish.patterns
    if patterns or everything:
        patterns = patterns or (Pattern("*", "*", exact=False),)
        selected = select(patterns, ground.universe)
        found = mapped(selected, lambda selection: with_state(selection, ground.state, patterns))
    else:
        known = [_exactly(name) for name in ground.state]
        kept = recorded(ground.universe)
        named = select([pattern for pattern in known if pattern is not None], ground.universe)
        found = and_then(kept, lambda one: mapped(named, lambda other: _together(one, other)))
    return mapped(found, lambda selection: used_for(selection, wish.operation))


def _exactly(spec: str) -> Pattern | None:
    provider, _, model = spec.partition(":")
    return Pattern(provider, model, exact=True) if provider and model else None


def _together(one: Selection, other: Selection) -> Selection:
    subjects = {subject.spec: subject for subject in (*one.subjects, *other.subjects)}
    return Selection(subjects=tuple(subjects.values()), unknown=other.unknown)


def _run(selection: Selection, mode: Mode, wish: Wish, live: Live, ground: Ground) -> Outcome[Outcomes]:
    out = [one for one in selection.subjects if is_excluded(one.spec, ground.state, ground.excluded)]
    # An imported exchange is nothing that could be recorded.
    wanted = wish.wanted if mode == "replay" else replace(wish.wanted, imported=())
    jobs = jobs_of([one for one in selection.subjects if one not in out], wanted, wish.operation)
    bench = Bench(
        store=ground.store,
        mode=mode,
        config=ground.found.config,
        env=ground.found.env,
        catalog=ground.universe.catalog,
        caps=wish.caps,
        concurrency=live.max_concurrency or _CONCURRENCY,
    )
    with progress(sum(len(job.scenarios) + len(job.imported) for job in jobs)) as watch:
        ran = run(jobs, bench, watch)
    left = [known_of(subject, ground.state, ground.excluded) for subject in out]
    proofs = tuple(sorted((*ran.proofs, *left), key=lambda proof: (proof.spec.provider, proof.spec.model)))
    told = Outcomes(
        proofs=proofs,
        unknown=selection.unknown,
        still_failing=states.still_failing(ground.state, ran.proofs),
        ran=ran,
        mode="replay" if mode == "replay" else "record",
    )
    if mode == "replay" and not live.update_state:
        return Success(told)
    narrow = wish.wanted.narrow or wish.operation is not None
    after = states.updated(ground.state, ran.proofs, now(), narrow=narrow or ran.interrupted)
    saved = states.save(ground.root, after) if after != ground.state else Success(ground.root)
    return mapped(saved, lambda _: told)
