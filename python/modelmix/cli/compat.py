"""`mm compat`: which models work, shown by recorded exchanges."""

import os
from collections.abc import Mapping, Sequence
from typing import Final

from cyclopts import App
from returns.result import Failure, Success

from modelmix.catalog.writing import replace_file
from modelmix.cli import coverage, probing
from modelmix.cli.exits import DONE, FAILED, INTERRUPTED
from modelmix.cli.failing import fail
from modelmix.cli.importing import import_
from modelmix.cli.page import page
from modelmix.cli.proving import Choice, Ground, Live, Look, Outcomes, Wish, carry_out, ground_of, wish_of
from modelmix.cli.render import pretty
from modelmix.cli.setup import settings
from modelmix.cli.terminal import Screen, one_line
from modelmix.compat.survey import missing_key
from modelmix.compat.taken import now
from modelmix.compat.verdict import Proof, Verdict, by_provider
from modelmix.outcome import and_then
from modelmix.providers.known import find as find_provider

app: Final = App(name=("compat", "mc"))
app.command(import_, name="import")


@app.default
def compat(
    *patterns: str,
    choice: Choice | None = None,
    live: Live | None = None,
    look: Look | None = None,
    probe: probing.Probe | None = None,
) -> int:
    """Prove which models work, by recorded exchanges, without the network.

    Without a pattern, it shows what is known of the models that have fixtures. With one, it runs their scenarios: what
    the library sends today is compared with what was recorded, and what it reads of the recorded reply is checked.

    With the URL of a server, it asks that server live: what it speaks, what holds, its quirks, and its provider entry.

    Parameters
    ----------
    patterns
        Models to run, such as anthropic, openai:gpt-4o or "openai:gpt-4*"; or one http:// or https:// URL.
    """
    choice, live, look = choice or Choice(), live or Live(), look or Look()
    screen = Screen(color=look.color)
    found, probe = settings(dict(os.environ), None), probe or probing.Probe()
    if len(patterns) == 1 and probing.is_url(patterns[0]):
        if isinstance(found, Failure):
            return fail(found.failure(), screen)
        return probing.run(patterns[0], probe, choice, live, look, found.unwrap(), screen)
    refusal = probing.refusal(patterns, probe)
    if refusal is not None:
        return fail(refusal, screen)
    ground = and_then(found, ground_of)
    if isinstance(ground, Failure):
        return fail(ground.failure(), screen)
    wish = wish_of(patterns, choice, live, look, ground.unwrap())
    told = and_then(wish, lambda meant: carry_out(meant, choice, live, ground.unwrap()))
    if isinstance(told, Failure) or isinstance(wish, Failure):
        return fail((told if isinstance(told, Failure) else wish).failure(), screen)
    return _show(told.unwrap(), wish.unwrap(), ground.unwrap(), look, screen)


def _show(told: Outcomes, wish: Wish, ground: Ground, look: Look, screen: Screen) -> int:
    """Shows what came of it; the exit code."""
    for problem in ground.damaged:
        screen.note(f"{screen.alarm('Error:')} {one_line(coverage.summary(problem), 1000)}\n")
    names = _names(told.proofs, ground)
    if look.html is not None:
        written = replace_file(look.html, page(told.proofs, names, mode=told.mode, now=now()).encode())
        if isinstance(written, Failure):
            return fail(written.failure(), screen)
    if look.format == "json":
        document = coverage.document(
            told.proofs, told.unknown, told.still_failing, mode=told.mode, fixtures=str(ground.root), raw=wish.raw
        )
        screen.answer(pretty(document) + "\n")
    else:
        _show_text(told, wish, ground, names, screen)
    screen.end_answer()
    return _code(told, ground, screen)


def _show_text(told: Outcomes, wish: Wish, ground: Ground, names: Mapping[str, str], screen: Screen) -> None:
    for proof in told.proofs:
        for verdict in proof.verdicts:
            screen.answer(_closely(proof, verdict, wish))
        if told.ran is not None and proof.standing == "fail":
            screen.answer(coverage.failure(proof) + "\n")
    for spec in told.unknown:
        screen.answer(coverage.skipping(spec))
    if told.proofs:
        screen.answer(("\n" if told.unknown else "") + coverage.report(told.proofs, names))
        if told.ran is not None:
            screen.answer(coverage.tally(told.proofs) + coverage.still_failing(told.still_failing))
    elif told.ran is None and not ground.universe.fixtures:
        screen.answer(coverage.nothing_yet(str(ground.root)))


def _closely(proof: Proof, verdict: Verdict, wish: Wish) -> str:
    """What is shown of one verdict to whoever wants to see it: nothing for most."""
    lines = [coverage.verdict_line(str(proof.spec), verdict)] if wish.debug or wish.raw else []
    if wish.debug:
        lines += [f"{line}\n" for line in coverage.exchanges(verdict)]
    if wish.raw:
        lines += [f"{body}\n" for body in coverage.responses(verdict)]
    return "".join(lines)


def _code(told: Outcomes, ground: Ground, screen: Screen) -> int:
    """Whether all is well. A run in which nothing was run is not."""
    if told.ran is None:
        return FAILED if ground.damaged else DONE
    if told.ran.interrupted:
        screen.note("Interrupted: what was under way is dropped, what was done is kept\n")
        return INTERRUPTED
    key = missing_key(told.proofs)
    if key is not None:
        return fail(key, screen)
    verdicts = [verdict for proof in told.proofs for verdict in proof.verdicts]
    if not any(verdict.status in {"pass", "fail"} for verdict in verdicts):
        open_ = [verdict.reason for verdict in verdicts if verdict.status == "untested"]
        reasons = dict.fromkeys(open_ or [verdict.reason for verdict in verdicts])
        why = f": {one_line('; '.join(reasons))}" if reasons else ""
        screen.note(f"{screen.alarm('Error:')} Nothing was run{why}\n\n{coverage.HOW}")
        return FAILED
    return FAILED if ground.damaged or any(proof.standing == "fail" for proof in told.proofs) else DONE


def _names(proofs: Sequence[Proof], ground: Ground) -> dict[str, str]:
    """What providers are called."""
    found: dict[str, str] = {}
    for provider in by_provider(proofs):
        record = ground.universe.catalog.record(provider).value_or(None)
        known = find_provider(provider, ground.universe.own, ground.universe.catalog)
        if record is not None and record.name:
            found[provider] = record.name
        elif isinstance(known, Success):
            found[provider] = known.unwrap().name
    return found
