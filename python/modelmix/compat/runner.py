"""Run scenarios against fixtures or live models, many models at a time, each scenario whole or not at all."""

import time
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import anyio
from msgspec.structs import replace

from modelmix.compat.bench import Bench, Job, is_here, provider_of
from modelmix.compat.fixture import Origin
from modelmix.compat.imported import judge_imported
from modelmix.compat.ledger import Ledger
from modelmix.compat.rerun import replay
from modelmix.compat.scenario import Scenario, ruled_out
from modelmix.compat.select import Subject
from modelmix.compat.session import Session
from modelmix.compat.verdict import Proof, Verdict, Watch, standing_of
from modelmix.node import Node


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
        async with alone if bench.mode != "replay" and is_here(job.subject.spec, bench) else limiter:
            verdicts: list[Verdict] = []
            try:
                await _prove(job, bench, watch, ledger, verdicts)
            finally:
                # What was found out before an interrupt stands.
                if verdicts or not (job.scenarios or job.imported):
                    proofs.append(_proof(job, verdicts))

    async with anyio.create_task_group() as group:
        for job in jobs:
            group.start_soon(one, job)


def _proof(job: Job, verdicts: Sequence[Verdict]) -> Proof:
    kept: dict[str, Origin] = dict(job.subject.fixtures)
    kept |= {verdict.scenario: verdict.origin for verdict in verdicts if verdict.origin and verdict.status == "pass"}
    origins = Counter(kept.values())
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
    session = Session(job.subject, bench, ledger) if live else None
    try:
        for scenario in job.scenarios:
            watch(job.subject.spec, scenario.name, None)
            started = time.monotonic()
            if (reason := ruled_out(scenario, job.subject.entry)) is not None:
                verdict = Verdict(scenario=scenario.name, status="skipped", reason=reason)
            elif session is not None and scenario in live:
                verdict = await session.record(scenario)
            else:
                verdict = await replay(scenario, job.subject, bench)
            verdict = replace(verdict, seconds=time.monotonic() - started)
            verdicts.append(verdict)
            watch(job.subject.spec, scenario.name, verdict)
    finally:
        if session is not None:
            await session.aclose()
    if bench.store is not None:
        provider = provider_of(job.subject.spec, bench)
        await judge_imported(job.imported, job.subject.spec, bench.store, provider, watch, verdicts)


def _is_live(scenario: Scenario, subject: Subject, bench: Bench) -> bool:
    # A simulation stands in for a recording until there is one.
    kept = subject.fixtures.get(scenario.name, "simulated") != "simulated"
    return bench.mode == "record" or (bench.mode == "missing" and not kept)
