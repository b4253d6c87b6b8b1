"""What comes next in a loop of tool calls, and what it all comes to: no model and no function is asked here."""

from decimal import Decimal
from typing import Final

import pytest
from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix import (
    Assistant,
    BadRequest,
    CallEnded,
    Cancelled,
    Cost,
    CostItem,
    OneTool,
    Response,
    Round,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolError,
    ToolsStopped,
    Usage,
    assistant,
    user,
)
from modelmix.ast.content import JsonText
from modelmix.ast.message import Message
from modelmix.ast.response import FinishReason
from modelmix.tools.loop import AskModel, Ended, Loop, RunCalls, begin, good, prepare, raised


def weather(city: str) -> str:
    return f"rain in {city}"


def clock() -> str:
    return "noon"


def start(*messages: Message, tool_choice: ToolChoice = "auto", max_rounds: int = 8) -> Loop:
    prompt = messages or (user("Hi."),)
    return begin(prompt, [weather, clock], tool_choice=tool_choice, max_rounds=max_rounds, parallel=8).unwrap()


def call(number: int, name: str = "weather", arguments: str = '{"city":"Oslo"}') -> ToolCall:
    return ToolCall(id=f"c{number}", name=name, arguments=JsonText(arguments))


def answer(*parts: ToolCall | Text, finish: FinishReason = "stop", spent: int | None = 1) -> Response:
    item = CostItem(name="input", tokens=1, rate=Decimal(2), amount=Decimal("0.000002"))
    cost = None if spent is None else Cost((item,))
    return Response(parts=parts, finish=finish, usage=Usage(input=spent, output=2), cost=cost)


FINAL: Final = answer(Text("Rain."))
CALLS: Final = answer(call(1), call(2), finish="tool_calls")


def test_a_loop_asks_runs_and_asks_again_until_there_is_an_answer() -> None:
    loop = start()
    assert loop.next_step() == AskModel((user("Hi."),), "auto")
    loop = loop.heard(CALLS)
    assert loop.next_step() == RunCalls((call(1), call(2)))
    ended = (good(call(1), "rain"), good(call(2), "sun"))
    loop = loop.ran(ended)
    asked = (user("Hi."), CALLS.message, Tool((ended[0].result, ended[1].result)))
    assert loop.next_step() == AskModel(asked, "auto")
    loop = loop.heard(FINAL)
    step = loop.next_step()
    assert isinstance(step, Ended)
    run = step.outcome.unwrap()
    assert run.messages == (*asked, FINAL.message)
    assert run.response == FINAL
    assert run.rounds == (Round(response=CALLS, ended=ended), Round(response=FINAL))
    assert run.usage == Usage(input=2, output=4)
    assert run.cost == Cost((CostItem(name="input", tokens=2, rate=Decimal(2), amount=Decimal("0.000004")),))
    assert run.errors == ()


def test_what_one_answer_does_not_tell_is_unknown_of_all() -> None:
    loop = start().heard(replace(CALLS, usage=Usage(output=2), cost=None)).ran([good(call(1), "x")]).heard(FINAL)
    step = loop.next_step()
    assert isinstance(step, Ended)
    assert (step.outcome.unwrap().usage, step.outcome.unwrap().cost) == (Usage(output=4), None)


CHOICES: Final[dict[str, tuple[ToolChoice, ToolChoice]]] = {
    "auto stays": ("auto", "auto"),
    "none stays": ("none", "none"),
    "required is for the first answer": ("required", "auto"),
    "one tool is for the first answer": (OneTool("weather"), "auto"),
}


@pytest.mark.parametrize(("first", "later"), CHOICES.values(), ids=CHOICES)
def test_a_forced_choice_holds_for_the_first_answer(first: ToolChoice, later: ToolChoice) -> None:
    loop = start(tool_choice=first)
    step = loop.next_step()
    assert isinstance(step, AskModel)
    assert step.tool_choice == first
    step = loop.heard(CALLS).ran([good(call(1), "x"), good(call(2), "x")]).next_step()
    assert isinstance(step, AskModel)
    assert step.tool_choice == later


def test_a_pause_is_gone_on_with_as_it_stands() -> None:
    paused = answer(Text("Let me see"), finish="pause")
    assert start().heard(paused).next_step() == AskModel((user("Hi."), paused.message), "auto")


@pytest.mark.parametrize("finish", ["length", "content_filter", "error"])
def test_calls_of_an_answer_that_was_cut_are_not_run(finish: FinishReason) -> None:
    cut = answer(call(1), finish=finish)
    step = start().heard(cut).next_step()
    assert isinstance(step, Ended)
    assert step.outcome.unwrap().response == cut


@pytest.mark.parametrize("finish", ["stop", "tool_calls", "unknown", "other"])
def test_calls_of_a_whole_answer_are_run_whatever_it_says(finish: FinishReason) -> None:
    assert start().heard(answer(call(1), finish=finish)).next_step() == RunCalls((call(1),))


