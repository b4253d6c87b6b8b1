"""How a server that was examined is shown: to a person, and to programs."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from modelmix.catalog.owners import owners_of
from modelmix.cli.coverage import exchanges, found_out, verdict_line
from modelmix.cli.terminal import one_line, safe
from modelmix.compat.probe.detect import Found, Wanted
from modelmix.compat.probe.entry import entry
from modelmix.compat.probe.examine import Examination, Examined
from modelmix.compat.probe.judged import Capability, State, is_usable
from modelmix.compat.verdict import Verdict
from modelmix.jsonvalue import JsonValue
from modelmix.providers.load import key_owners
from modelmix.variables import first_foreign

_MARKS: Final[Mapping[State, str]] = MappingProxyType({"holds": "✓", "does not hold": "✗", "unclear": "?"})
_MARGIN: Final = " " * 10
_LONGEST: Final = 400


def report(wanted: Wanted, found: Found, done: Examination, *, debug: bool) -> str:
    """All that was found out, for a person; what the server says is made safe."""
    lines = [*_head(wanted, found, done), ""]
    for one in done.dialects:
        lines += [*_dialect(one, debug=debug), ""]
    lines += [_place(done.dialects[0]), ""]
    lines += [_entry(one) for one in done.dialects]
    first = done.dialects[0]
    spec = shlex.quote(one_line(f"{first.row.id}:{first.model}"))
    lines += [
        f'With it:  mm gen "Hello" -m {spec}',
        f"Record:   mm compat {spec} --record",
        "",
    ]
    return "\n".join(lines)


def _head(wanted: Wanted, found: Found, done: Examination) -> Iterator[str]:
    yield f"{one_line(wanted.url)}: {done.requests} requests"
    for row in found.rows:
        yield f"  speaks {row.dialect} at {one_line(row.base_url)}"
    for dialect, why in found.unspoken:
        yield f"  not {dialect}: {one_line(why)}"
    if found.listed_at is not None:
        yield f"  models: {len(found.models)} listed at {one_line(found.listed_at)}"
    yield f"  asked: {one_line(found.model)}{_chosen(wanted)}"
    if found.embedder != found.model:
        yield f"  asked for vectors: {one_line(found.embedder)}"


def _chosen(wanted: Wanted) -> str:
    return "" if wanted.model is not None else ", the first that is listed for words; --model takes another"


def _dialect(one: Examined, *, debug: bool) -> Iterator[str]:
    yield f"{one.row.dialect}"
    for capability in one.capabilities:
        yield f"  {_MARKS[capability.state]} {capability.name}: {capability.state}{_share(capability)}"
        for verdict in capability.verdicts:
            yield from _against(verdict)
            if debug:
                yield f"      {verdict_line(str(one.proof.spec), verdict).rstrip()}"
                yield from [f"    {line}" for line in exchanges(verdict)]
    if one.quirks:
        yield "  Quirks"
    for quirk in one.quirks:
        yield f"    {quirk.name}: {one_line(quirk.seen, _LONGEST)}"
        yield f"      {one_line(quirk.cover, _LONGEST)}"


def _share(capability: Capability) -> str:
    passed = sum(verdict.status == "pass" for verdict in capability.verdicts)
    return f" ({passed} of {len(capability.verdicts)} scenarios)" if capability.state == "unclear" else ""


def _against(verdict: Verdict) -> Iterator[str]:
    """The flaws of a scenario, or why it was not asked."""
    if verdict.reason:
        yield f"      {verdict.scenario}: {one_line(verdict.reason)}"
    for flaw in verdict.flaws:
        yield f"      {verdict.scenario}: {one_line(flaw.about)}"
        yield f"{_MARGIN}expected: {_cut(flaw.expected)}"
        yield f"{_MARGIN}came:     {_cut(flaw.came)}"


def _cut(text: str) -> str:
    return one_line(safe(text), _LONGEST)


def _place(one: Examined) -> str:
    """Where the entry goes: a project may not name a variable that holds the key of another provider."""
    foreign = first_foreign(one.row.auth.env, one.row.id, owners_of((), key_owners({})))
    if foreign is None:
        return "Provider entry, for modelmix.toml or your own settings:"
    why = one_line(foreign.partition(";")[0])
    return f"Provider entry, for your own settings; a project's may not have it, since {why}:"


def _entry(one: Examined) -> str:
    return entry(one.row, notes(one))


def notes(one: Examined) -> Sequence[str]:
    """The comments of an entry: what was seen that its fields are for, and what does not hold."""
    held = [capability.name for capability in one.capabilities if capability.state == "holds"]
    open_ = [f"{each.name} ({each.state})" for each in one.capabilities if each.state != "holds"]
    seen = [f"{quirk.name}: {quirk.seen}" for quirk in one.quirks if quirk.change is not None]
    told = [f"holds, as mm compat saw it with {one.model}: {', '.join(held) or 'nothing'}"]
    return [*told, *([f"not so: {', '.join(open_)}"] if open_ else []), *seen]


def document(wanted: Wanted, found: Found, done: Examination) -> JsonValue:
    """The same for programs."""
    speaks: list[JsonValue] = [{"dialect": row.dialect, "base_url": row.base_url} for row in found.rows]
    silent: list[JsonValue] = [{"dialect": dialect, "why": why} for dialect, why in found.unspoken]
    dialects: list[JsonValue] = [_plain(one) for one in done.dialects]
    return {
        "url": wanted.url,
        "speaks": speaks,
        "does_not_speak": silent,
        "models": list(found.models),
        "listed_at": found.listed_at,
        "model": found.model,
        "embedding_model": found.embedder,
        "requests": done.requests,
        "interrupted": done.interrupted,
        "dialects": dialects,
    }


def _plain(one: Examined) -> JsonValue:
    abilities: JsonValue = {each.name: each.state for each in one.capabilities}
    scenarios: JsonValue = {name: found_out(verdict) for name, verdict in one.verdicts.items()}
    quirks: list[JsonValue] = [{"name": each.name, "seen": each.seen, "cover": each.cover} for each in one.quirks]
    return {
        "dialect": one.row.dialect,
        "base_url": one.row.base_url,
        "provider": one.row.id,
        "usable": is_usable(one.verdicts),
        "capabilities": abilities,
        "scenarios": scenarios,
        "quirks": quirks,
        "entry": _entry(one),
    }
