"""What both clients share: settings, limits, local servers, and every decision that needs no network."""

import os
import time
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Unpack

from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.aim import Aim, World, aim, world
from modelmix.ask import Ask, Reach, aim_of, reach_of, request_of
from modelmix.ast.embedding import EmbedRequest
from modelmix.ast.message import Prompt
from modelmix.ast.options import Output
from modelmix.ast.request import Request
from modelmix.budget import Budget, wrong_limit
from modelmix.call import AnyCall, Call, EmbedCall, Target, plan
from modelmix.config import Config, load
from modelmix.decode import Bounds
from modelmix.embedding import plan_embed
from modelmix.errors import BadConfig, Incapable, MixError
from modelmix.local.server import Servers
from modelmix.outcome import Outcome, and_then, mapped
from modelmix.paths import data_folder
from modelmix.reception import Deadlines, Reception
from modelmix.retry import Bucket, Policy
from modelmix.transport.engine import Connections
from modelmix.trial import Trial


class Caller:
    """The settings of a client, and what follows from them."""

    def __init__(
        self,
        *,
        env: Mapping[str, str] | None,
        config: Config | None,
        deadlines: Deadlines | None,
        policy: Policy | None,
        bounds: Bounds | None,
        connections: Connections | None,
        max_cost: Decimal | None = None,
    ) -> None:
        self.env = os.environ if env is None else env
        self._deadlines = deadlines
        self.connections = connections or Connections()
        self.servers = Servers(data_folder(self.env))
        self._config = config
        self._policy = policy
        self._bounds = bounds or Bounds()
        self._bucket = Bucket()
        self._max_cost = max_cost

    def target(self, model: str, wish: Aim) -> Outcome[Target]:
        """Where a request goes."""
        return and_then(self._world, lambda around: aim(model, around, wish))

    def call(self, model: str, prompt: Prompt, *, stream: bool, output: Output | None, ask: Ask) -> Outcome[Call]:
        """What is sent, with the local server that it goes to running."""
        request = request_of(prompt, stream=stream, output=output, **ask)
        target = self.target(model, aim_of(**ask))
        if isinstance(target, Success) and target.unwrap().provider.launch and "base_url" not in ask:
            target = self.servers.reach(target.unwrap())
        return self._planned(request, target)

    def plan(
        self, model: str, prompt: Prompt, *, output: Output | None = None, stream: bool = False, **ask: Unpack[Ask]
    ) -> Outcome[Call]:
        """What would be sent."""
        request = request_of(prompt, stream=stream, output=output, **ask)
        return self._planned(request, self.target(model, aim_of(**ask)))

    def _planned(self, request: Request, target: Outcome[Target]) -> Outcome[Call]:
        """The call; a model that is not up to it is told with others that are."""
        planned = and_then(target, lambda to: plan(request, to))
        if isinstance(planned, Failure) and isinstance(problem := planned.failure(), Incapable):
            return Failure(self._advised(problem, target.unwrap()))
        return planned

    def _advised(self, problem: Incapable, target: Target) -> Incapable:
        """The problem, with models of the same provider that would do."""
        # Looking among models takes much that a call which succeeds has no use for.
        from modelmix.catalog.query import peers  # noqa: PLC0415

        near = and_then(self._world, lambda world: peers(world.catalog, target.provider.id, problem.needs))
        return replace(problem, near=near.value_or(()))

    def embed_calls(self, model: str, request: EmbedRequest, reach: Reach) -> Outcome[tuple[EmbedCall, ...]]:
        """What is sent to turn texts into vectors, with the local server that it goes to running."""
        target = self.target(model, reach_of(**reach))
        if isinstance(target, Success) and target.unwrap().provider.launch and "base_url" not in reach:
            target = self.servers.reach(target.unwrap(), embeddings=True)
        return and_then(target, lambda to: plan_embed(request, to))

    def begin_embed(
        self, model: str, request: EmbedRequest, reach: Reach
    ) -> Outcome[tuple[tuple[EmbedCall, ...], Budget | None]]:
        """The calls for vectors and what they may cost, unless all of them together may cost too much."""
        own = self.budget(reach)
        if isinstance(own, Failure):
            return own
        budget = own.unwrap()
        calls = self.embed_calls(model, request, reach)
        refusal = budget.refusal(calls.unwrap()) if budget is not None and isinstance(calls, Success) else None
        return Failure(refusal) if refusal is not None else mapped(calls, lambda made: (made, budget))

    def budget(self, reach: Reach) -> Outcome[Budget | None]:
        """What a run may cost, as its caller says, else as this client was told; None where nobody says."""
        limit = reach.get("max_cost", self._max_cost)
        wrong = None if limit is None else wrong_limit(limit)
        if wrong is not None:
            return Failure(wrong)
        return Success(None if limit is None else Budget(limit))

    def begin(
        self,
        model: str,
        prompt: Prompt,
        *,
        stream: bool,
        output: Output | None,
        ask: Ask,
        budget: Budget | None = None,
    ) -> Outcome[Trial]:
        """The tries of the call that a prompt means, unless it may cost too much.

        `budget` is that of the run that the call is a part of; without one, the call is a run of its own.
        """
        own = self.budget(ask) if budget is None else Success(budget)
        if isinstance(own, Failure):
            return own
        call = self.call(model, prompt, stream=stream, output=output, ask=ask)
        return and_then(call, lambda made: self.trial(made, own.unwrap()))

    def trial(self, call: AnyCall, budget: Budget | None) -> Outcome[Trial]:
        """The tries of a call, of which there have been none, unless it may cost too much."""
        refusal = None if budget is None else budget.refusal([call])
        if refusal is not None:
            return Failure(refusal)
        return Success(Trial(call, self._tries, self._bucket, time.monotonic(), budget))

    def reception(self, trial: Trial) -> Reception:
        """What takes in the reply to the next try."""
        return Reception(
            trial.call,
            deadlines=self.deadlines,
            bounds=self._bounds,
            begun=trial.begun,
            now=time.monotonic(),
            tries=trial.tries,
        )

    @staticmethod
    def wait(trial: Trial, reception: Reception, error: MixError) -> float | None:
        """The seconds to wait before the next try; None when there is to be none."""
        return None if reception.spoken or isinstance(error, BadConfig) else trial.again(error)

    @cached_property
    def _tries(self) -> Policy:
        """How often a call is tried: as this client was told, else as the settings say."""
        return self._policy or Policy(retries=self._settings.retries)

    @cached_property
    def deadlines(self) -> Deadlines:
        """How long is waited: as this client was told, else as the settings say."""
        return self._deadlines or Deadlines(total=self._settings.timeout)

    @property
    def _settings(self) -> Config:
        return self._world.unwrap().config if isinstance(self._world, Success) else Config()

    @cached_property
    def _world(self) -> Outcome[World]:
        config = load(Path.cwd(), self.env) if self._config is None else Success(self._config)
        return mapped(config, lambda known: world(known, self.env))