@pytest.mark.parametrize("last", [CALLS, answer(Text("hm"), finish="pause")], ids=["calls", "a pause"])
def test_rounds_that_are_used_up_keep_the_conversation(last: Response) -> None:
    loop = start(max_rounds=2).heard(CALLS).ran([good(call(1), "x"), good(call(2), "x")]).heard(last)
    step = loop.next_step()
    assert isinstance(step, Ended)
    problem = step.outcome.failure()
    assert isinstance(problem, ToolsStopped)
    assert (problem.rounds, problem.cause, problem.usage) == (2, None, Usage(input=2, output=4))
    assert problem.messages == (*loop.messages[:3], last.message)


def test_the_last_round_may_be_the_answer() -> None:
    step = start(max_rounds=1).heard(FINAL).next_step()
    assert isinstance(step, Ended)
    assert step.outcome.unwrap().response == FINAL


def test_a_conversation_that_ends_in_calls_begins_with_running_them() -> None:
    loop = start(user("Hi."), CALLS.message)
    assert loop.next_step() == RunCalls((call(1), call(2)))
    bad = raised(call(2), KeyError("x"))
    loop = loop.ran([good(call(1), "x"), bad])
    assert isinstance(loop.next_step(), AskModel)
    step = loop.heard(FINAL).next_step()
    assert isinstance(step, Ended)
    run = step.outcome.unwrap()
    assert [error.why for error in run.errors] == ["KeyError: 'x'"]
    assert run.rounds == (Round(response=FINAL),)


def test_a_conversation_that_ends_in_words_of_the_model_is_gone_on_with() -> None:
    prefilled = (user("Hi."), assistant("Well,"))
    assert start(*prefilled).next_step() == AskModel(prefilled, "auto")


def test_a_failed_call_is_itself_until_there_is_a_conversation_to_keep() -> None:
    cause = Cancelled()
    assert start().failed(cause) == cause
    later = start().heard(CALLS).ran([good(call(1), "x"), good(call(2), "x")])
    problem = later.failed(cause)
    assert isinstance(problem, ToolsStopped)
    assert (problem.cause, problem.messages, problem.rounds) == (cause, later.messages, 1)


def test_what_cannot_begin_is_a_typed_error() -> None:
    for field, outcome in {
        "max_rounds": begin("Hi.", [], tool_choice="auto", max_rounds=0, parallel=1),
        "parallel": begin("Hi.", [], tool_choice="auto", max_rounds=1, parallel=0),
        "tools": begin("Hi.", [clock, clock], tool_choice="auto", max_rounds=1, parallel=1),
        "messages": begin([], [clock], tool_choice="auto", max_rounds=1, parallel=1),
    }.items():
        assert isinstance(outcome, Failure)
        problem = outcome.failure()
        assert isinstance(problem, BadRequest)
        assert problem.field == field


UNCALLED: Final = {
    "an unknown name": (call(1, "exec"), "unknown_tool", "Not called: there is no tool `exec`, only: weather, clock"),
    "a name of Python's": (
        call(1, "__init__"),
        "unknown_tool",
        "Not called: there is no tool `__init__`, only: weather, clock",
    ),
    "damaged arguments": (
        call(1, arguments='{"city":'),
        "bad_arguments",
        "Not called, since the arguments do not fit: Input data was truncated",
    ),
    "arguments missing": (
        call(1, arguments="{}"),
        "bad_arguments",
        "Not called, since the arguments do not fit: Object missing required field `city`",
    ),
}


@pytest.mark.parametrize(("asked", "kind", "told"), UNCALLED.values(), ids=UNCALLED)
def test_what_must_not_be_called_is_told_to_both(asked: ToolCall, kind: str, told: str) -> None:
    ended = prepare(asked, start().tools)
    assert isinstance(ended, CallEnded)
    assert isinstance(ended.error, ToolError)
    assert (ended.error.kind, ended.error.call, ended.error.exception) == (kind, asked, None)
    assert (ended.result.call_id, ended.result.is_error) == ("c1", True)
    assert ended.result.content == (Text(told),)


def test_what_a_function_raises_is_told_to_both() -> None:
    cause = ZeroDivisionError("by zero")
    ended = raised(call(1), cause)
    assert ended.error == ToolError(kind="raised", call=call(1), why="ZeroDivisionError: by zero", exception=cause)
    assert ended.result.content == (Text("The tool failed: ZeroDivisionError: by zero"),)


def test_a_result_that_cannot_be_shown_is_told_to_both() -> None:
    ended = good(call(1), object())
    assert ended.error is not None
    assert (ended.error.kind, ended.result.is_error) == ("bad_result", True)


def test_a_call_that_fits_is_ready() -> None:
    prepared = prepare(call(1), start().tools)
    assert not isinstance(prepared, CallEnded)
    function, arguments = prepared
    assert (function.spec.name, arguments) == ("weather", ((), {"city": "Oslo"}))
    assert isinstance(function.read(call(1)), Success)


def test_an_assistants_turn_is_kept_as_it_came() -> None:
    loop = start().heard(CALLS)
    assert loop.messages[-1] == Assistant(CALLS.parts)
