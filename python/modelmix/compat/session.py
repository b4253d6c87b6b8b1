"""Ask a live model what a scenario asks, and keep the exchange if all assertions hold."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Final

from returns.result import Failure, Success

from modelmix.aclient import AsyncClient
from modelmix.aim import Aim, World, aim
from modelmix.ask import Reach
from modelmix.call import Target
from modelmix.compat.bench import Bench, is_unlisted
from modelmix.compat.fixture import Origin, Recording
from modelmix.compat.ledger import Caps, Ledger
from modelmix.compat.offline import accounts, all_keys
from modelmix.compat.play import Heard, Played, failed, planned, play
from modelmix.compat.redact import clean_all
from modelmix.compat.scenario import Embed, Scenario
from modelmix.compat.select import Subject
from modelmix.compat.store import FixtureStore
from modelmix.compat.taken import About, Taken, now, recordings
from modelmix.compat.verdict import Verdict
from modelmix.endpoint import host_of, is_loopback
from modelmix.errors import MixError
from modelmix.explanation import explain
from modelmix.outcome import Outcome, and_then
from modelmix.retry import Policy
from modelmix.transport.tape import Tape, arecording
from modelmix.worst import worst_case

_GROWTH: Final = 2
"""The later requests of a loop hold the answers before them: how many times the first each may cost, at most."""


class Session:
    """The live calls to one model: one client, one tape, and the local server if it needs one."""

    def __init__(self, subject: Subject, bench: Bench, ledger: Ledger) -> None:
        self._spec = subject.spec
        self._subject = subject
        self._reach = Reach(unlisted=is_unlisted(subject))
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
        around = World(self._bench.config, self._bench.env, self._bench.catalog)
        target = aim(str(self._spec), around, Aim(unlisted=is_unlisted(self._subject)))
        if isinstance(target, Failure):
            return _untold(scenario, target.failure())
        worst = self._worst(scenario, target.unwrap())
        reason = self._ledger.reserve(scenario.exchanges, worst)
        if reason is not None:
            return Verdict(scenario=scenario.name, status="untested", reason=reason)
        reach = self._reach.copy()
        if self._bench.caps.cost is not None and worst is not None:
            # What was set aside is all there is, however long the conversation becomes.
            reach["max_cost"] = worst
        before = len(self._tape.taken)
        played = Played()
        try:
            played = await play(self._client, str(self._spec), scenario, reach, partial(self._heard, before))
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
        plan = planned(self._client, str(self._spec), scenario, self._reach)
        if plan is None or isinstance(plan, Failure):
            return None
        cost = worst_case(plan.unwrap()).cost
        return None if cost is None else cost * (1 if scenario.exchanges == 1 else scenario.exchanges * _GROWTH)

    def _kept(self, scenario: Scenario, played: Played, target: Target, taken: Sequence[Taken]) -> Verdict:
        origin: Origin = "local" if target.provider.launch or is_loopback(host_of(target.base_url)) else "live"
        recorded = now()
        provider, model = self._spec.provider, self._spec.model
        about = About(origin=origin, provider=provider, model=model, scenario=scenario.name, time=recorded)
        secrets = (*all_keys(self._bench.env, self._bench.config), *(() if target.key is None else (target.key,)))
        cleaned = clean_all(taken, secrets, accounts(self._bench.env))
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
            time=recorded,
            recordings=made.unwrap() if isinstance(made, Success) else (),
        )

    def _put(self, store: FixtureStore, scenario: Scenario, found: Sequence[Recording]) -> Outcome[None]:
        """Puts a scenario in place of the one that was there, in one step."""
        staged = store.stage(self._spec.provider, self._spec.model, scenario.name, found)
        return and_then(staged, lambda files: files.promote())


def _untold(scenario: Scenario, error: MixError) -> Verdict:
    return Verdict(scenario=scenario.name, status="untested", reason=explain(error).summary, error=error)


def _answered(taken: Sequence[Taken]) -> list[Taken]:
    """The exchanges without tries that were made again: of equal requests in a row, the last."""
    return [one for index, one in enumerate(taken) if index + 1 == len(taken) or _sent(taken[index + 1]) != _sent(one)]


def _sent(taken: Taken) -> tuple[str, bytes]:
    return taken.request.url, taken.request.body
