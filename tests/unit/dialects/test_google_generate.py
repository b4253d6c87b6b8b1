"""What the golden files of google-generate do not show: schemas cut down, media by their endings, others' histories."""

from collections.abc import Mapping
from typing import Final

import msgspec
import pytest
from hypothesis import given, strategies as st
from msgspec import Struct

from modelmix.ast.content import (
    Audio,
    Bytes,
    CachePoint,
    File,
    Image,
    Json,
    JsonText,
    Opaque,
    Reasoning,
    ResultPart,
    Seal,
    Text,
    ToolCall,
    ToolResult,
    Uploaded,
    Url,
    UserPart,
)
from modelmix.ast.message import Message, System, Tool, User, assistant, system, user
from modelmix.ast.options import AnyJson, Effort, Options, Output, Shaped, extra
from modelmix.ast.request import Request
from modelmix.ast.tool import OneTool, ToolChoice, ToolSpec
from modelmix.call import Call, plan
from modelmix.errors import BadRequest
from unit.making import target

MODEL: Final = "gemini-3-flash-preview"
DUMMY: Final = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="
CLOCK: Final = ToolSpec(name="clock")


class Contents(Struct):
    """The turns of a body."""

    contents: list[object]


def planned(request: Request, model: str = MODEL) -> Call:
    return plan(request, target("google", model)).unwrap()


def body(request: Request, model: str = MODEL) -> dict[str, object]:
    found: dict[str, object] = msgspec.json.decode(planned(request, model).body)
    return found


def contents(*messages: Message, model: str = MODEL) -> list[object]:
    call = planned(Request(messages=messages), model)
    return msgspec.json.decode(call.body, type=Contents).contents


def told(request: Request, model: str = MODEL) -> list[tuple[str, str]]:
    return [(change.field, change.action) for change in planned(request, model).adaptations]


def call(call_id: str = "c", arguments: str = "{}", *, minted: bool = False, seal: Seal | None = None) -> ToolCall:
    return ToolCall(id=call_id, name="clock", arguments=JsonText(arguments), minted=minted, seal=seal)


def result(*content: ResultPart, call_id: str = "c", is_error: bool = False) -> ToolResult:
    return ToolResult(call_id=call_id, name="clock", content=content, is_error=is_error)


MEDIA: Mapping[str, tuple[UserPart, dict[str, object]]] = {
    "a URL with a query": (
        Image(Url("https://a.example/x.JPG?y=.png#.gif")),
        {"fileData": {"fileUri": "https://a.example/x.JPG?y=.png#.gif", "mimeType": "image/jpeg"}},
    ),
    "a URL that does not tell": (Image(Url("https://a.example/x")), {"fileData": {"fileUri": "https://a.example/x"}}),
    "a URL that is none": (Image(Url("https://[a/x.png")), {"fileData": {"fileUri": "https://[a/x.png"}}),
    "a URL whose type is known": (
        File(Url("https://a.example/x.png", "application/pdf")),
        {"fileData": {"fileUri": "https://a.example/x.png", "mimeType": "application/pdf"}},
    ),
    "an upload": (
        Audio(Uploaded("https://files.example/1", "audio/wav")),
        {"fileData": {"fileUri": "https://files.example/1", "mimeType": "audio/wav"}},
    ),
    "a film": (File(Bytes(b"x", "video/mp4")), {"inlineData": {"mimeType": "video/mp4", "data": "eA=="}}),
    "a part of Gemini's own": (
        Opaque(owner="google-generate", kind="x", json=JsonText('{"x":1}')),
        {"x": 1},
    ),
}


@pytest.mark.parametrize(("part", "expected"), MEDIA.values(), ids=MEDIA)
def test_a_part_of_a_user_is_said(part: UserPart, expected: dict[str, object]) -> None:
    assert contents(user(part)) == [{"role": "user", "parts": [expected]}]


ARGUMENTS: Mapping[str, tuple[str, object]] = {
    "an object stays": ('{ "a": 1.0 }', {"a": 1.0}),
    "none at all": ("  ", {}),
    "cut in the midst": ('{"a": "x', {"arguments": '{"a": "x'}),
    "a list": ("[1]", {"arguments": "[1]"}),
}


