"""What the golden files of anthropic do not show: that any history is one that Anthropic takes, families of models,
schemas, thinking that must fit its bounds, and what cannot be said."""

import re
from typing import Final

import msgspec
import pytest
from hypothesis import given, strategies as st

from modelmix.ast.content import (
    AssistantPart,
    Audio,
    Bytes,
    CachePoint,
    Citation,
    File,
    Image,
    Json,
    JsonText,
    Opaque,
    Reasoning,
    Refusal,
    Seal,
    Text,
    ToolCall,
    ToolResult,
    Uploaded,
    UserPart,
)
from modelmix.ast.message import Assistant, Message, System, Tool, User, assistant, system, user
from modelmix.ast.model import Limits, Model
from modelmix.ast.options import AnyJson, Effort, Options, Output, Shaped, extra
from modelmix.ast.request import Request
from modelmix.ast.tool import ToolSpec
from modelmix.call import Call, plan
from modelmix.errors import BadRequest, Unsupported
from modelmix.providers.load import built_in
from modelmix.providers.provider import Shape
from unit.making import target

OWNER: Final = "anthropic-messages"
CLOCK: Final = ToolSpec(name="clock")
POINT: Final = Shaped(name="point", schema=JsonText('{"type":"object","properties":{"x":{"type":"integer"}}}'))


def planned(request: Request, model: str = "claude-sonnet-4-5", limit: int | None = None) -> Call:
    entry = Model(provider="anthropic", id=model, limits=Limits(output=limit)) if limit else None
    return plan(request, target("anthropic", model, entry=entry)).unwrap()


def bodied(call: Call) -> dict[str, object]:
    return msgspec.json.decode(call.body, type=dict[str, object])


def told(call: Call) -> list[tuple[str, str]]:
    return [(note.field, note.action) for note in call.adaptations if note.field != "max_tokens"]


# Histories


def called(call_id: str, arguments: str = "{}") -> ToolCall:
    return ToolCall(id=call_id, name="clock", arguments=JsonText(arguments))


def answered(call_id: str, *content: Text | Json | Image | CachePoint) -> ToolResult:
    return ToolResult(call_id=call_id, name="clock", content=content)


WORDS: Final = st.sampled_from(["a", "b ", " ", "", "\n", "é"])
IDS: Final = st.sampled_from(["call_0", "call_1", "a.b:1", "é", "toolu_1"])
POINTS: Final = st.builds(CachePoint, st.sampled_from([None, "5m", "1h"]))
SEALS: Final = st.builds(
    Seal, st.sampled_from([OWNER, "openai-chat"]), st.sampled_from(["c2ln", "{", '{"type":"x","file_id":null}'])
)
OPAQUES: Final = st.builds(
    Opaque,
    owner=st.sampled_from([OWNER, "openai-responses"]),
    kind=st.just("novel"),
    json=st.sampled_from([JsonText('{"type":"novel"}'), JsonText("[]"), JsonText("{")]),
)
SAID: Final[st.SearchStrategy[AssistantPart]] = st.one_of(
    st.builds(Text, WORDS),
    st.builds(Refusal, WORDS),
    st.builds(Reasoning, WORDS, st.none() | SEALS),
    st.builds(called, IDS, st.sampled_from(["{}", '{"a": 1}', "", "[1]", '{"a'])),
    st.builds(Citation, st.just("https://a.example"), st.none(), st.none() | SEALS),
    OPAQUES,
    st.just(Image(Bytes(b"x", "image/png"))),
)
ASKED: Final[st.SearchStrategy[UserPart]] = st.one_of(
    st.builds(Text, WORDS), POINTS, OPAQUES, st.just(Image(Bytes(b"x", "image/png")))
)
RESULTS: Final = st.builds(
    ToolResult,
    call_id=IDS,
    name=st.just("clock"),
    content=st.lists(st.one_of(st.builds(Text, WORDS), POINTS), max_size=3).map(tuple),
    is_error=st.booleans(),
)
MESSAGES: Final[st.SearchStrategy[Message]] = st.one_of(
    st.builds(System, st.lists(st.one_of(st.builds(Text, WORDS), POINTS), max_size=2).map(tuple)),
    st.builds(User, st.lists(ASKED, max_size=3).map(tuple)),
    st.builds(Assistant, st.lists(SAID, max_size=4).map(tuple)),
    st.builds(Tool, st.lists(RESULTS, min_size=1, max_size=3).map(tuple)),
)


