"""`mm doctor`: what is set, what would be sent, and what is wrong with it; nothing is sent or written."""

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final, Literal

from cyclopts import Parameter
from msgspec import Raw
from returns.result import Failure, Success

from modelmix.aim import Aim, World, aim, world as world_of
from modelmix.ask import request_of
from modelmix.ast.options import Options
from modelmix.call import HIDDEN, Call, Target, plan
from modelmix.card import Card, card
from modelmix.cli import render
from modelmix.cli.checkup import Finding, Section, surroundings, without_credentials
from modelmix.cli.exits import exit_code
from modelmix.cli.facts import carded, encoded, page
from modelmix.cli.gen import Sampling, options_of
from modelmix.cli.listing import pairs, shown
from modelmix.cli.setup import settings
from modelmix.cli.terminal import Screen
from modelmix.config import Config
from modelmix.endpoint import host_of
from modelmix.errors import BadKey, MissingKey, MixError, NotInstalled
from modelmix.explanation import explain
from modelmix.local.models import file_of
from modelmix.node import Node
from modelmix.outcome import Outcome, and_then, mapped
from modelmix.paths import data_folder
from modelmix.secret import Secret
from modelmix.transport.proxy import proxy_for
from modelmix.worst import worst_case

_OPEN: Final = frozenset({"content-type", "accept", "accept-encoding", "anthropic-version", "x-title"})
"""Headers whose values nobody keeps secret; others may be the user's own and are hidden, as reports are passed on."""


class Visit(Node, frozen=True, kw_only=True):
    """All that was found: around a call, and of the call itself where a model is named."""

    sections: tuple[Section, ...]
    card: Card | None = None
    call: Call | None = None

    @property
    def problems(self) -> tuple[MixError, ...]:
        """What is wrong, in the order it was found."""
        return tuple([each.problem for part in self.sections for each in part.findings if each.problem is not None])


def doctor(
    spec: str | None = None,
    /,
    *,
    prompt: str = "What is 2+2?",
    stream: Annotated[bool, Parameter(negative="--no-stream")] = True,
    unlisted: Annotated[bool, Parameter(negative=())] = False,
    sampling: Sampling | None = None,
    format: Literal["text", "json"] = "text",  # noqa: A002 - the option's name
    env_file: Path | None = None,
) -> int:
    """Check settings, keys and network, and show what would be sent to a model. Nothing is sent or written.

    No key's value is shown. The exit code is 0 when all is well, else that of the first problem.

    Parameters
    ----------
    spec
        The model, as provider:model; without it, only what is around a call is checked.
    prompt
        The prompt of the request that is shown.
    stream
        Show the request of a streamed answer.
    unlisted
        Use a model that the catalogue does not list.
    format
        text or json.
    env_file
        Read variables from this file; the environment wins.
    """
    screen = Screen()
    env = dict(os.environ)
    found = settings(env, env_file)
    whole = found.unwrap().env if isinstance(found, Success) else env
    config = mapped(found, lambda known: known.config)
    visit = Visit(sections=surroundings(Path.cwd(), whole, config))
    if spec is not None:
        world = world_of(config.value_or(Config()), whole)
        options = options_of(sampling or Sampling())
        visit = _examined(visit, spec, world, options, Question(prompt=prompt, stream=stream, unlisted=unlisted))
    screen.answer(encoded(_as_json(visit)) + "\n" if format == "json" else _as_text(visit))
    screen.end_answer()
    return exit_code(visit.problems[0]) if visit.problems else 0


class Question(Node, frozen=True, kw_only=True):
    """The sample that a model would be sent."""

    prompt: str
    stream: bool
    unlisted: bool


def _examined(visit: Visit, spec: str, world: World, options: Outcome[Options], asked: Question) -> Visit:
    """The visit, with what is found of one model."""
    known = card(spec, world, unlisted=asked.unlisted)
    if isinstance(known, Failure):
        return _with(visit, [Finding(spec, "is no model that can be asked", known.failure())])
    found = known.unwrap()
    if found.trouble is not None:
        return _with(visit, [Finding(found.spec, "is listed, but cannot be asked", found.trouble)], found)
    # The request is the same whatever the key, which is not shown anyway.
    target = aim(spec, world, Aim(api_key=Secret(HIDDEN), unlisted=asked.unlisted))
    call = and_then(options, lambda said: _planned(target, said, asked))
    findings = [
        *_key(spec, world, asked),
        *(_way(target.unwrap(), world) if isinstance(target, Success) else ()),
        *([Finding("request", "cannot be made", call.failure())] if isinstance(call, Failure) else []),
    ]
    return _with(visit, findings, found, call.unwrap() if isinstance(call, Success) else None)


