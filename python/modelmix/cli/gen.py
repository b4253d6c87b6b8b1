"""`mm gen`: text or an object from any model."""

import os
from dataclasses import dataclass
from typing import Annotated, Literal, cast

from cyclopts import Parameter
from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.ask import Talk
from modelmix.ast.content import Text
from modelmix.ast.message import User
from modelmix.ast.options import Effort, Options
from modelmix.cli import inputs, schemas
from modelmix.cli.answer import dry_run as dry, run
from modelmix.cli.calling import named
from modelmix.cli.failing import fail
from modelmix.cli.job import Job
from modelmix.cli.place import Place, reach_of
from modelmix.cli.setup import Settings, settings
from modelmix.cli.terminal import Color, Screen, is_piped
from modelmix.config import LogLevel
from modelmix.decode import DialectName
from modelmix.outcome import Outcome, and_then, collect, mapped
from modelmix.tools.loop import MAX_ROUNDS


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How the answer is made."""

    temperature: Annotated[float | None, Parameter(name=["--temperature", "-t"])] = None
    "Randomness, from 0 to 2."
    top_p: float | None = None
    "Share of the likeliest tokens to choose from, from 0 to 1."
    max_tokens: int | None = None
    "Limit on output, in tokens."
    stop: Annotated[tuple[str, ...], Parameter(negative=())] = ()
    "Text that ends the answer; repeatable."
    seed: int | None = None
    "Seed, for answers that can be repeated."
    reasoning_effort: Effort | None = None
    "How much a reasoning model thinks."
    option: Annotated[tuple[str, ...], Parameter(name=["--option", "-o"], negative=())] = ()
    "Option of the provider as key=value, passed through by name; repeatable."


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Spoken(Place):
    """Where the request goes, and what is spoken there."""

    dialect: DialectName | None = None
    "Speak this wire format instead of the one that the model is known for."


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Look:
    """What is shown, and how."""

    format: Literal["text", "json", "ndjson"] = "text"
    "text, json (one envelope) or ndjson (one event a line)."
    log_level: Annotated[LogLevel | None, Parameter(name=["--log-level", "-l"])] = None
    "debug, info or warning."
    color: Color = "auto"
    "auto, always or never."
    raw: Annotated[bool, Parameter(negative=())] = False
    "Leave control sequences in the answer as they are."
    sanitize: Annotated[bool, Parameter(negative=())] = False
    "Show control sequences escaped, also in a pipe."


def gen(  # noqa: PLR0913 - one parameter an option
    prompt: str | None = None,
    /,
    *,
    model: Annotated[str | None, Parameter(name=["--model", "-m"])] = None,
    stream: Annotated[bool | None, Parameter(name=["--stream", "-s"], negative="--no-stream")] = None,
    json: Annotated[bool, Parameter(name=["--json", "-j"], negative=())] = False,
    schema: str | None = None,
    system: str | None = None,
    attach: Annotated[tuple[str, ...], Parameter(name=["--attach", "-a"], negative=(), allow_leading_hyphen=True)] = (),
    tool: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    tool_rounds: int = MAX_ROUNDS,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    sampling: Sampling | None = None,
    place: Spoken | None = None,
    look: Look | None = None,
) -> int:
    """Generate text, or with --json an object, from any model.

    The answer goes to standard output, everything else to standard error. Text on standard input is added to the
    prompt, or is the prompt.

    Parameters
    ----------
    prompt
        What to ask.
    model
        The model, as provider:model.
    stream
        Print the answer as it arrives.
    json
        Ask for an object that fits a schema.
    schema
        The schema: a file, JSON, `name str, age int: years, tags [str]`, or module:Type. Implies --json.
    system
        System prompt, or @file.
    attach
        Image, PDF, recording or text file, image URL, or - for standard input; repeatable.
    tool
        Function that the model may call, as module:function; repeatable.
    tool_rounds
        Answers in which it may call them, 8 unless given.
    dry_run
        Print the exact request, with its key hidden, and send nothing.
    """
    sampling, place, look = sampling or Sampling(), place or Spoken(), look or Look()
    env = dict(os.environ)
    screen = Screen(color=look.color, sanitize=_sanitize(look))
    request = Said(prompt=prompt, model=model, stream=stream, system=system, attach=attach)
    job = and_then(settings(env, place.env_file), lambda found: _job(found, request, sampling, place, look, screen))
    if tool:
        job = and_then(
            job, lambda made: mapped(named(tool), lambda found: replace(made, tools=found, tool_rounds=tool_rounds))
        )
    if json or schema is not None:
        job = and_then(job, lambda made: mapped(schemas.wanted(schema), lambda form: replace(made, wanted=form)))
    match job:
        case Success(ready):
            return dry(ready, screen) if dry_run else run(ready, screen)
        case Failure(problem):
            return fail(problem, screen)


def _sanitize(look: Look) -> bool | None:
    """Whether the answer is made safe; None leaves that to whether a terminal shows it."""
    if look.sanitize or look.raw:
        return look.sanitize
    return None


@dataclass(frozen=True, kw_only=True)
class Said:
    """The request in the user's words."""

    prompt: str | None
    model: str | None
    stream: bool | None
    system: str | None
    attach: tuple[str, ...]


def _job(found: Settings, said: Said, sampling: Sampling, place: Spoken, look: Look, screen: Screen) -> Outcome[Job]:
    """Everything read and checked, before anything is sent."""
    config = found.config
    data: bytes | None = None
    if is_piped() and str(place.api_key_file) != "-":
        piped = inputs.read_stdin(screen.note)
        if isinstance(piped, Failure):
            return piped
        data = piped.unwrap()
    parts = collect(inputs.attachment(value, data) for value in said.attach)
    prompt = inputs.with_input(said.prompt, None if "-" in said.attach else data)
    ask = _ask(found, said, sampling, place)
    if isinstance(parts, Failure):
        return parts
    if isinstance(prompt, Failure):
        return prompt
    if isinstance(ask, Failure):
        return ask
    text = prompt.unwrap()
    return Success(
        Job(
            settings=found,
            spec=said.model or config.model,
            prompt=text,
            message=User((Text(text), *parts.unwrap())),
            ask=ask.unwrap(),
            stream=config.stream if said.stream is None else said.stream,
            format=look.format,
            log_level=look.log_level or config.log_level,
            timeout=place.timeout if place.timeout is not None else config.timeout,
            retries=place.retries if place.retries is not None else config.retries,
            assume_yes=place.yes,
        )
    )


def options_of(sampling: Sampling) -> Outcome[Options]:
    """How the answer shall be made, as a request says it."""
    return mapped(
        inputs.provider_options(sampling.option),
        lambda extra: Options(
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            max_tokens=sampling.max_tokens,
            stop=sampling.stop,
            seed=sampling.seed,
            reasoning_effort=sampling.reasoning_effort,
            extra=extra,
        ),
    )


def _ask(found: Settings, said: Said, sampling: Sampling, place: Spoken) -> Outcome[Talk]:
    """What goes with the prompt."""
    options = options_of(sampling)
    if isinstance(options, Failure):
        return options
    reach = reach_of(place, found.env)
    if isinstance(reach, Failure):
        return reach
    # All that a call may say about its reach, a talk may say as well.
    ask = cast("Talk", dict(reach.unwrap()))
    ask["options"] = options.unwrap()
    if place.dialect is not None:
        ask["dialect"] = place.dialect
    if said.system is not None:
        system = inputs.text_or_file(said.system, "system")
        if isinstance(system, Failure):
            return system
        ask["system"] = system.unwrap()
    return Success(ask)
