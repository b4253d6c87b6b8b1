"""Run scenarios against fixtures or live models, many models at a time, each scenario whole or not at all."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Final, Literal, Protocol, TypeAlias

import anyio
from msgspec import field
from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.aclient import AsyncClient
from modelmix.aim import Aim, aim, world
from modelmix.ask import Reach
from modelmix.call import Target
from modelmix.catalog.catalog import Catalog
from modelmix.compat.fixture import Origin, Recording
from modelmix.compat.ledger import Caps, Ledger
from modelmix.compat.play import Heard, Played, failed, planned, play
from modelmix.compat.redact import clean_all
from modelmix.compat.scenario import Embed, Flaw, Scenario, ruled_out
from modelmix.compat.select import Subject
from modelmix.compat.store import FixtureStore
from modelmix.compat.taken import About, Taken, recordings
from modelmix.compat.verdict import Proof, Verdict, standing_of
from modelmix.config import Config
from modelmix.endpoint import host_of, is_loopback
from modelmix.errors import MixError
from modelmix.explanation import explain
from modelmix.node import Node
from modelmix.outcome import Outcome, and_then
from modelmix.providers.known import find as find_provider
from modelmix.providers.provider import Provider
from modelmix.retry import Policy
from modelmix.secret import SHORT, Secret
from modelmix.spec import Spec
from modelmix.transport.tape import Tape, arecording, areplaying
from modelmix.worst import worst_case

Mode: TypeAlias = Literal["replay", "missing", "record"]
"""What is done: check what is kept, record what is not kept yet, or record all of it again."""

_KEYLESS: Final = "replayed"
"""Stands where a key would in a replay, which sends nothing to anybody."""


_NOWHERE: Final = "http://127.0.0.1/v1"
"""Where a local server would be; given by hand, so that none is started."""


class Watch(Protocol):
    """Is told of each scenario, before and after."""

    def __call__(self, spec: Spec, scenario: str, verdict: Verdict | None) -> None:
        """`verdict` is None before."""
        ...


class Overhear(Protocol):
    """Is told of the exchanges of each scenario that was asked live, as they came: they hold keys."""

    def __call__(self, spec: Spec, scenario: str, taken: Sequence[Taken]) -> None:
        """Tries that were made again are left out."""
        ...


class Bench(Node, frozen=True, kw_only=True):
    """What a run needs besides its models."""

    store: FixtureStore | None
    """Where fixtures lie; None: there are none, and none are kept."""
    mode: Mode = "replay"
    config: Config = Config()
    env: Mapping[str, str] = {}
    catalog: Catalog = field(default_factory=Catalog)
    caps: Caps = Caps()
    concurrency: int = 4
    """Models at a time."""
    overhear: Overhear | None = None


class Job(Node, frozen=True):
    """A model, and what it is asked."""

    subject: Subject
    scenarios: tuple[Scenario, ...]


class Ran(Node, frozen=True, kw_only=True):
    """What a run came to; `interrupted` where not all of it was done."""

    proofs: tuple[Proof, ...]
    interrupted: bool = False
    requests: int = 0
    cost: Decimal = Decimal(0)


def run(jobs: Sequence[Job], bench: Bench, watch: Watch) -> Ran:
    """Runs all jobs. An interrupt drops the scenarios that are under way and keeps what is done."""
    proofs: list[Proof] = []
    ledger = Ledger(bench.caps)
    interrupted = False
    try:
        anyio.run(_run, jobs, bench, watch, ledger, proofs)
    except KeyboardInterrupt:
        interrupted = True
    order = {job.subject.spec: index for index, job in enumerate(jobs)}
    proofs.sort(key=lambda proof: order[proof.spec])
    return Ran(proofs=tuple(proofs), interrupted=interrupted, requests=ledger.requests, cost=ledger.cost)


async def _run(jobs: Sequence[Job], bench: Bench, watch: Watch, ledger: Ledger, proofs: list[Proof]) -> None:
    limiter = anyio.CapacityLimiter(max(bench.concurrency, 1))
    # Models on this machine share its processor: several at once are slower than one after another.
    alone = anyio.CapacityLimiter(1)

    async def one(job: Job) -> None:
        async with alone if bench.mode != "replay" and _is_here(job.subject.spec, bench) else limiter:
            verdicts: list[Verdict] = []
            try:
                await _prove(job, bench, watch, ledger, verdicts)
            finally:
                # What was found out before an interrupt stands.
                if verdicts or not job.scenarios:
                    proofs.append(_proof(job, verdicts))

    async with anyio.create_task_group() as group:
        for job in jobs:
            group.start_soon(one, job)


def _proof(job: Job, verdicts: Sequence[Verdict]) -> Proof:
    kept: dict[str, Origin] = dict(job.subject.fixtures)
    kept |= {verdict.scenario: verdict.origin for verdict in verdicts if verdict.origin and verdict.status == "pass"}
    origins: dict[Origin, int] = {}
    for origin in kept.values():
        origins[origin] = origins.get(origin, 0) + 1
    entry = job.subject.entry
    return Proof(
        spec=job.subject.spec,
        tier=None if entry is None else entry.tier,
        standing=standing_of(verdicts),
        verdicts=tuple(verdicts),
        origins=origins,
    )


async def _prove(job: Job, bench: Bench, watch: Watch, ledger: Ledger, verdicts: list[Verdict]) -> None:
    """Runs the scenarios of one model, one after another, over the same connections."""
    live = [scenario for scenario in job.scenarios if _is_live(scenario, job.subject, bench)]
    session = _Session(job.subject, bench, ledger) if live else None
    try:
        for scenario in job.scenarios:
            watch(job.subject.spec, scenario.name, None)
            started = time.monotonic()
            if (reason := ruled_out(scenario, job.subject.entry)) is not None:
                verdict = Verdict(scenario=scenario.name, status="skipped", reason=reason)
            elif session is not None and scenario in live:
                verdict = await session.record(scenario)
            else:
                verdict = await _replay(scenario, job.subject, bench)
            verdict = replace(verdict, seconds=time.monotonic() - started)
            verdicts.append(verdict)
            watch(job.subject.spec, scenario.name, verdict)
    finally:
        if session is not None:
            await session.aclose()


def _is_live(scenario: Scenario, subject: Subject, bench: Bench) -> bool:
    kept = scenario.name in subject.fixtures
    return bench.mode == "record" or (bench.mode == "missing" and not kept)


def _is_here(spec: Spec, bench: Bench) -> bool:
    """Whether modelmix starts the server of a model itself."""
    provider = find_provider(spec.provider, bench.config.providers, bench.catalog).value_or(None)
    return isinstance(provider, Provider) and provider.launch


# Replay


async def _replay(scenario: Scenario, subject: Subject, bench: Bench) -> Verdict:
    spec = subject.spec
    if not subject.fixtures or bench.store is None:
        # Of most models of a catalogue there is nothing, and looking takes longer than knowing.
        return Verdict(scenario=scenario.name, status="untested", reason="no fixture")
    loaded = bench.store.load(spec.provider, spec.model, scenario.name)
    if isinstance(loaded, Failure):
        played = failed(loaded.failure())
        return Verdict(scenario=scenario.name, status="fail", flaws=played.flaws, error=played.error)
    found = loaded.unwrap()
    if not found:
        return Verdict(scenario=scenario.name, status="untested", reason="no fixture")
    played = await _replayed(scenario, spec, found, bench)
    first = found[0].fixture
    return Verdict(
        scenario=scenario.name,
        status="fail" if played.flaws else "pass",
        origin=first.origin,
        flaws=played.flaws,
        error=played.error,
        time=first.time,
        recordings=found,
    )


async def _replayed(scenario: Scenario, spec: Spec, found: Sequence[Recording], bench: Bench) -> Played:
    """Asks the recordings. Neither the environment nor any key has a part in it, and no server is started."""
    reach = Reach(api_key=_KEYLESS, unlisted=True)
    if _is_here(spec, bench):
        reach["base_url"] = _NOWHERE
    heard = [Heard(recording.fixture.response.headers, recording.body) for recording in found]
    plain = Config(providers=bench.config.providers, project=bench.config.project)
    # Of the environment only where the catalogue lies, which says what the rates are.
    env = {name: bench.env[name] for name in ("MM_HOME",) if name in bench.env}
    async with (
        areplaying(found) as http,
        AsyncClient(env=env, config=plain, http=http, policy=Policy(retries=0)) as client,
    ):
        played = await play(client, str(spec), scenario, reach, lambda: heard)
    if not played.flaws and played.exchanges != len(found):
        unlike = Flaw(about="exchanges", expected=f"{len(found)}, as recorded", came=str(played.exchanges))
        return replace(played, flaws=(unlike,))
    return played


# Record


class _Session:
    """The live calls to one model: one client, one tape, and the local server if it needs one."""

    def __init__(self, subject: Subject, bench: Bench, ledger: Ledger) -> None:
        self._spec = subject.spec
        self._subject = subject
        self._bench = bench
        self._ledger = ledger
        self._tape = Tape()
        self._http = arecording(bench.env, self._tape)
        # What is tried twice may be billed twice.
        retries = bench.config.retries if bench.caps == Caps() else 0
        self._client = AsyncClient(env=bench.env, config=bench.config, http=self._http, policy=Policy(retries=retries))

    async def aclose(self) -> None:
        """Closes the connections and stops the server."""
        await self._client.aclose()
        await self._http.aclose()

    async def record(self, scenario: Scenario) -> Verdict:
        """Asks the model, and keeps the exchange if all assertions hold."""
        around = world(self._bench.config, self._bench.env)
        target = aim(str(self._spec), around, Aim(unlisted=True))
        if isinstance(target, Failure):
            return _untold(scenario, target.failure())
        worst = self._worst(scenario, target.unwrap())
        reason = self._ledger.reserve(scenario.exchanges, worst)
        if reason is not None:
            return Verdict(scenario=scenario.name, status="untested", reason=reason)
        before = len(self._tape.taken)
        played = Played()
        try:
            played = await play(
                self._client, str(self._spec), scenario, Reach(unlisted=True), partial(self._heard, before)
            )
        finally:
            took = len(self._tape.taken) - before
            paid = None if played.cost is None else played.cost.total
            self._ledger.settle(scenario.exchanges, worst, took=took, paid=paid)
        taken = _answered(self._tape.taken[before:])
        if self._bench.overhear is not None:
            self._bench.overhear(self._spec, scenario.name, taken)
        return self._kept(scenario, played, target.unwrap(), taken)

    def _heard(self, since: int) -> list[Heard]:
        taken = _answered(self._tape.taken[since:])
        return [Heard(each.response.headers, each.response.body) for each in taken]

    def _worst(self, scenario: Scenario, target: Target) -> Decimal | None:
        """The most that a scenario may cost; None where nobody knows."""
        if target.provider.launch:
            return Decimal(0)
        if isinstance(scenario.play, Embed):
            rate = None if target.entry is None else target.entry.pricing.input
            size = sum(len(text.encode()) for text in scenario.play.texts)
            return None if rate is None else size * rate / 1_000_000
        plan = planned(self._client, str(self._spec), scenario, Reach(unlisted=True))
        if plan is None or isinstance(plan, Failure):
            return None
        cost = worst_case(plan.unwrap()).cost
        return None if cost is None else cost * scenario.exchanges

    def _kept(self, scenario: Scenario, played: Played, target: Target, taken: Sequence[Taken]) -> Verdict:
        origin: Origin = "local" if target.provider.launch or is_loopback(host_of(target.base_url)) else "live"
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        provider, model = self._spec.provider, self._spec.model
        about = About(origin=origin, provider=provider, model=model, scenario=scenario.name, time=now)
        cleaned = clean_all(taken, _secrets(self._bench.config, self._bench.env, target))
        made = and_then(cleaned, lambda takes: recordings(takes, about))
        flaws, error = played.flaws, played.error
        store = self._bench.store
        if not flaws and store is not None:
            kept = and_then(made, lambda found: self._put(store, scenario, found))
            if isinstance(kept, Failure):
                unkept = failed(kept.failure())
                flaws, error = unkept.flaws, unkept.error
        return Verdict(
            scenario=scenario.name,
            status="fail" if flaws else "pass",
            origin=origin,
            flaws=flaws,
            error=error,
            time=now,
            recordings=made.unwrap() if isinstance(made, Success) else (),
        )

    def _put(self, store: FixtureStore, scenario: Scenario, found: Sequence[Recording]) -> Outcome[None]:
        """Puts a scenario in place of the one that was there, in one step."""
        staged = store.stage(self._spec.provider, self._spec.model, scenario.name, found)
        return and_then(staged, lambda files: files.promote())


_SECRET: Final = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")


def _secrets(config: Config, env: Mapping[str, str], target: Target) -> tuple[Secret, ...]:
    """Every key that could have got into an exchange: those of the settings, and those of the environment."""
    variables = [value.strip() for name, value in env.items() if name.upper().endswith(_SECRET)]
    own = () if target.key is None else (target.key,)
    return (*own, *config.keys.values(), *[Secret(value) for value in variables if len(value) >= SHORT])


def _untold(scenario: Scenario, error: MixError) -> Verdict:
    return Verdict(scenario=scenario.name, status="untested", reason=explain(error).summary, error=error)


def _answered(taken: Sequence[Taken]) -> list[Taken]:
    """The exchanges without tries that were made again: of equal requests in a row, the last."""
    return [one for index, one in enumerate(taken) if index + 1 == len(taken) or _sent(taken[index + 1]) != _sent(one)]


def _sent(taken: Taken) -> tuple[str, bytes]:
    return taken.request.url, taken.request.body