def blocks(body: dict[str, object]) -> list[tuple[str, list[dict[str, object]]]]:
    """The turns, each with its content as blocks."""
    turns = msgspec.convert(body["messages"], list[dict[str, object]])
    return [
        (
            str(turn["role"]),
            [{"type": "text", "text": turn["content"]}]
            if isinstance(turn["content"], str)
            else msgspec.convert(turn["content"], list[dict[str, object]]),
        )
        for turn in turns
    ]


def ids(content: list[dict[str, object]], kind: str, name: str) -> list[str]:
    return [str(block[name]) for block in content if block["type"] == kind]


@given(messages=st.lists(MESSAGES, min_size=1, max_size=8))
def test_any_history_is_one_that_anthropic_takes(messages: list[Message]) -> None:
    call = planned(Request(messages=tuple(messages), tools=(CLOCK,)))
    turns = blocks(bodied(call))
    roles = [role for role, _ in turns]
    assert roles == (["user", "assistant"] * len(roles))[: len(roles)]
    used: list[str] = []
    for at, (_, content) in enumerate(turns):
        assert content
        assert all(str(block["text"]).strip() for block in content if block["type"] == "text")
        made = ids(content, "tool_use", "id")
        results = ids(turns[at + 1][1], "tool_result", "tool_use_id") if at + 1 < len(turns) else []
        assert sorted(made) == sorted(results)
        kinds = [block["type"] == "tool_result" for block in content]
        assert kinds == sorted(kinds, reverse=True)
        used += made
    assert ids(turns[0][1], "tool_result", "tool_use_id") == []
    assert len(set(used)) == len(used)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]+", each) for each in used)
    assert call.body.count(b'"cache_control"') <= 4
    assert all(note.why for note in call.adaptations)
    assert planned(Request(messages=tuple(messages), tools=(CLOCK,))).body == call.body


def test_a_result_that_answers_nothing_becomes_words() -> None:
    call = planned(Request(messages=(user("a"), Tool((answered("x", Text("nine")),))), tools=(CLOCK,)))
    assert blocks(bodied(call)) == [("user", [{"type": "text", "text": "a"}, {"type": "text", "text": "nine"}])]
    assert told(call) == [("tool_result", "changed")]


def test_results_in_turns_of_their_own_are_in_one() -> None:
    results = (Tool((answered("a", Text("1")),)), Tool((answered("b", Text("2")),)))
    call = planned(Request(messages=(user("x"), assistant(called("a"), called("b")), *results), tools=(CLOCK,)))
    assert [(role, ids(content, "tool_result", "tool_use_id")) for role, content in blocks(bodied(call))] == [
        ("user", []),
        ("assistant", []),
        ("user", ["a", "b"]),
    ]
    assert told(call) == []


def test_equal_ids_of_one_turn_go_by_their_order() -> None:
    results = Tool((answered("a", Text("1")), answered("a", Text("2"))))
    call = planned(Request(messages=(user("x"), assistant(called("a"), called("a")), results), tools=(CLOCK,)))
    _, (_, made), (_, given_back) = blocks(bodied(call))
    assert ids(made, "tool_use", "id") == ids(given_back, "tool_result", "tool_use_id")
    assert [block["content"] for block in given_back] == ["1", "2"]


def test_arguments_that_are_no_object_are_told() -> None:
    call = planned(Request(messages=(user("x"), assistant(called("a", '{"a')), Tool((answered("a"),))), tools=(CLOCK,)))
    assert blocks(bodied(call))[1][1] == [{"type": "tool_use", "id": "a", "name": "clock", "input": {}}]
    assert told(call) == [("arguments", "changed")]


def test_a_model_without_a_prompt_is_asked_to_go_on() -> None:
    call = planned(Request(messages=(system("Tell a joke."),)))
    assert (bodied(call)["system"], blocks(bodied(call))) == (
        "Tell a joke.",
        [("user", [{"type": "text", "text": "Go on."}])],
    )
    assert told(call) == [("messages", "added")]