@pytest.mark.parametrize(("arguments", "expected"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_arguments_are_an_object(arguments: str, expected: object) -> None:
    request = Request(messages=(user("a"), assistant(call("c", arguments))))
    part = {"functionCall": {"id": "c", "name": "clock", "args": expected}, "thoughtSignature": DUMMY}
    assert body(request)["contents"] == [{"role": "user", "parts": [{"text": "a"}]}, {"role": "model", "parts": [part]}]
    assert (("arguments", "changed") in told(request)) == (expected == {"arguments": arguments})


RESULTS: Mapping[str, tuple[ToolResult, dict[str, object]]] = {
    "nothing": (result(), {"output": ""}),
    "a value": (result(Json(JsonText("[1]"))), {"output": [1]}),
    "null": (result(Json(JsonText("null"))), {"output": None}),
    "what is no JSON": (result(Json(JsonText("{"))), {"output": "{"}),
    "a value and words": (result(Json(JsonText("[1]")), Text("b")), {"output": "[1]\nb"}),
    "a structured error": (result(Json(JsonText('{"code":1}')), is_error=True), {"error": {"code": 1}}),
    "a point to cache to": (result(Text("nine"), CachePoint()), {"output": "nine"}),
}


@pytest.mark.parametrize(("answer", "expected"), RESULTS.values(), ids=RESULTS)
def test_a_result_is_an_object(answer: ToolResult, expected: dict[str, object]) -> None:
    said = contents(user("a"), assistant(call()), Tool((answer,)))
    assert said[2] == {
        "role": "user",
        "parts": [{"functionResponse": {"id": "c", "name": "clock", "response": expected}}],
    }


SEALS: Mapping[str, tuple[str, tuple[Message, ...], list[object], list[tuple[str, str]]]] = {
    # model, messages: the parts of the model's turn, and what is told
    "another's signatures stay at home": (
        MODEL,
        (assistant(Text("a", Seal("openai-responses", "x")), Reasoning("b", Seal("anthropic-messages", "y"))),),
        [{"text": "a"}],
        [("seal", "dropped"), ("reasoning", "dropped")],
    ),
    "another's signature on a call gives way to the stand-in": (
        MODEL,
        (assistant(call(seal=Seal("anthropic-messages", "y"))),),
        [{"functionCall": {"id": "c", "name": "clock", "args": {}}, "thoughtSignature": DUMMY}],
        [("seal", "dropped"), ("seal", "added")],
    ),
    "the second call needs none": (
        MODEL,
        (assistant(call(seal=Seal("google-generate", "s")), call("d", minted=True)),),
        [
            {"functionCall": {"id": "c", "name": "clock", "args": {}}, "thoughtSignature": "s"},
            {"functionCall": {"name": "clock", "args": {}}},
        ],
        [],
    ),
    "Gemini 2.5 gets back what it signed": (
        "gemini-2.5-flash",
        (assistant(call(seal=Seal("google-generate", "s")), call("d")),),
        [
            {"functionCall": {"id": "c", "name": "clock", "args": {}}, "thoughtSignature": "s"},
            {"functionCall": {"id": "d", "name": "clock", "args": {}}},
        ],
        [],
    ),
}


@pytest.mark.parametrize(("model", "messages", "parts", "changes"), SEALS.values(), ids=SEALS)
def test_signatures_go_back_to_their_owner(
    model: str, messages: tuple[Message, ...], parts: list[object], changes: list[tuple[str, str]]
) -> None:
    request = Request(messages=(user("a"), *messages))
    assert body(request, model)["contents"] == [
        {"role": "user", "parts": [{"text": "a"}]},
        {"role": "model", "parts": parts},
    ]
    assert told(request, model) == changes


def test_a_turn_without_parts_is_left_out() -> None:
    said = contents(user("a"), assistant(Reasoning("hm"), ""), User(()), user("b"))
    assert said == [{"role": "user", "parts": [{"text": "a"}]}, {"role": "user", "parts": [{"text": "b"}]}]


def test_an_instruction_alone_is_what_the_user_says() -> None:
    request = Request(messages=(system("Write a poem."),))
    assert body(request) == {"contents": [{"role": "user", "parts": [{"text": "Write a poem."}]}]}
    assert told(request) == [("system", "changed")]


def test_an_empty_instruction_is_none() -> None:
    request = Request(messages=(System((CachePoint("1h"),)), user("a")))
    assert body(request) == {"contents": [{"role": "user", "parts": [{"text": "a"}]}]}
    assert told(request) == [("cache_point", "dropped")]


POINT: Final = Shaped(name="point", schema=JsonText('{"type":"object"}'))
BESIDE: Mapping[str, tuple[str, ToolChoice, Output, bool]] = {
    # model, choice, form: whether JSON is asked for by the API's own means
    "Gemini 3 has a schema beside tools": (MODEL, "auto", POINT, True),
    "Gemini 3 has JSON beside tools": (MODEL, "auto", AnyJson(), True),
    "a call that is forced has none": (MODEL, "required", POINT, False),
    "a named call has none": (MODEL, OneTool("clock"), AnyJson(), False),
    "Gemini 2.5 has none beside tools": ("gemini-2.5-pro", "auto", POINT, False),
}


@pytest.mark.parametrize(("model", "choice", "form", "native"), BESIDE.values(), ids=BESIDE)
def test_json_beside_tools(model: str, choice: ToolChoice, form: Output, *, native: bool) -> None:
    request = Request(messages=(user("a"),), tools=(CLOCK,), tool_choice=choice, output=form)
    said = body(request, model)
    assert ("generationConfig" in said) == native
    assert ("systemInstruction" in said) != native
    assert bool(told(request, model)) != native


PATHS: Mapping[str, tuple[str, str]] = {
    "a model": ("gemini-x", "/models/gemini-x:generateContent"),
    "a model with its folder": ("models/gemini-x", "/models/gemini-x:generateContent"),
    "a tuned model": ("tunedModels/mine", "/tunedModels/mine:generateContent"),
    "a name with signs": ("a b?c#d", "/models/a%20b%3Fc%23d:generateContent"),
}


@pytest.mark.parametrize(("model", "path"), PATHS.values(), ids=PATHS)
def test_where_a_model_is_asked(model: str, path: str) -> None:
    url = planned(Request(messages=(user("a"),)), model).url
    assert url == f"https://generativelanguage.googleapis.com/v1beta{path}"


THINKING: Mapping[str, tuple[str, Effort | None, int | None, Mapping[str, object] | None]] = {
    # model, effort, budget: what is said
    "nothing": (MODEL, None, None, None),
    "more than there is": (MODEL, "max", None, {"thinkingLevel": "high", "includeThoughts": True}),
    "an effort and a budget": (MODEL, "low", 5000, {"thinkingLevel": "low", "includeThoughts": True}),
    "an effort and a budget of Gemini 2.5": (
        "gemini-2.5-flash", "low", 5000, {"thinkingBudget": 5000, "includeThoughts": True},
    ),
    "the most of Gemini 2.5 Pro": (
        "gemini-2.5-pro", "xhigh", None, {"thinkingBudget": 32768, "includeThoughts": True},
    ),
    "the most of Gemini 2.5 Flash": (
        "gemini-2.5-flash", "max", None, {"thinkingBudget": 24576, "includeThoughts": True},
    ),
    "too little for Flash-Lite": (
        "gemini-2.5-flash-lite", None, 100, {"thinkingBudget": 512, "includeThoughts": True},
    ),
    "none for Flash-Lite": ("gemini-2.5-flash-lite", None, 0, {"thinkingBudget": 0}),
    "a model that does not think": ("gemini-2.0-flash", "high", 100, None),
    "a voice": ("gemini-2.5-flash-preview-tts", "high", None, None),
    "the newest by its alias": (
        "gemini-flash-latest", "minimal", None, {"thinkingLevel": "low", "includeThoughts": True},
    ),
    "a model of tomorrow": ("gemini-4-pro", "medium", None, {"thinkingLevel": "medium", "includeThoughts": True}),
}  # fmt: skip


@pytest.mark.parametrize(("model", "effort", "budget", "expected"), THINKING.values(), ids=THINKING)
def test_how_much_a_model_thinks(
    model: str, effort: Effort | None, budget: int | None, expected: Mapping[str, object] | None
) -> None:
    options = Options(reasoning_effort=effort, reasoning_budget=budget)
    said = body(Request(messages=(user("a"),), options=options), model)
    assert said.get("generationConfig") == (None if expected is None else {"thinkingConfig": expected})


@pytest.mark.parametrize("name", ["contents", "model"])
def test_the_call_itself_is_no_option(name: str) -> None:
    request = Request(messages=(user("a"),), options=Options(extra=extra(**{name: 1})))
    error = plan(request, target("google", MODEL)).failure()
    assert isinstance(error, BadRequest)
    assert error.field == name


@given(text=st.text(max_size=60), arguments=st.text(max_size=60), value=st.text(max_size=60))
def test_any_history_is_said(text: str, arguments: str, value: str) -> None:
    parts = (Text(text), Reasoning(text), call("c", arguments))
    answer = result(Json(JsonText(value)), Text(text))
    assert len(contents(user("a"), assistant(*parts), Tool((answer,)))) == 3
