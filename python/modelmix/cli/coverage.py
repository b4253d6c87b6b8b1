"""How verdicts look: the report of coverage, what failed and why, and the same for programs."""

import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from modelmix.cli.terminal import one_line, safe
from modelmix.compat.fixture import Origin
from modelmix.compat.verdict import Counts, Proof, Standing, Status, Verdict, by_provider, count, origins
from modelmix.errors import MixError
from modelmix.explanation import explain
from modelmix.jsonvalue import JsonValue

_RULE: Final = "-" * 52

_REASONS: Final = 3
"""How many reasons are told of a model of which nothing ran."""

_HARMLESS: Final = re.compile(r"[\w:./@+,=~ -]+")

HOW: Final = """\
Record live:        mm compat "local:smollm2" --record
Import recordings:  mm compat import PATH
"""
"""How fixtures come to be."""

MARKS: Final[Mapping[Standing, str]] = {
    "pass": "✓",
    "fail": "✗",
    "simulated": "~",
    "excluded": "⊘",
    "untested": "?",
}

_WORDS: Final[Mapping[Status, str]] = {"pass": "PASS", "fail": "FAIL", "skipped": "SKIP", "untested": "NONE"}


def report(proofs: Sequence[Proof], names: Mapping[str, str]) -> str:
    """The coverage of each provider and of all; `names` is what providers are called.

    Where all fixtures are live, nothing is said of origins. A model that was only simulated has its own mark, its own
    count, and no part in what is validated.
    """
    lines = [_RULE, "Model Coverage Status", _RULE, ""]
    for provider, models in by_provider(proofs).items():
        lines.append(one_line(names.get(provider, provider)))
        lines += [f"  {MARKS[proof.standing]} {one_line(proof.spec.model)}{_notes(proof)}" for proof in models]
        lines += [f"  {_counted(count(models))}", ""]
    whole = count(proofs)
    lines.append(f"Overall Coverage: {whole.passed}/{whole.total} models validated ({whole.coverage:.1f}%)")
    if whole.simulated:
        lines.append(f"Only simulated, which validates nothing: {whole.simulated}")
    found = origins(proofs)
    if set(found) - {"live"}:
        lines.append(f"Fixtures by origin: {', '.join([f'{number} {origin}' for origin, number in found.items()])}")
    return "\n".join(lines) + "\n"


def tally(proofs: Iterable[Proof]) -> str:
    """How the scenarios of a run came out."""
    found = Counter(verdict.status for proof in proofs for verdict in proof.verdicts)
    return f"Scenarios: {', '.join([f'{found[status]} {status}' for status in _WORDS])}\n"


def still_failing(names: Sequence[str]) -> str:
    """What is known beyond a run."""
    known = f"Known to fail from an earlier recording, and not asked that again: {one_line(', '.join(names), 1000)}\n"
    return known if names else ""


def _notes(proof: Proof) -> str:
    words = [*([one_line(proof.tier)] if proof.tier else []), *(["simulated"] if proof.standing == "simulated" else [])]
    return f" ({', '.join(words)})" if words else ""


def _counted(counts: Counts) -> str:
    simulated = f", {counts.simulated} simulated" if counts.simulated else ""
    return (
        f"{counts.passed} pass, {counts.failed} fail, {counts.excluded} excluded, {counts.untested} untested{simulated}"
        f" | {counts.coverage:.1f}% coverage"
    )


def failure(proof: Proof) -> str:
    """What failed of a model, in full, and how to record it again."""
    name = one_line(str(proof.spec))
    lines = [f"FAIL {name}"]
    for verdict in proof.verdicts:
        lines += _flaws(verdict)
    if len(lines) == 1:
        lines += _skips(proof)
    return "\n".join([*lines, f"  Re-record: {again(proof)}"]) + "\n"


def _skips(proof: Proof) -> Iterator[str]:
    """Why nothing ran."""
    kept = any(verdict.recordings for verdict in proof.verdicts)
    yield "  Nothing of it could be checked:" if kept else "  Nothing could be asked of it: every scenario is skipped"
    skipped = [verdict for verdict in proof.verdicts if verdict.status == "skipped"]
    # What its recordings say is of more use than what the catalogue rules out.
    told = [verdict for verdict in skipped if verdict.recordings] or skipped
    reasons = Counter(verdict.reason for verdict in told)
    for reason, number in reasons.most_common(_REASONS):
        yield f"    {number} × {one_line(reason)}"
    if len(reasons) > _REASONS:
        yield f"    and {len(reasons) - _REASONS} more reasons"


def again(proof: Proof) -> str:
    """The command that records a model again. What a shell would carry out in a name, it must not."""
    name = one_line(str(proof.spec))
    quoted = f'"{name}"' if _HARMLESS.fullmatch(name) else shlex.quote(name)
    return f"mm compat {quoted} --record"


