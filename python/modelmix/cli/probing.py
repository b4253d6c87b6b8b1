"""`mm compat URL`: what a server speaks that nobody has described, asked live."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal, TypeAlias

from cyclopts import Parameter
from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.aim import World
from modelmix.catalog.shipped import shipped_providers
from modelmix.catalog.writing import replace_file
from modelmix.cli import probed
from modelmix.cli.exits import DONE, FAILED, INTERRUPTED, exit_code
from modelmix.cli.failing import fail
from modelmix.cli.inputs import given_key
from modelmix.cli.page import page
from modelmix.cli.proving import Choice, Live, Look
from modelmix.cli.render import pretty
from modelmix.cli.running import progress
from modelmix.cli.setup import Settings
from modelmix.cli.terminal import Screen, one_line
from modelmix.compat.probe.address import base_of, name_of
from modelmix.compat.probe.asking import Asker
from modelmix.compat.probe.detect import Found, Wanted, detect
from modelmix.compat.probe.examine import Course, Examination, examine
from modelmix.compat.probe.judged import is_usable
from modelmix.compat.probe.questions import QUESTIONS
from modelmix.compat.survey import wanted_scenarios
from modelmix.compat.taken import now
from modelmix.config import Config
from modelmix.decode import DialectName
from modelmix.endpoint import check
from modelmix.errors import BadKey, BadRequest, MixError, Rejected
from modelmix.explanation import explain
from modelmix.node import Node
from modelmix.outcome import Outcome
from modelmix.providers.load import built_in, names
from modelmix.secret import Secret, flaw

Spoken: TypeAlias = DialectName | Literal["all"]

_REQUESTS: Final = 150
"""What a server is asked at most. One dialect takes about 25, all five about 90, more where much is asked twice."""

_SECONDS: Final = 120.0
"""For one answer: a small machine writes two thousand tokens in about as long."""

_DAY: Final = 86_400.0


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Probe:
    """A server of your own, by its URL."""

    api_key_env: str | None = None
    "Variable that holds the key of a server that is given by its URL; no other key is sent there."
    model: str | None = None
    "Model of that server; the first that it lists without."
    dialect: Spoken | None = None
    "Wire format to try, or all that it speaks; the best without."
    timeout: float | None = None
    "Seconds for each of its answers; 120 without."


class Plan(Node, frozen=True, kw_only=True):
    """What the flags ask for together."""

    wanted: Wanted
    course: Course
    everywhere: bool
    key: Secret | None
    requests: int


def is_url(pattern: str) -> bool:
    """Whether a pattern is the URL of a server."""
    return pattern.lower().startswith(("http://", "https://"))


def refusal(patterns: Sequence[str], probe: Probe) -> MixError | None:
    """Why options for a server are of no use, where no URL is given, or why a URL cannot stand beside others."""
    if any(map(is_url, patterns)):
        return BadRequest(field="URL", value="one of several patterns", expected="one URL by itself")
    given = next((name for name, value in asdict(probe).items() if value is not None), None)
    if given is None:
        return None
    return BadRequest(field=given.replace("_", "-"), value=str(getattr(probe, given)), expected="a URL beside it")


def run(url: str, probe: Probe, choice: Choice, live: Live, look: Look, found: Settings, screen: Screen) -> int:
    """Finds out about a server, and shows it; the exit code."""
    planned = _planned(url, probe, choice, live, found)
    if isinstance(planned, Failure):
        return fail(planned.failure(), screen)
    plan = planned.unwrap()
    asker = Asker(found.env, plan.key, seconds=plan.course.seconds, cap=plan.requests)
    around = World(Config(), found.env)
    detected = detect(plan.wanted, asker, around)
    if isinstance(detected, Failure):
        return _fail(detected.failure(), plan, screen)
    spoken = detected.unwrap()
    rows = spoken.rows if plan.everywhere else spoken.rows[:1]
    with progress(len(rows) * (len(plan.course.scenarios) + len(QUESTIONS))) as watch:
        done = examine(replace(spoken, rows=rows), plan.course, asker, around, watch)
    return _show(plan, spoken, done, look, found, screen)


def _planned(url: str, probe: Probe, choice: Choice, live: Live, found: Settings) -> Outcome[Plan]:
    scenarios = wanted_scenarios(choice.scenario, ())
    if isinstance(scenarios, Failure):
        return scenarios
    problem = _unfit(choice, live)
    if problem is not None:
        return Failure(problem)
    key = _key(probe.api_key_env, found)
    if isinstance(key, Failure):
        return key
    secret = key.unwrap()
    base = check(base_of(url), allow_insecure=secret is None)
    if isinstance(base, Failure):
        return base
    chosen = [one for one in scenarios.unwrap().scenarios if choice.type in {None, "all", one.operation}]
    seconds = next((one for one in (probe.timeout, found.config.timeout) if one is not None), _SECONDS)
    if not 0 < seconds <= _DAY:
        return Failure(BadRequest(field="timeout", value=f"{seconds:g}", expected="seconds, above 0 and up to a day"))
    return Success(
        Plan(
            wanted=Wanted(
                url=url.rstrip("/"),
                name=name_of(url, _taken()),
                key_env=probe.api_key_env,
                model=probe.model,
                dialect=None if probe.dialect == "all" else probe.dialect,
            ),
            course=Course(scenarios=tuple(chosen), seconds=seconds, concurrency=live.max_concurrency or 1),
            everywhere=probe.dialect == "all",
            key=secret,
            requests=_REQUESTS if live.max_requests is None else live.max_requests,
        )
    )


def _unfit(choice: Choice, live: Live) -> MixError | None:
    """An option that means nothing for a server that is given by its URL, or a number that cannot be."""
    said = {
        "record": live.record,
        "record-all": live.record_all,
        "update-state": live.update_state,
        "max-cost": live.max_cost,
        "available": choice.available,
        "sample": choice.sample,
    }
    name = next((name for name, value in said.items() if value), None)
    if name is not None:
        instead = "nothing beside a URL; paste the entry that comes of it into the settings, then use its name"
        return BadRequest(field=name, value=str(said[name]).lower(), expected=instead)
    for field, value in (("max-requests", live.max_requests), ("max-concurrency", live.max_concurrency)):
        if value is not None and value < 1:
            return BadRequest(field=field, value=str(value), expected="a number, at least 1")
    return None


def _key(variable: str | None, found: Settings) -> Outcome[Secret | None]:
    given = given_key(variable, None, found.env)
    if isinstance(given, Failure):
        return given
    value = (given.unwrap() or "").strip()
    if variable is None:
        return Success(None)
    why = flaw(value)
    return Success(Secret(value)) if why is None else Failure(BadKey(provider="this URL", source=variable, why=why))


def _taken() -> frozenset[str]:
    """Names that mean other providers."""
    aliases = [alias for name in names() for alias in built_in(name).aliases]
    return frozenset({*names(), *aliases, *shipped_providers()})


def _fail(problem: MixError, plan: Plan, screen: Screen) -> int:
    """Tells what went wrong; a key that is wanted is told as the flag that gives it."""
    if not (isinstance(problem, Rejected) and problem.kind in {"auth", "permission"}):
        return fail(problem, screen)
    variable = plan.wanted.key_env
    step = "Name the variable that holds its key: --api-key-env VAR"
    if variable is not None:
        step = f"Check the key in {one_line(variable)}"
    screen.note(f"{screen.alarm('Error:')} {one_line(explain(problem).summary, 1000)}\n\n{step}\n")
    return exit_code(problem)


def _show(plan: Plan, spoken: Found, done: Examination, look: Look, found: Settings, screen: Screen) -> int:
    if look.html is not None:
        called = {one.row.id: plan.wanted.url for one in done.dialects}
        drawn = page([one.proof for one in done.dialects], called, mode="asked live, nothing kept", now=now())
        written = replace_file(look.html, drawn.encode())
        if isinstance(written, Failure):
            return fail(written.failure(), screen)
    if look.format == "json":
        told = pretty(probed.document(plan.wanted, spoken, done)) + "\n"
    else:
        told = probed.report(plan.wanted, spoken, done, debug=look.is_close(found.env))
    screen.answer(told)
    screen.end_answer()
    if done.interrupted:
        screen.note("Interrupted: what was asked by then is shown\n")
        return INTERRUPTED
    return DONE if all(is_usable(one.verdicts) for one in done.dialects) else FAILED
