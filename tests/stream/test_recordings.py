"""Every recorded reply gives the outcome that its oracle found, whole, byte by byte, and cut at random.

Tag reading is off, since the oracle leaves `<think>` in the text. Where we differ on purpose, a row of
`deviations` says for which recordings, in which field, and what we say instead; `docs/wire/` says why.
"""

import json
import sys
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, cast

import pytest
from returns.result import Failure, Success

from modelmix.accumulate import fold
from modelmix.ast.event import Failed
from modelmix.ast.response import Response
from modelmix.decode import DIALECTS, DialectName
from modelmix.errors import Rejected, Truncated, Undecodable
from modelmix.rejection import read_rejection
from stream.deviations import DEVIATIONS
from stream.deviations.deviation import Deviation, told_call
from stream.feeding import CUTS, Reading, read
from stream.recordings import Call, Recording, count, records


def told(recording: Recording) -> dict[str, object]:
    """What the oracle says, field by field."""
    expected = recording.expected
    return {
        "text": expected.text,
        "reasoning": expected.reasoning or "",
        "refusal": expected.refusal or None,
        "tool_calls": tuple(told_call(call) for call in expected.tool_calls),
        "arguments": tuple(written(call) for call in expected.tool_calls if call.name),
        "citations": expected.citations,
        "id": expected.id or None,
        "model": expected.model or None,
        "input": expected.usage_full.input_total,
        "output": expected.usage_full.output_total,
        "total": expected.usage_full.total,
        "cache_read": expected.usage.cached_input,
        "cache_write": expected.usage.cache_write,
        "reasoning_tokens": expected.usage.reasoning,
        "error": expected.error and (expected.error.kind in _FOREIGN, expected.error.message),
        "finish": None if expected.error else expected.finish.normalised or "unknown",
        "raw_finish": None if expected.error else expected.finish.raw or None,
    }


def written(call: Call) -> str | None:
    """The text of a call's arguments; None where the oracle has only their value."""
    return "{}" if call.arguments == {} and not call.arguments_raw else call.arguments_raw


_FOREIGN: Final = frozenset({"not_json", "not_a_completion"})


def heard(reading: Reading) -> dict[str, object]:
    """What we say, field by field."""
    answer, usage, failed = reading.answer, reading.answer.usage, isinstance(reading.end, Failed)
    return {
        "text": answer.text,
        "reasoning": answer.reasoning,
        "refusal": answer.refusal,
        "tool_calls": tuple(
            (call.name, None if call.minted else call.id, value(call.arguments)) for call in answer.tool_calls
        ),
        "arguments": tuple(call.arguments for call in answer.tool_calls),
        "citations": sources(answer),
        "id": answer.id,
        "model": answer.model,
        "input": usage.input,
        "output": usage.output,
        "total": usage.total,
        "cache_read": usage.cache_read,
        "cache_write": usage.cache_write,
        "reasoning_tokens": usage.reasoning,
        "error": _problem(reading),
        "finish": None if failed else answer.finish,
        "raw_finish": None if failed else answer.raw_finish,
    }


def value(arguments: str) -> object:
    """What arguments mean; None for what is no JSON, as the oracle has it."""
    try:
        return cast("object", json.loads(arguments))
    except ValueError:
        return None


def sources(answer: Response) -> tuple[str, ...]:
    """The URLs of an answer. One that goes back with each text it belongs to may come more than once."""
    sealed = [citation.url for citation in answer.citations if citation.seal and citation.url]
    return (*dict.fromkeys(sealed), *(citation.url for citation in answer.citations if not citation.seal))


def texts(recording: Recording, answer: Response) -> tuple[str | None, ...]:
    """The texts of arguments as far as the oracle has them. Their values are compared anyway."""
    ours = tuple(call.arguments for call in answer.tool_calls)
    known = tuple(written(call) for call in recording.expected.tool_calls if call.name)
    if len(ours) != len(known):
        return ours
    return tuple(None if text is None else own for own, text in zip(ours, known, strict=True))