def test_the_last_four_cache_points_stay() -> None:
    call = planned(Request(messages=(System((Text("s"), CachePoint())), *[user("a", CachePoint(), "b")] * 4)))
    (turn,) = blocks(bodied(call))
    assert bodied(call)["system"] == "s"
    assert [block["type"] for block in turn[1] if "cache_control" in block] == ["text"] * 4
    assert ("cache_point", "dropped") in told(call)


def test_a_cache_point_in_a_result_marks_what_is_before_it() -> None:
    result = answered("a", Text("1"), CachePoint("1h"), Text("2"))
    call = planned(Request(messages=(user("x"), assistant(called("a")), Tool((result,))), tools=(CLOCK,)))
    assert blocks(bodied(call))[2][1][0]["content"] == [
        {"type": "text", "text": "1", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        {"type": "text", "text": "2"},
    ]


# What cannot be said

UNSAYABLE: Final[dict[str, tuple[UserPart, str]]] = {
    "a recording": (Audio(Bytes(b"x", "audio/wav")), "audio"),
    "a picture of another kind": (Image(Bytes(b"BM", "image/bmp")), "image/bmp pictures"),
    "a document of another kind": (File(Bytes(b"PK", "application/zip")), "application/zip documents"),
}


@pytest.mark.parametrize(("part", "what"), UNSAYABLE.values(), ids=UNSAYABLE)
def test_what_cannot_be_said_is_told(part: UserPart, what: str) -> None:
    error = plan(Request(messages=(user("Look.", part),)), target("anthropic", "claude-sonnet-4-5")).failure()
    assert isinstance(error, Unsupported)
    assert (error.what, error.by) == (what, OWNER)
    assert error.instead


def test_what_cannot_be_said_in_a_result_is_told() -> None:
    result = ToolResult(call_id="a", name="clock", content=(File(Bytes(b"PK", "application/zip")),))
    request = Request(messages=(user("x"), assistant(called("a")), Tool((result,))))
    assert isinstance(plan(request, target("anthropic", "claude-sonnet-4-5")).failure(), Unsupported)


@pytest.mark.parametrize("name", ["model", "messages", "stream"])
def test_the_call_itself_is_no_option(name: str) -> None:
    request = Request(messages=(user("a"),), options=Options(extra=extra(**{name: 1})))
    error = plan(request, target("anthropic", "claude-sonnet-4-5")).failure()
    assert isinstance(error, BadRequest)
    assert error.field == name


SOURCES: Final[dict[str, tuple[UserPart, dict[str, object]]]] = {
    "an uploaded picture": (
        Image(Uploaded("file_1")),
        {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
    ),
    "a table, as text": (
        File(Bytes(b"a,b", "text/csv")),
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a,b"}},
    ),
    "a text that is not UTF-8": (
        File(Bytes(b"caf\xe9", "text/plain")),
        {
            "type": "document",
            "source": {"type": "text", "media_type": "text/plain", "data": "caf\N{REPLACEMENT CHARACTER}"},
        },
    ),
}


@pytest.mark.parametrize(("part", "block"), SOURCES.values(), ids=SOURCES)
def test_media_are_said(part: UserPart, block: dict[str, object]) -> None:
    assert blocks(bodied(planned(Request(messages=(user(part),)))))[0][1] == [block]


# Families of models

FAMILIES: Final = {
    # model: (temperature and top_p that go, form of thinking at low effort, JSON by, forced tools)
    "claude-3-haiku-20240307": ({"temperature", "top_p"}, None, "tool", True),
    "claude-3-5-sonnet-20241022": ({"temperature", "top_p"}, None, "tool", True),
    "claude-3-7-sonnet-20250219": ({"temperature", "top_p"}, "enabled", "tool", True),
    "claude-opus-4-0": ({"temperature", "top_p"}, "enabled", "tool", True),
    "claude-opus-4-20250514": ({"temperature", "top_p"}, "enabled", "tool", True),
    "claude-sonnet-4-20250514": ({"temperature", "top_p"}, "enabled", "tool", True),
    "claude-opus-4-1": ({"temperature"}, "enabled", "tool", True),
    "claude-opus-4-5-20251101": ({"temperature"}, "enabled", "schema", True),
    "claude-sonnet-4-5": ({"temperature"}, "enabled", "schema", True),
    "claude-haiku-4-5-20251001": ({"temperature"}, "enabled", "schema", True),
    "claude-opus-4-6": ({"temperature"}, "adaptive", "schema", True),
    "claude-sonnet-4-6": ({"temperature"}, "adaptive", "schema", True),
    "claude-opus-4-7": (set[str](), "adaptive", "schema", True),
    "claude-opus-4-8": (set[str](), "adaptive", "schema", True),
    "claude-mythos-preview": (set[str](), "adaptive", "schema", True),
    "claude-opus-5": (set[str](), "adaptive", "schema", True),
    "claude-sonnet-5": (set[str](), "adaptive", "schema", True),
    "claude-fable-5": (set[str](), "adaptive", "schema", True),
    "claude-fable-5-1": (set[str](), "adaptive", "schema", False),
    "claude-opus-5-5": (set[str](), "adaptive", "schema", False),
    "claude-sonnet-5-5": (set[str](), "adaptive", "schema", False),
    "claude-haiku-5-5": (set[str](), "adaptive", "schema", False),
    "claude-novel-9": (set[str](), "adaptive", "schema", False),
}


@pytest.mark.parametrize(
    ("model", "sampling", "thinking", "form", "forced"),
    [(name, *row) for name, row in FAMILIES.items()],
    ids=FAMILIES,
)
def test_families_are_told_apart(
    model: str, sampling: set[str], thinking: str | None, form: str, *, forced: bool
) -> None:
    asked = (user("a"),)
    sampled = bodied(planned(Request(messages=asked, options=Options(temperature=0.5, top_p=0.9)), model))
    assert {"temperature", "top_p"} & sampled.keys() == sampling
    thought = bodied(planned(Request(messages=asked, options=Options(reasoning_effort="low")), model))
    config = msgspec.convert(thought.get("thinking", {}), dict[str, object])
    assert config.get("type") == thinking
    shaped = bodied(planned(Request(messages=asked, output=POINT), model))
    assert ("output_config" in shaped, "tools" in shaped) == (form == "schema", form == "tool")
    made = bodied(planned(Request(messages=asked, tools=(CLOCK,), tool_choice="required"), model))
    assert ("tool_choice" in made) is forced


EFFORTS: Final[dict[str, tuple[str, Effort, str]]] = {
    "the least is low": ("claude-opus-4-7", "minimal", "low"),
    "max from 4.6 on": ("claude-sonnet-4-6", "max", "max"),
    "no xhigh in 4.6": ("claude-sonnet-4-6", "xhigh", "high"),
    "xhigh from opus-4-7 on": ("claude-opus-5", "xhigh", "xhigh"),
}


@pytest.mark.parametrize(("model", "asked", "expected"), EFFORTS.values(), ids=EFFORTS)
def test_effort_is_a_level_that_the_model_knows(model: str, asked: Effort, expected: str) -> None:
    call = planned(Request(messages=(user("a"),), options=Options(reasoning_effort=asked)), model)
    assert bodied(call)["output_config"] == {"effort": expected}
    assert (("reasoning_effort", "changed") in told(call)) == (asked != expected)


BUDGETS: Final[dict[str, tuple[Options, int | None, tuple[int | None, int]]]] = {
    # options, limit of the model: (budget, max_tokens)
    "nothing is asked": (Options(), 8192, (None, 8192)),
    "nothing is known": (Options(), None, (None, 4096)),
    "the caller's bound": (Options(max_tokens=7), 8192, (None, 7)),
    "a budget below the bound": (Options(reasoning_budget=2000, max_tokens=5000), 64_000, (2000, 5000)),
    "a bound below the budget is raised": (Options(reasoning_budget=2000, max_tokens=100), 64_000, (2000, 2100)),
    "but not beyond the model's": (Options(reasoning_budget=7000, max_tokens=5000), 8192, (7000, 8192)),
    "a budget beyond the model's": (Options(reasoning_budget=9000), 8192, (8191, 8192)),
    "effort leaves half for the answer": (Options(reasoning_effort="max"), 64_000, (32_000, 64_000)),
    "half of the caller's bound too": (Options(reasoning_effort="low", max_tokens=4096), 64_000, (2048, 4096)),
    "a bound too low for any is raised": (Options(reasoning_effort="low", max_tokens=100), 64_000, (4000, 4100)),
    "the least budget": (Options(reasoning_effort="minimal"), 64_000, (1024, 64_000)),
    "a budget of nothing": (Options(reasoning_budget=0), 8192, (None, 8192)),
    "a budget of nothing beside effort": (Options(reasoning_budget=0, reasoning_effort="high"), 8192, (None, 8192)),
    "a budget beside effort": (Options(reasoning_budget=2000, reasoning_effort="low"), 64_000, (2000, 64_000)),
}


@pytest.mark.parametrize(("options", "limit", "expected"), BUDGETS.values(), ids=BUDGETS)
def test_a_budget_is_below_the_bound(options: Options, limit: int | None, expected: tuple[int | None, int]) -> None:
    call = planned(Request(messages=(user("a"),), options=options), limit=limit)
    thinking = msgspec.convert(bodied(call).get("thinking", {}), dict[str, object])
    assert (thinking.get("budget_tokens"), bodied(call)["max_tokens"]) == expected
    # What a call may cost at most is reckoned with what is sent.
    assert call.max_tokens == expected[1]


def test_with_thinking_top_p_goes_from_095_on() -> None:
    for top_p, kept in ((0.95, True), (0.94, False)):
        options = Options(top_p=top_p, reasoning_effort="low")
        assert ("top_p" in bodied(planned(Request(messages=(user("a"),), options=options)))) is kept


def test_no_calls_beside_each_other_where_there_are_no_tools_is_told() -> None:
    call = planned(Request(messages=(user("a"),), options=Options(parallel_tool_calls=False)))
    assert told(call) == [("parallel_tool_calls", "dropped")]


# The form of the answer


def test_a_form_beside_tools_lets_the_model_call_those_first() -> None:
    body = bodied(planned(Request(messages=(user("a"),), tools=(CLOCK,), output=POINT), "claude-opus-4-1"))
    assert [tool["name"] for tool in msgspec.convert(body["tools"], list[dict[str, object]])] == ["clock", "point"]
    assert body["tool_choice"] == {"type": "any"}


TREE: Final = Shaped(
    name="tree",
    schema=JsonText('{"type":"object","properties":{"kids":{"type":"array","items":{"$ref":"#"}}}}'),
)
MEANS: Final[dict[str, tuple[str, Output, str]]] = {
    # model, form: by what it is asked for
    "a schema": ("claude-sonnet-4-5", POINT, "schema"),
    "a schema that refers to itself": ("claude-sonnet-4-5", TREE, "tool"),
    "one for a model that cannot be made to call": ("claude-opus-5-5", TREE, "words"),
    "a schema for a model without": ("claude-opus-4-1", POINT, "tool"),
    "any JSON for a model without": ("claude-opus-4-1", AnyJson(), "tool"),
    "any JSON": ("claude-sonnet-4-5", AnyJson(), "words"),
}


@pytest.mark.parametrize(("model", "form", "means"), MEANS.values(), ids=MEANS)
def test_a_form_is_asked_for_by_the_best_means(model: str, form: Output, means: str) -> None:
    call = planned(Request(messages=(user("a"),), output=form), model)
    body = bodied(call)
    assert ("output_config" in body, "tool_choice" in body, "system" in body) == tuple(
        means == one for one in ("schema", "tool", "words")
    )
    assert (call.answer_tool is not None) == (means == "tool")
    assert {action for _, action in told(call)} <= {"changed"}


def test_an_answer_by_a_tool_has_no_name_of_another() -> None:
    request = Request(messages=(user("a"),), tools=(ToolSpec(name="point"),), output=POINT)
    error = plan(request, target(built_in("anthropic"), "claude-opus-4-1")).failure()
    assert isinstance(error, BadRequest)
    assert (error.field, error.value) == ("schema", "point")


def test_a_provider_of_ones_own_is_asked_in_the_oldest_ways() -> None:
    own = msgspec.structs.replace(built_in("anthropic"), shape=Shape(), rules=())
    request = Request(messages=(user("a"),), output=POINT)
    body = bodied(plan(request, target(own, "any")).unwrap())
    assert body["tool_choice"] == {"type": "tool", "name": "point", "disable_parallel_tool_use": True}
    request = Request(messages=(user("a"),), options=Options(reasoning_effort="low"))
    assert bodied(plan(request, target(own, "any")).unwrap())["thinking"] == {"type": "enabled", "budget_tokens": 4000}
