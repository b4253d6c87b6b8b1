"""What golden files do not show of ollama-chat: what cannot be said, and what histories of others become."""

from typing import Final

import msgspec
import pytest
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
from modelmix.ast.message import Message, System, Tool, assistant, user
from modelmix.ast.options import AnyJson, Options, Shaped, extra
from modelmix.ast.request import Request
from modelmix.ast.tool import ToolSpec
from modelmix.call import Call, Target, plan
from modelmix.errors import BadRequest, Unsupported
from modelmix.providers.load import built_in
from modelmix.providers.provider import Shape

OLLAMA: Final = built_in("ollama")
PNG: Final = Image(Bytes(b"\x89PNG\r\n\x1a\n", "image/png"))
ASKED: Final = user("What is 2+2?")


class Sent(Struct):
    """A body, as far as it is looked at."""

    messages: list[object]


def planned(request: Request, shape: Shape | None = None) -> Call:
    provider = OLLAMA if shape is None else msgspec.structs.replace(OLLAMA, shape=shape)
    return plan(request, Target(provider=provider, model="qwen3", base_url=provider.base_url)).unwrap()


def said(*messages: Message, shape: Shape | None = None) -> tuple[list[object], list[tuple[str, str]]]:
    """The messages as they are sent, and what was changed."""
    call = planned(Request(messages=messages), shape)
    told = msgspec.json.decode(call.body, type=Sent).messages
    return told, [(change.field, change.action) for change in call.adaptations]


UNSAYABLE: dict[str, tuple[UserPart, str]] = {
    "an image by URL": (Image(Url("https://a.example/x.png")), "an image by reference"),
    "an uploaded image": (Image(Uploaded("file-1")), "an image by reference"),
    "a recording": (Audio(Bytes(b"RIFF", "audio/wav")), "audio"),
    "a PDF": (File(Bytes(b"%PDF-1.7", "application/pdf")), "a document of type application/pdf"),
    "a document by URL": (File(Url("https://a.example/x.txt")), "a document by reference"),
    "an uploaded document": (File(Uploaded("file-1")), "a document by reference"),
}


@pytest.mark.parametrize(("part", "what"), UNSAYABLE.values(), ids=UNSAYABLE)
def test_what_cannot_be_said_is_told(part: UserPart, what: str) -> None:
    request = Request(messages=(user("Look.", part),))
    error = plan(request, Target(provider=OLLAMA, model="qwen3", base_url=OLLAMA.base_url)).failure()
    assert isinstance(error, Unsupported)
    assert (error.what, error.by) == (what, "ollama-chat")
    assert error.instead


def test_what_cannot_be_said_in_a_result_is_told() -> None:
    result = ToolResult(call_id="c", name="n", content=(Image(Url("https://a.example/x.png")),))
    request = Request(messages=(ASKED, Tool((result,))))
    error = plan(request, Target(provider=OLLAMA, model="qwen3", base_url=OLLAMA.base_url)).failure()
    assert isinstance(error, Unsupported)


def test_a_text_document_becomes_words_under_its_name() -> None:
    told, changes = said(user("Sum up.", File(Bytes(b"plain words", "text/plain"), "b.txt"), PNG))
    assert told == [{"role": "user", "content": "Sum up.\nb.txt:\nplain words", "images": ["iVBORw0KGgo="]}]
    assert changes == [("file", "changed")]


ARGUMENTS: dict[str, tuple[str, object, list[tuple[str, str]]]] = {
    "an object": ('{"a": [1.50, "\\u00e9"]}', {"a": [1.5, "é"]}, []),
    "another value": ("[1]", {"arguments": "[1]"}, [("arguments", "changed")]),
    "cut": ('{"a": ', {"arguments": '{"a": '}, [("arguments", "changed")]),
    "nothing": ("", {"arguments": ""}, [("arguments", "changed")]),
}


@pytest.mark.parametrize(("written", "sent", "changes"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_arguments_are_an_object(written: str, sent: object, changes: list[tuple[str, str]]) -> None:
    call = ToolCall(id="c", name="n", arguments=JsonText(written))
    told = said(ASKED, assistant(call))
    turn = {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "n", "arguments": sent}}]}
    assert told == ([{"role": "user", "content": "What is 2+2?"}, turn], changes)


def result(call_id: str, *content: ResultPart, is_error: bool = False) -> ToolResult:
    return ToolResult(call_id=call_id, name="n", content=content, is_error=is_error)


def results_of(*results: ToolResult) -> tuple[list[object], list[tuple[str, str]]]:
    """What is sent of results, after a turn that calls a and b."""
    calls = [ToolCall(id=name, name="n", arguments=JsonText("{}")) for name in ("a", "b")]
    told, changes = said(ASKED, assistant(*calls), Tool(results))
    return told[2:], changes


def test_results_stand_in_the_order_of_their_calls() -> None:
    one, two = {"role": "tool", "tool_name": "n", "content": "1"}, {"role": "tool", "tool_name": "n", "content": "2"}
    assert results_of(result("a", Text("1")), result("b", Text("2"))) == ([one, two], [])
    assert results_of(result("b", Text("2")), result("a", Text("1"))) == ([one, two], [("results", "changed")])
    assert results_of(result("?", Text("2")), result("b", Text("1"))) == ([one, two], [("results", "changed")])


def test_a_result_keeps_all_that_it_holds() -> None:
    whole = result("a", Text("no"), Json(JsonText('{"b":1}')), CachePoint(), PNG, is_error=True)
    told = {"role": "tool", "tool_name": "n", "content": 'no\n{"b":1}', "images": ["iVBORw0KGgo="]}
    assert results_of(whole) == ([told], [("cache_point", "dropped"), ("is_error", "dropped")])


