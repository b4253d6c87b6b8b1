"""Outcomes: a step more, a change, one value out of both endings, and all or the first error."""

from collections.abc import Callable, Sequence
from typing import Final

import pytest
from returns.result import Failure, Success

from modelmix.errors import BadSpec, MixError
from modelmix.outcome import Outcome, and_then, collect, either, mapped

BAD: Final[MixError] = BadSpec(text="a")
WORSE: Final[MixError] = BadSpec(text="b")


def halved(number: int) -> Outcome[int]:
    return Success(number // 2) if number % 2 == 0 else Failure(WORSE)


STEPS: dict[str, tuple[Outcome[int], Outcome[int]]] = {
    "all well": (Success(4), Success(2)),
    "the step fails": (Success(3), Failure(WORSE)),
    "it had failed before": (Failure(BAD), Failure(BAD)),
}


@pytest.mark.parametrize(("before", "after"), STEPS.values(), ids=STEPS)
def test_a_step_more(before: Outcome[int], after: Outcome[int]) -> None:
    assert and_then(before, halved) == after


CHANGES: dict[str, tuple[Outcome[int], Outcome[str]]] = {
    "all well": (Success(4), Success("4")),
    "it had failed before": (Failure(BAD), Failure(BAD)),
}


@pytest.mark.parametrize(("before", "after"), CHANGES.values(), ids=CHANGES)
def test_a_change(before: Outcome[int], after: Outcome[str]) -> None:
    assert mapped(before, str) == after


ENDINGS: dict[str, tuple[Outcome[int], str]] = {"all well": (Success(4), "4"), "not well": (Failure(BAD), "bad_spec")}


@pytest.mark.parametrize(("outcome", "expected"), ENDINGS.values(), ids=ENDINGS)
def test_one_value_out_of_both_endings(outcome: Outcome[int], expected: str) -> None:
    assert either(outcome, str, lambda error: str(type(error).__struct_config__.tag)) == expected


MANY: dict[str, tuple[Sequence[Outcome[int]], Outcome[tuple[int, ...]]]] = {
    "none": ((), Success(())),
    "all well": ((Success(1), Success(2)), Success((1, 2))),
    "the first error": ((Success(1), Failure(BAD), Failure(WORSE)), Failure(BAD)),
}


@pytest.mark.parametrize(("outcomes", "expected"), MANY.values(), ids=MANY)
def test_all_or_the_first_error(outcomes: Sequence[Outcome[int]], expected: Outcome[tuple[int, ...]]) -> None:
    assert collect(outcomes) == expected


def test_nothing_is_asked_for_after_the_first_error() -> None:
    asked: list[int] = []

    def outcome(number: int) -> Outcome[int]:
        asked.append(number)
        return halved(number)

    assert collect(outcome(number) for number in (2, 3, 4)) == Failure(WORSE)
    assert asked == [2, 3]


STRANGERS: dict[str, Callable[[], object]] = {
    "a step": lambda: and_then(Success(0), lambda number: halved(1 // number)),
    "a change": lambda: mapped(Success(0), lambda number: 1 // number),
}


@pytest.mark.parametrize("act", STRANGERS.values(), ids=STRANGERS)
def test_a_bug_raises(act: Callable[[], object]) -> None:
    with pytest.raises(ZeroDivisionError):
        act()
