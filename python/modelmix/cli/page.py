"""The report as one page for a browser: no part of it is fetched, and nothing in it is trusted."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Final

from modelmix.cli.coverage import MARKS, again
from modelmix.cli.terminal import one_line, safe
from modelmix.compat.fixture import Recording
from modelmix.compat.verdict import Counts, Proof, Status, Verdict, by_provider, count, origins

_FOLDER: Final = Path(__file__).parent

_ROOM: Final = 6_000_000
"""Characters that requests and replies may take together; beyond, a page is slow to open, above all on a phone."""

_LONGEST: Final = 40_000
"""Characters of one request or reply."""

_CASES: Final[Mapping[Status, str]] = {"pass": "✓", "fail": "✗", "skipped": "–", "untested": "?"}


def page(proofs: Sequence[Proof], names: Mapping[str, str], *, mode: str, now: str) -> str:
    """The whole page. What failed has its exchanges first, as long as there is room."""
    room = _Room(proofs)
    style, script = (
        (_FOLDER / "page.css").read_text(encoding="utf-8"),
        (_FOLDER / "page.js").read_text(encoding="utf-8"),
    )
    policy = f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; base-uri 'none'"
    grouped = by_provider(proofs)
    return "".join(
        [
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}; form-action \'none\'">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>Model coverage</title><style>{style}</style></head>\n<body>",
            _head(proofs, mode, now),
            _filter(grouped, names),
            *[_section(provider, models, names, room) for provider, models in grouped.items()],
            f"<script>{script}</script></body></html>\n",
        ]
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _text(text: str) -> str:
    """A text of theirs between tags: what acts is made visible, what is markup is not markup any more."""
    # Quotes act in attributes alone, and JSON is full of them.
    return escape(safe(text), quote=False)


def _word(text: str) -> str:
    return escape(one_line(text, 1000))


def _head(proofs: Sequence[Proof], mode: str, now: str) -> str:
    whole = count(proofs)
    by_origin = ", ".join([f"{number} {origin}" for origin, number in origins(proofs).items()]) or "none"
    simulated = (
        f'<p class="simulated">~ {whole.simulated} only simulated from the documents, which validates nothing</p>'
        if whole.simulated
        else ""
    )
    told = {"status": "what is known", "replay": "replayed", "record": "recorded"}.get(mode, mode)
    return (
        f"<header><h1>Model coverage</h1><p><strong>{whole.passed}/{whole.total} models validated "
        f"({whole.coverage:.1f}%)</strong></p><progress value={whole.passed} max={max(whole.total, 1)}></progress>"
        f"<p>{_counted(whole)}</p>{simulated}"
        f'<p class="soft">Fixtures by origin: {by_origin} · {told} · {_word(now)}</p></header>\n'
    )


def _counted(counts: Counts) -> str:
    named = {
        "pass": counts.passed,
        "fail": counts.failed,
        "excluded": counts.excluded,
        "untested": counts.untested,
        **({"simulated": counts.simulated} if counts.simulated else {}),
    }
    return ", ".join(
        [f'<span class="{name if number else "soft"}">{number} {name}</span>' for name, number in named.items()]
    )


def _filter(providers: Iterable[str], names: Mapping[str, str]) -> str:
    """Shown by the script, since nobody else can carry it out."""
    options = "".join([f'<option value="{_word(name)}">{_word(names.get(name, name))}</option>' for name in providers])
    standings = "".join([f"<option>{standing}</option>" for standing in MARKS])
    cases = "".join(
        [f'<option value="has-{case}">has a scenario: {case}</option>' for case in ("fail", "skipped", "untested")]
    )
    return (
        '<form id="filter" hidden><label>Provider<select id="provider"><option value="">all</option>'
        f'{options}</select></label><label>Verdict<select id="verdict"><option value="">all</option>{standings}{cases}'
        '</select></label><label>Model<input id="text" type="search" placeholder="part of a name"></label>'
        '<output id="shown"></output></form>\n'
    )


def _section(provider: str, models: Sequence[Proof], names: Mapping[str, str], room: "_Room") -> str:
    counts = count(models)
    rows = "".join([_model(proof, room) for proof in models])
    return (
        f'<section data-provider="{_word(provider)}"><h2>{_word(names.get(provider, provider))}</h2>'
        f"<p>{_counted(counts)} · {counts.coverage:.1f}% coverage</p>"
        f"<progress value={counts.passed} max={max(counts.total, 1)}></progress><ul>{rows}</ul></section>\n"
    )


def _model(proof: Proof, room: "_Room") -> str:
    cases = " ".join(sorted({f"has-{verdict.status}" for verdict in proof.verdicts}))
    notes = ", ".join([_word(proof.tier or ""), *[f"{number} {origin}" for origin, number in proof.origins.items()]])
    checked = f" · checked {_word(proof.last_checked)}" if proof.last_checked else ""
    line = (
        f'<span class="{proof.standing}">{MARKS[proof.standing]} {proof.standing}</span> '
        f'{_word(proof.spec.model)} <span class="soft">{notes.strip(", ")}{checked}</span>'
    )
    attributes = f'data-model="{_word(proof.spec.model)}" data-is="{f"{proof.standing} {cases}".strip()}"'
    if not proof.verdicts:
        return f'<li {attributes}><div class="row">{line}</div></li>'
    failed_first = sorted(proof.verdicts, key=lambda verdict: verdict.status != "fail")
    inner = "".join([_case(proof, verdicts, room) for verdicts in _alike(failed_first)])
    told = ""
    if proof.standing == "fail":
        told = f'<p class="soft">Re-record: <code>{_word(again(proof))}</code></p>'
    opened = " open" if proof.standing == "fail" else ""
    return f"<li {attributes}><details{opened}><summary>{line}</summary>{told}<ul>{inner}</ul></details></li>"


def _alike(verdicts: Iterable[Verdict]) -> Iterator[tuple[Verdict, ...]]:
    """The verdicts in their order, those together that were not asked for the same reason: most models have many."""
    for asked, found in groupby(verdicts, lambda verdict: (bool(verdict.recordings), verdict.status, verdict.reason)):
        has_recordings, status, _ = asked
        if has_recordings or status in {"pass", "fail"}:
            yield from ((verdict,) for verdict in found)
        else:
            yield tuple(found)


def _case(proof: Proof, verdicts: Sequence[Verdict], room: "_Room") -> str:
    verdict = verdicts[0]
    scenarios = ", ".join([_word(each.scenario) for each in verdicts])
    facts = [verdict.origin or "", verdict.time, verdict.reason]
    if verdict.status in {"pass", "fail"}:
        facts.append(f"{verdict.seconds * 1000:.0f} ms")
    told = " · ".join([_word(fact) for fact in facts if fact])
    flaws = "".join(
        [
            f"<dl><dt>{_word(flaw.about)}</dt><dd><b>expected</b> {_text(flaw.expected)}</dd>"
            f"<dd><b>came</b> {_text(flaw.came)}</dd></dl>"
            for flaw in verdict.flaws
        ]
    )
    shown = room.has(proof, verdict)
    left = (
        "" if shown or not verdict.recordings else '<p class="soft">Its exchanges would make this page too large.</p>'
    )
    exchanges = "".join([_exchange(recording) for recording in verdict.recordings]) if shown else left
    return (
        f'<li class="case"><span class="{verdict.status}">{_CASES[verdict.status]} {verdict.status}</span> '
        f'<strong>{scenarios}</strong> <span class="soft">{told}</span>{flaws}{exchanges}</li>'
    )


def _exchange(recording: Recording) -> str:
    fixture = recording.fixture
    request, response = fixture.request, fixture.response
    asked = "The request was not recorded."
    if request is not None:
        asked = f"{request.method} {request.url}\n{_lines(request.headers)}\n{_cut(bytes(request.body))}"
    came = f"{response.status}\n{_lines(response.headers)}\n{_cut(recording.body)}"
    return (
        f"<details><summary>Request and reply {fixture.step}</summary>"
        f"<pre>{_text(asked)}</pre><pre>{_text(came)}</pre></details>"
    )


def _lines(headers: Mapping[str, str]) -> str:
    return "".join([f"{name}: {value}\n" for name, value in headers.items()])


def _cut(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text) - _LONGEST} characters more)"


class _Room:
    """Which exchanges are on the page."""

    def __init__(self, proofs: Sequence[Proof]) -> None:
        self._shown: set[tuple[str, str]] = set()
        left = _ROOM
        for proof, verdict in sorted(_verdicts(proofs), key=lambda pair: pair[1].status != "fail"):
            left -= sum(map(_size, verdict.recordings))
            if left < 0:
                break
            self._shown.add((str(proof.spec), verdict.scenario))

    def has(self, proof: Proof, verdict: Verdict) -> bool:
        """Whether those behind a verdict are."""
        return (str(proof.spec), verdict.scenario) in self._shown


def _verdicts(proofs: Sequence[Proof]) -> Iterator[tuple[Proof, Verdict]]:
    return ((proof, verdict) for proof in proofs for verdict in proof.verdicts)


def _size(recording: Recording) -> int:
    request = recording.fixture.request
    sent = 0 if request is None else min(len(bytes(request.body)), _LONGEST)
    return sent + min(len(recording.body), _LONGEST)