def test_a_picture_that_the_model_made_goes_back_to_it() -> None:
    own = Opaque(owner="ollama-chat", kind="image", json=JsonText('"aGk="'))
    others = Opaque(owner="openai-chat", kind="image", json=JsonText('{"url":"x"}'))
    told, changes = said(ASKED, assistant("Here.", own, others, PNG))
    assert told[1:] == [{"role": "assistant", "content": "Here.", "images": ["aGk="]}]
    assert changes == [("image", "dropped"), ("image", "dropped")]


SEAL: Final = Seal("anthropic-messages", "c2ln")


def test_what_others_signed_is_left_behind_and_told_once() -> None:
    parts = (Reasoning("hm", SEAL), Reasoning("", SEAL), Text("a", Seal("anthropic-messages", "2")))
    assert said(ASKED, assistant(*parts)) == (
        [{"role": "user", "content": "What is 2+2?"}, {"role": "assistant", "content": "a", "thinking": "hm"}],
        [("seal", "dropped")],
    )


def test_a_provider_may_take_no_reasoning_back() -> None:
    told, changes = said(ASKED, assistant(Reasoning("hm"), "a"), shape=Shape(replay_reasoning="none"))
    assert told[1:] == [{"role": "assistant", "content": "a"}]
    assert changes == [("reasoning", "dropped")]


def test_cache_points_are_left_out_and_told_once() -> None:
    told, changes = said(System((Text("a"), CachePoint())), user("b", CachePoint()))
    assert told == [{"role": "system", "content": "a"}, {"role": "user", "content": "b"}]
    assert changes == [("cache_point", "dropped")]


@pytest.mark.parametrize("name", ["model", "messages", "stream"])
def test_the_call_itself_is_no_option(name: str) -> None:
    request = Request(messages=(ASKED,), options=Options(extra=extra(**{name: "x"})))
    error = plan(request, Target(provider=OLLAMA, model="qwen3", base_url=OLLAMA.base_url)).failure()
    assert isinstance(error, BadRequest)
    assert error.field == name


def test_options_are_an_object() -> None:
    request = Request(messages=(ASKED,), options=Options(extra=extra(options=[1])))
    error = plan(request, Target(provider=OLLAMA, model="qwen3", base_url=OLLAMA.base_url)).failure()
    assert isinstance(error, BadRequest)
    assert (error.field, error.expected) == ("options", "an object")


POINT: Final = Shaped(name="point", schema=JsonText('{"type":"object","properties":{"x":{"type":"integer"}}}'))
WORDS: Final = "Answer with one JSON object and nothing else."

FORMATS: dict[str, tuple[Shape, AnyJson | Shaped, bool, object, list[tuple[str, str]]]] = {
    # shape, output, tools: format, changes
    "a schema as it is": (Shape(), POINT, False, {"type": "object", "properties": {"x": {"type": "integer"}}}, []),
    "a strict schema": (
        Shape(strict_schema=True),
        POINT,
        False,
        {
            "type": "object",
            "properties": {"x": {"type": ["integer", "null"]}},
            "required": ["x"],
            "additionalProperties": False,
        },
        [],
    ),
    "a schema in words": (Shape(json_mode="object"), POINT, False, "json", [("schema", "changed")]),
    "no format": (Shape(json_mode="none"), POINT, False, None, [("schema", "changed")]),
    "JSON by a schema": (Shape(json_mode="schema"), AnyJson(), False, {"type": "object"}, [("system", "added")]),
    "JSON": (Shape(), AnyJson(), False, "json", [("system", "added")]),
    "JSON in words": (Shape(json_mode="none"), AnyJson(), False, None, [("system", "added"), ("json", "changed")]),
    "JSON beside tools": (Shape(), AnyJson(), True, None, [("system", "added"), ("json", "changed")]),
}


@pytest.mark.parametrize(("shape", "output", "tools", "form", "changes"), FORMATS.values(), ids=FORMATS)
def test_json_is_asked_for_by_the_best_means(
    shape: Shape, output: AnyJson | Shaped, form: object, changes: list[tuple[str, str]], *, tools: bool
) -> None:
    offered = (ToolSpec(name="clock"),) if tools else ()
    call = planned(Request(messages=(ASKED,), output=output, tools=offered), shape)
    body = msgspec.json.decode(call.body, type=dict[str, object])
    assert body.get("format") == form
    assert [(change.field, change.action) for change in call.adaptations] == changes
    assert (WORDS in str(body["messages"])) is any(field in {"system", "schema"} for field, _ in changes)


THINKING: dict[str, tuple[Options, object, list[tuple[str, str]]]] = {
    "a budget": (Options(reasoning_budget=1000), None, [("reasoning_budget", "dropped")]),
    "the caller's own": (Options(extra=extra(think="max")), "max", []),
}


@pytest.mark.parametrize(("options", "think", "changes"), THINKING.values(), ids=THINKING)
def test_thinking(options: Options, think: object, changes: list[tuple[str, str]]) -> None:
    call = planned(Request(messages=(ASKED,), options=options))
    assert msgspec.json.decode(call.body, type=dict[str, object]).get("think") == think
    assert [(change.field, change.action) for change in call.adaptations] == changes


def test_a_provider_may_let_no_one_choose_how_much_is_thought() -> None:
    call = planned(Request(messages=(ASKED,), options=Options(reasoning_effort="low")), Shape(thinking="none"))
    assert "think" not in msgspec.json.decode(call.body, type=dict[str, object])
    assert [(change.field, change.action) for change in call.adaptations] == [("reasoning_effort", "dropped")]