def _problem(reading: Reading) -> tuple[bool, str | None] | None:
    if not isinstance(reading.end, Failed):
        return None
    match reading.end.error:
        case Rejected(message=message):
            return False, message
        # A document of another kind has no message, and text is its own.
        case Undecodable(kind=kind, preview=preview):
            return True, preview if kind == "not_json" else None
        case error:
            raise AssertionError(error)


def wanted(recording: Recording, dialect: DialectName, used: Counter[Deviation]) -> dict[str, object]:
    """The oracle's word, with ours where we deviate from it."""
    fields = told(recording)
    for deviations in DEVIATIONS[dialect].values():
        for deviation in deviations:
            if fnmatchcase(recording.id, deviation.ids):
                instead = deviation.instead(recording)
                used[deviation] += instead != fields[deviation.field]
                fields[deviation.field] = instead
    return fields


def folded(reading: Reading) -> Response:
    """The answer as the events make it."""
    match fold(reading.events), fold(reading.events[:-1]):
        case Success(response), _:
            return response
        case Failure(error), Failure(Truncated(partial=Response() as partial)):
            assert Failed(error) == reading.end
            return partial
        case outcome:
            raise AssertionError(outcome)


def documented(dialect: DialectName) -> dict[str, int]:
    """How many replies each row of the documentation speaks of."""
    document = (Path(__file__).parents[2] / "docs" / "wire" / f"{dialect}.md").read_text("utf-8")
    rows = [line.split("|") for line in document.split("## Against the recordings")[1].splitlines() if "|" in line]
    return {cells[1].strip(): int(cells[2]) for cells in rows[2:]}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_deviation_is_documented_with_its_number(dialect: DialectName, shared: Path) -> None:
    numbers: Counter[str] = Counter()
    for recording, _ in records(shared, dialect):
        used: Counter[Deviation] = Counter()
        if recording.response.status == 200:
            wanted(recording, dialect, used)
        numbers.update(why for why, group in DEVIATIONS[dialect].items() if any(used[deviation] for deviation in group))
    assert documented(dialect) == numbers


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_reply_has_its_recorded_outcome(
    dialect: DialectName, cut: str, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = rejected = 0
    used: Counter[Deviation] = Counter()
    wrong: dict[str, dict[str, tuple[object, object]]] = {}
    for recording, body in records(shared, dialect):
        if recording.response.status != 200:
            rejected += 1
            continue
        ran += 1
        reading = read(CUTS[cut](body, recording.id), dialect=dialect)
        want, have = wanted(recording, dialect, used), heard(reading)
        want["fold"], have["fold"] = reading.answer, folded(reading)
        have["arguments"] = texts(recording, reading.answer)
        if have != want:
            wrong[recording.id] = {name: (have[name], want[name]) for name in want if have[name] != want[name]}
    with capsys.disabled():
        sys.stdout.write(f" {dialect}: {ran:,} recordings ")
    assert wrong == {}
    assert ran + rejected == count(shared, dialect)
    assert [deviation for group in DEVIATIONS[dialect].values() for deviation in group if not used[deviation]] == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_rejection_keeps_its_message_and_status(
    dialect: DialectName, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answered = ran = 0
    wrong: dict[str, Rejected] = {}
    for recording, body in records(shared, dialect):
        if recording.response.status == 200:
            answered += 1
            continue
        ran += 1
        problem = recording.expected.error
        assert problem is not None
        status = recording.response.status
        headers = {name.lower(): value for name, value in recording.response.headers.items()}
        rejection = read_rejection(body, status, headers)
        if (rejection.message, rejection.status, rejection.phase) != (problem.message, status, "headers"):
            wrong[recording.id] = rejection
    with capsys.disabled():
        sys.stdout.write(f" {dialect}: {ran:,} rejections ")
    assert wrong == {}
    assert ran + answered == count(shared, dialect)