def _flaws(verdict: Verdict) -> Iterator[str]:
    for flaw in verdict.flaws:
        origin = f" ({verdict.origin})" if verdict.origin else ""
        yield f"  {one_line(verdict.scenario)}{origin}: {one_line(flaw.about)}"
        yield f"    expected: {_indented(flaw.expected)}"
        yield f"    came:     {_indented(flaw.came)}"


def _indented(text: str) -> str:
    return safe(text).replace("\n", "\n" + " " * 14)


def verdict_line(proof_spec: str, verdict: Verdict) -> str:
    """One verdict on one line."""
    facts = [fact for fact in (verdict.origin, verdict.time, verdict.reason) if fact]
    if verdict.status in {"pass", "fail"}:
        facts.append(f"{verdict.seconds * 1000:.0f} ms")
    told = one_line(", ".join(facts))
    return f"{_WORDS[verdict.status]} {one_line(proof_spec)} {one_line(verdict.scenario)} ({told})\n"


def responses(verdict: Verdict) -> Iterator[str]:
    """The raw replies behind a verdict, as they were kept: without secrets."""
    for recording in verdict.recordings:
        yield recording.body.decode("utf-8", "replace")


def nothing_yet(root: str) -> str:
    """What is said where there are no fixtures at all."""
    return f"No fixtures in {one_line(root)}\n\n{HOW}"


def summary(problem: MixError) -> str:
    """An error on one line."""
    return explain(problem).summary


def skipping(spec: str) -> str:
    """What is said of a spec that names no model."""
    return f"Skipping {one_line(spec)} (not in registry)\n  Run: mm sync\n"


def exchanges(verdict: Verdict) -> Iterator[str]:
    """The requests behind a verdict and the heads of their replies."""
    for recording in verdict.recordings:
        request, response = recording.fixture.request, recording.fixture.response
        if request is not None:
            yield f"  > {request.method} {one_line(request.url)}"
            yield f"  > {one_line(bytes(request.body).decode('utf-8', 'replace'), 1000)}"
        kind = one_line(response.headers.get("content-type", ""))
        size, pieces = len(recording.body), len(response.chunks)
        yield f"  < {response.status} {kind}, {size} bytes in {pieces} pieces ({one_line(response.file)})"


def document(
    proofs: Sequence[Proof],
    unknown: Iterable[str],
    failing: Iterable[str],
    *,
    mode: str,
    fixtures: str,
    raw: bool,
) -> JsonValue:
    """The report for programs. `raw` puts the replies into it."""
    providers: JsonValue = {provider: _numbers(models) for provider, models in by_provider(proofs).items()}
    return {
        "mode": mode,
        "fixtures": fixtures,
        "models": {str(proof.spec): _model(proof, raw=raw) for proof in proofs},
        "not_in_registry": list(unknown),
        "still_failing": list(failing),
        "providers": providers,
        "total": _numbers(proofs),
        "origins": _plain(origins(proofs)),
    }


def _plain(found: Mapping[Origin, int]) -> JsonValue:
    return {str(origin): number for origin, number in found.items()}


def _numbers(proofs: Sequence[Proof]) -> JsonValue:
    counts = count(proofs)
    found = Counter(verdict.status for proof in proofs for verdict in proof.verdicts)
    scenarios: JsonValue = {str(status): found[status] for status in _WORDS}
    return {
        "scenarios": scenarios,
        "pass": counts.passed,
        "fail": counts.failed,
        "simulated": counts.simulated,
        "excluded": counts.excluded,
        "untested": counts.untested,
        "coverage": round(counts.coverage, 1),
    }


def _model(proof: Proof, *, raw: bool) -> JsonValue:
    scenarios: JsonValue = {verdict.scenario: _scenario(verdict, raw=raw) for verdict in proof.verdicts}
    return {
        "status": proof.standing,
        "tier": proof.tier,
        "last_checked": proof.last_checked or None,
        "origins": _plain(proof.origins),
        "scenarios": scenarios,
    }


def _scenario(verdict: Verdict, *, raw: bool) -> JsonValue:
    told: dict[str, JsonValue] = {
        "status": verdict.status,
        "origin": verdict.origin,
        "recorded": verdict.time or None,
        **found_out(verdict),
    }
    if raw:
        told["responses"] = list(responses(verdict))
    return told


def found_out(verdict: Verdict) -> dict[str, JsonValue]:
    """A verdict for programs, wherever what it is on came from."""
    flaws: list[JsonValue] = [
        {"about": flaw.about, "expected": flaw.expected, "came": flaw.came} for flaw in verdict.flaws
    ]
    return {
        "status": verdict.status,
        "seconds": round(verdict.seconds, 3),
        "reason": verdict.reason or None,
        "flaws": flaws,
    }