def _with(visit: Visit, findings: Sequence[Finding], known: Card | None = None, call: Call | None = None) -> Visit:
    return Visit(sections=(*visit.sections, Section("Model", tuple(findings))), card=known, call=call)


def _planned(target: Outcome[Target], options: Options, asked: Question) -> Outcome[Call]:
    request = request_of(asked.prompt, stream=asked.stream, options=options)
    return and_then(target, lambda to: plan(request, to))


def _key(spec: str, world: World, asked: Question) -> Sequence[Finding]:
    """What is wrong with the key; where it is stands on the card."""
    real = aim(spec, world, Aim(unlisted=asked.unlisted))
    if isinstance(real, Failure) and isinstance(problem := real.failure(), MissingKey | BadKey):
        return [Finding("key", "missing" if isinstance(problem, MissingKey) else "cannot be one", problem)]
    return []


def _way(target: Target, world: World) -> Sequence[Finding]:
    """What stands between here and the model: a proxy, or a server that has to be started."""
    if target.provider.launch:
        here = file_of(target.model, data_folder(world.env))
        lacking = NotInstalled(extra="local", purpose="a local model") if find_spec("xllamacpp") is None else None
        return [
            Finding("server", "started when it is asked" if lacking is None else "cannot be started", lacking),
            Finding("file", str(here.unwrap()) if isinstance(here, Success) else "not here", _failure(here)),
        ]
    host = host_of(target.base_url)
    proxy = proxy_for(target.base_url.partition(":")[0], host, world.env)
    through = proxy.unwrap() if isinstance(proxy, Success) else None
    return [Finding("proxy", f"{host} directly" if through is None else without_credentials(through))]


def _failure(outcome: Outcome[Path]) -> MixError | None:
    return outcome.failure() if isinstance(outcome, Failure) else None


def _as_text(visit: Visit) -> str:
    parts = [_section(section) for section in visit.sections]
    if visit.card is not None:
        parts.append(page(visit.card))
    if visit.call is not None:
        changes = render.adaptations(visit.call.adaptations)
        parts += [
            f"Request\n{_indented(_request(visit.call))}",
            f"Changed for this model\n{changes}" if changes else "",
        ]
        parts.append(render.worst(worst_case(visit.call)))
    parts += [f"✗ {render.error(problem)}" for problem in visit.problems] or ["No problems found\n"]
    return "\n".join([part for part in parts if part])


def _section(section: Section) -> str:
    marked = [(f"{_mark(each)}{shown(each.name)}", shown(each.text)) for each in section.findings]
    return f"{section.title}\n{pairs(marked)}"


def _mark(finding: Finding) -> str:
    return "" if finding.problem is None else "✗ "


def _indented(text: str) -> str:
    return "".join([f"  {line}".rstrip() + "\n" for line in text.splitlines()])


def _request(call: Call) -> str:
    headers = "".join([f"{name}: {value}\n" for name, value in _headers(call)])
    return f"{call.method} {shown(call.url)}\n{headers}\n{render.body(call)}\n"


def _headers(call: Call) -> list[tuple[str, str]]:
    return [(name, value if name in _OPEN else HIDDEN) for name, value in call.shown_headers]


def _as_json(visit: Visit) -> dict[str, object]:
    whole: dict[str, object] = {
        section.title.split()[0].lower(): {each.name: each.text for each in section.findings}
        for section in visit.sections
    }
    if visit.card is not None:
        whole["card"] = carded(visit.card)
    if visit.call is not None:
        call, bound = visit.call, worst_case(visit.call)
        sent = {"method": call.method, "url": call.url, "headers": dict(_headers(call)), "body": Raw(call.body)}
        whole["request"] = sent
        whole["adaptations"] = call.adaptations
        whole["worst"] = bound
    whole["problems"] = [
        {"summary": explain(each).summary, "steps": explain(each).steps, "exit": exit_code(each)}
        for each in visit.problems
    ]
    return whole
