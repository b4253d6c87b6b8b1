"""What `mm gen` is asked to do, as one value, and the call that it means."""

from typing import Literal, TypeAlias, Unpack

from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.ask import Ask, Talk
from modelmix.ast.message import User
from modelmix.ast.options import FreeText, Output
from modelmix.budget import Budget
from modelmix.call import Call
from modelmix.cli.attaching import has_urls, inlined
from modelmix.cli.schemas import Wanted
from modelmix.cli.setup import Settings
from modelmix.client import Client
from modelmix.config import LogLevel
from modelmix.errors import Unsupported
from modelmix.node import Node
from modelmix.outcome import Outcome, and_then, mapped
from modelmix.reception import Deadlines
from modelmix.retry import Policy
from modelmix.tools.function import FunctionTool
from modelmix.tools.loop import MAX_ROUNDS

Format: TypeAlias = Literal["text", "json", "ndjson"]


class Job(Node, frozen=True, kw_only=True):
    """One call, and how to show it."""

    settings: Settings
    spec: str
    prompt: str
    message: User
    ask: Talk
    stream: bool
    format: Format
    log_level: LogLevel
    timeout: float | None
    retries: int
    assume_yes: bool
    wanted: Wanted | None = None
    tools: tuple[FunctionTool[..., object], ...] = ()
    tool_rounds: int = MAX_ROUNDS

    @property
    def output(self) -> Output:
        """The form of the answer."""
        return FreeText() if self.wanted is None else self.wanted.form


def planned(job: Job, client: Client, **more: Unpack[Ask]) -> Outcome[Call]:
    """The call that a job means."""
    ask: Ask = {**job.ask, **more}
    if job.tools:
        ask["tools"] = [tool.spec for tool in job.tools]
    return client.plan(job.spec, job.message, output=job.output, stream=job.stream, **ask)


def prepared(job: Job, client: Client) -> Outcome[tuple[Job, Call]]:
    """The job, with what its provider does not fetch by URL itself, and the call that it means."""
    plan = planned(job, client)
    fails = isinstance(plan, Failure) and isinstance(plan.failure(), Unsupported)
    if not (fails and has_urls(job.message)):
        return mapped(plan, lambda call: (job, call))
    whole = mapped(inlined(job.message, job.settings.env), lambda message: replace(job, message=message))
    return and_then(whole, lambda told: mapped(planned(told, client), lambda call: (told, call)))


def affordable(job: Job, call: Call) -> Outcome[Call]:
    """The call, unless it may cost more than the job may."""
    limit = job.ask.get("max_cost")
    refusal = None if limit is None else Budget(limit).refusal([call])
    return Success(call) if refusal is None else Failure(refusal)


def client_of(job: Job) -> Client:
    """The client that does a job."""
    config, env = job.settings.config, job.settings.env
    deadlines = Deadlines() if job.timeout is None else Deadlines(total=job.timeout)
    return Client(env=env, config=config, deadlines=deadlines, policy=Policy(retries=job.retries))
