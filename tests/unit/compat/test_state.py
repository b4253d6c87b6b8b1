"""What is known of models is written whole, sorted, and never better than it is."""

import json
from pathlib import Path

import pytest

from modelmix.compat.fixture import Origin
from modelmix.compat.state import NAME, Entry, load, save, still_failing, updated, written
from modelmix.compat.verdict import Proof, Status, Verdict, standing_of
from modelmix.errors import BadConfig, WriteFailed
from modelmix.spec import Spec

NOW = "2026-01-02T03:04:05Z"
OLD = "2025-01-29T10:30:00Z"
SPEC = "openai:gpt-4o"


def proof(*statuses: Status, origin: Origin = "live") -> Proof:
    verdicts = tuple(Verdict(scenario=f"s{index}", status=each, origin=origin) for index, each in enumerate(statuses))
    return Proof(spec=Spec("openai", "gpt-4o"), standing=standing_of(verdicts), verdicts=verdicts)


def test_a_file_is_written_as_documented() -> None:
    state = {"openai:b": Entry("fail", NOW), "anthropic:a": Entry("pass", OLD)}
    assert written(state).decode() == (
        "{\n"
        '  "anthropic:a": {\n    "status": "pass",\n    "last_checked": "2025-01-29T10:30:00Z"\n  },\n'
        '  "openai:b": {\n    "status": "fail",\n    "last_checked": "2026-01-02T03:04:05Z"\n  }\n'
        "}\n"
    )


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    state = {"openai:b": Entry("excluded", NOW)}
    assert save(tmp_path / "new", state).unwrap() == tmp_path / "new" / NAME
    assert load(tmp_path / "new").unwrap() == state
    assert [path.name for path in (tmp_path / "new").iterdir()] == [NAME]


def test_no_file_is_no_knowledge(tmp_path: Path) -> None:
    assert load(tmp_path).unwrap() == {}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert isinstance(save(tmp_path / "file", {}).failure(), WriteFailed)


@pytest.mark.parametrize("text", ["", "[]", '{"a:b": {"status": "fine"}}', '{"a:b": {"status": "pass", "by": "me"}}'])
def test_a_damaged_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    problem = load(tmp_path).failure()
    assert isinstance(problem, BadConfig)
    assert problem.where == str(tmp_path / NAME)


STILL = {
    "asked some of it": (Entry("fail", OLD), proof("pass", "untested"), (SPEC,)),
    "asked all of it": (Entry("fail", OLD), proof("pass", "skipped"), ()),
    "fails again": (Entry("fail", OLD), proof("fail", "untested"), ()),
    "never failed": (Entry("pass", OLD), proof("pass", "untested"), ()),
    "not known": (None, proof("pass", "untested"), ()),
}


@pytest.mark.parametrize(("before", "found", "expected"), STILL.values(), ids=STILL)
def test_a_failure_that_was_not_asked_about_again_is_not_forgotten(
    before: Entry | None, found: Proof, expected: tuple[str, ...]
) -> None:
    assert still_failing({} if before is None else {SPEC: before}, [found]) == expected


# What was known, what a run found, whether it was a narrow one, and what is known then.
RUNS = {
    "new, good": (None, proof("pass", "skipped"), False, Entry("pass", NOW)),
    "new, bad": (None, proof("pass", "fail"), False, Entry("fail", NOW)),
    "new, some without a fixture": (None, proof("pass", "untested"), False, Entry("pass", NOW)),
    "new, nothing to check": (None, proof("untested"), False, None),
    "new, all skipped": (None, proof("skipped"), False, Entry("fail", NOW)),
    "new, simulated": (None, proof("pass", origin="simulated"), False, None),
    "new, simulated and bad": (None, proof("fail", origin="simulated"), False, Entry("fail", NOW)),
    "failed before, good now": (Entry("fail", OLD), proof("pass", "skipped"), False, Entry("pass", NOW)),
    "failed before, not all asked now": (Entry("fail", OLD), proof("pass", "untested"), False, Entry("fail", OLD)),
    "failed before, simulated now": (Entry("fail", OLD), proof("pass", origin="simulated"), False, Entry("fail", OLD)),
    "failed before, narrow now": (Entry("fail", OLD), proof("pass"), True, Entry("fail", OLD)),
    "new, narrow": (None, proof("pass"), True, None),
    "good before, bad in a narrow run": (Entry("pass", OLD), proof("fail"), True, Entry("fail", NOW)),
    "excluded": (Entry("excluded", OLD), proof("pass"), False, Entry("excluded", OLD)),
}


@pytest.mark.parametrize(("before", "found", "narrow", "after"), RUNS.values(), ids=RUNS)
def test_runs(before: Entry | None, found: Proof, *, narrow: bool, after: Entry | None) -> None:
    state = {} if before is None else {SPEC: before}
    assert updated(state, [found], NOW, narrow=narrow).get(SPEC) == after


def test_a_run_leaves_the_others_alone() -> None:
    assert json.loads(written(updated({"a:b": Entry("pass", OLD)}, [proof("fail")], NOW))) == {
        "a:b": {"status": "pass", "last_checked": OLD},
        SPEC: {"status": "fail", "last_checked": NOW},
    }
