"""What the golden files of openai-chat do not show: ids that must fit, media that cannot be said, turns that are put
together."""

from base64 import b64encode
from typing import Final, Literal

import msgspec
import pytest
from hypothesis import given, strategies as st

from modelmix.ast.content import (
    Audio,
    Bytes,
    File,
    Image,
    Json,
    JsonText,
    Opaque,
    Reasoning,
    Seal,
    Text,
    ToolCall,
    ToolResult,
    Uploaded,
    Url,
    UserPart,
)
from modelmix.ast.message import Developer, Message, Tool, assistant, system, user
from modelmix.ast.options import AnyJson, Options, Output, Shaped
from modelmix.ast.request import Request
from modelmix.ast.tool import ToolSpec
from modelmix.call import plan
from modelmix.errors import BadRequest, Unsupported
from modelmix.providers.load import built_in
from modelmix.providers.provider import Shape
from modelmix.wrapping import WRAPPED
from unit.making import target

POINT = Shaped(name="point", schema=JsonText('{"type":"object","properties":{"x":{"type":"integer"}}}'))
IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


def said(*messages: Message, provider: str = "openai", model: str = "gpt-4o") -> list[dict[str, object]]:
    """The messages as they go over the wire."""
    body = msgspec.json.decode(plan(Request(messages=messages), target(provider, model)).unwrap().body)
    found: list[dict[str, object]] = body["messages"]
    return found


def history(*ids: str) -> tuple[Message, ...]:
    calls = [ToolCall(id=each, name="clock", arguments=JsonText("{}")) for each in ids]
    results = [ToolResult(call_id=each, name="clock", content=(Text("nine"),)) for each in ids]
    return (user("Time?"), assistant(*calls), Tool(tuple(results)))


def ids_said(provider: str, *ids: str) -> tuple[list[str], list[str]]:
    """The ids of calls and of results."""
    body = msgspec.json.decode(plan(Request(messages=history(*ids)), target(provider, "any")).unwrap().body)
    _, turn, *results = body["messages"]
    return [call["id"] for call in turn["tool_calls"]], [result["tool_call_id"] for result in results]


FOREIGN = {
    "of OpenAI": ("call_abcdefghijklmnopqrstuvwx", "call_abcdefghijklmnopqrstuvwy"),
    "of Anthropic": ("toolu_01A09q90qw90lq917835lq9", "toolu_01A09q90qw90lq917835lq8"),
    "with signs": ("functions.clock:0", "functions.clock:1"),
    "short": ("a", "b"),
    "nine, but not all letters and digits": ("call_1234", "call-1234"),
    "nine, but not ASCII": ("ääääääääa", "ääääääääb"),
}


@pytest.mark.parametrize("ids", FOREIGN.values(), ids=FOREIGN)
def test_mistral_gets_ids_of_nine_letters_and_digits_the_same_in_both_places(ids: tuple[str, str]) -> None:
    calls, results = ids_said("mistral", *ids)
    assert calls == results
    assert len(set(calls)) == 2
    for each in calls:
        assert len(each) == 9
        assert each.isascii()
        assert each.isalnum()
    assert ids_said("mistral", *ids) == (calls, results)


def test_an_id_that_fits_stays() -> None:
    assert ids_said("mistral", "Abc123xyz") == (["Abc123xyz"], ["Abc123xyz"])


@given(call_id=IDS)
def test_any_id_goes_back_as_it_came_elsewhere(call_id: str) -> None:
    assert ids_said("openai", call_id) == ([call_id], [call_id])


@given(call_id=IDS)
def test_any_id_fits_mistral(call_id: str) -> None:
    (call,), (result,) = ids_said("mistral", call_id)
    assert call == result
    assert len(call) == 9
    assert call.isascii()
    assert call.isalnum()


UNSAYABLE: dict[str, tuple[UserPart, str, str]] = {
    # part, provider: what cannot be said
    "an uploaded image": (Image(Uploaded("file-1")), "openai", "an uploaded image"),
    "a recording by URL": (Audio(Url("https://a.example/x.wav")), "openai", "audio by reference"),
    "an uploaded recording": (Audio(Uploaded("file-1")), "openai", "audio by reference"),
    "another kind of recording": (Audio(Bytes(b"OggS", "audio/ogg")), "openai", "audio/ogg audio"),
    "a document by URL": (File(Url("https://a.example/x.pdf")), "openai", "a document by URL"),
}


@pytest.mark.parametrize(("part", "provider", "what"), UNSAYABLE.values(), ids=UNSAYABLE)
def test_what_cannot_be_said_is_told(part: UserPart, provider: str, what: str) -> None:
    error = plan(Request(messages=(user("Look.", part),)), target(provider)).failure()
    assert isinstance(error, Unsupported)
    assert (error.what, error.by) == (what, "openai-chat")
    assert error.instead


def test_what_cannot_be_said_in_a_result_is_told() -> None:
    result = ToolResult(call_id="c", name="n", content=(File(Url("https://a.example/x.pdf")),))
    error = plan(Request(messages=(*history("c")[:2], Tool((result,)))), target()).failure()
    assert isinstance(error, Unsupported)


MP3 = ("audio/mpeg", "audio/mp3")
WAV = ("audio/wav", "audio/x-wav")


@pytest.mark.parametrize(("kind", "expected"), [*[(kind, "mp3") for kind in MP3], *[(kind, "wav") for kind in WAV]])
def test_a_recording_has_a_format(kind: str, expected: str) -> None:
    (turn,) = said(user(Audio(Bytes(b"x", kind))))
    assert turn["content"] == [{"type": "input_audio", "input_audio": {"data": "eA==", "format": expected}}]


def test_a_document_without_a_name_gets_one() -> None:
    (turn,) = said(user(File(Bytes(b"x", "application/pdf"))))
    file = {"filename": "document.pdf", "file_data": "data:application/pdf;base64,eA=="}
    assert turn["content"] == [{"type": "file", "file": file}]


def test_a_text_that_is_not_utf8_is_read_as_far_as_it_goes() -> None:
    (turn,) = said(user(File(Bytes(b"caf\xe9", "text/plain"))))
    assert turn["content"] == [{"type": "text", "text": "caf\N{REPLACEMENT CHARACTER}"}]


@given(data=st.binary(max_size=300))
def test_any_picture_arrives_whole(data: bytes) -> None:
    uri = f"data:image/png;base64,{b64encode(data).decode()}"
    (turn,) = said(user(Image(Bytes(data, "image/png"))))
    assert turn["content"] == [{"type": "image_url", "image_url": {"url": uri}}]


URLS = ('https://a.example/?q="x"', "https://a.example/\\n", "https://ä.example/\n")


@pytest.mark.parametrize("url", URLS, ids=ascii)
def test_any_url_is_quoted(url: str) -> None:
    (turn,) = said(user(Image(Url(url))))
    assert turn["content"] == [{"type": "image_url", "image_url": {"url": url}}]


TURNS: dict[str, tuple[str, tuple[Message, ...], list[dict[str, object]]]] = {
    # provider, messages: what is said
    "results of tools keep users apart": (
        "perplexity",
        (user("a"), *history("c")[1:], user("b")),
        [
            {"role": "user", "content": "a"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "c", "type": "function", "function": {"name": "clock", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": "c", "content": "nine"},
            {"role": "user", "content": "b"},
        ],
    ),
    "three of a kind are one": (
        "perplexity",
        (user("a"), user("b"), user("c")),
        [{"role": "user", "content": "a\n\nb\n\nc"}],
    ),
    "one system message stays where it is": (
        "minimax",
        (system("a"), user("b")),
        [{"role": "system", "content": "a"}, {"role": "user", "content": "b"}],
    ),
    "one system message comes to the front": (
        "minimax",
        (user("b"), system("a")),
        [{"role": "system", "content": "a"}, {"role": "user", "content": "b"}],
    ),
    "no system message needs none": ("minimax", (user("b"),), [{"role": "user", "content": "b"}]),
    "a developer's word is a system message elsewhere": (
        "groq",
        (Developer((Text("a"), Text("b"))), user("c")),
        [{"role": "system", "content": "a\nb"}, {"role": "user", "content": "c"}],
    ),
    "a developer's word counts among the system messages": (
        "minimax",
        (system("a"), Developer((Text("b"),)), user("c")),
        [{"role": "system", "content": "a\n\nb"}, {"role": "user", "content": "c"}],
    ),
    "what a model only thought is an empty turn": (
        "openai",
        (user("a"), assistant(Reasoning("hm")), user("b")),
        [{"role": "user", "content": "a"}, {"role": "assistant", "content": ""}, {"role": "user", "content": "b"}],
    ),
    "another's seal stays at home": (
        "openrouter",
        (user("a"), assistant(Reasoning("hm", Seal("anthropic-messages", "sig")), "b")),
        [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "reasoning": "hm"}],
    ),
    "an empty seal is none": (
        "openrouter",
        (user("a"), assistant(Reasoning("", Seal("openai-chat", "[]")), "b")),
        [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "reasoning_details": []}],
    ),
    "a result of several parts": (
        "openai",
        (
            *history("c")[:2],
            Tool((ToolResult(call_id="c", name="clock", content=(Json(JsonText('{"a":1}')), Text("b"))),)),
        ),
        [
            {"role": "user", "content": "Time?"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "c", "type": "function", "function": {"name": "clock", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": "c", "content": '{"a":1}\nb'},
        ],
    ),
}


@pytest.mark.parametrize(("provider", "messages", "expected"), TURNS.values(), ids=TURNS)
def test_turns_are_said(provider: str, messages: tuple[Message, ...], expected: list[dict[str, object]]) -> None:
    assert said(*messages, provider=provider, model="any") == expected


ASKED_FOR = {
    "in capitals": user("Answer as JSON."),
    "in the system prompt": system("Speak json."),
    "among parts": user("Look.", Image(Url("https://a.example")), "Give me Json."),
}


@pytest.mark.parametrize("message", ASKED_FOR.values(), ids=ASKED_FOR)
def test_json_that_is_asked_for_in_words_is_not_asked_for_again(message: Message) -> None:
    call = plan(Request(messages=(message,), output=AnyJson()), target()).unwrap()
    assert call.adaptations == ()


def test_a_strange_part_of_a_users_turn_is_dropped_and_told() -> None:
    part = Opaque(owner="google-generate", kind="video_metadata", json=JsonText("{}"))
    call = plan(Request(messages=(user("Look.", part),)), target()).unwrap()
    (told,) = call.adaptations
    assert (told.field, told.action) == ("video_metadata", "dropped")
    assert "google-generate" in told.why


def test_a_picture_of_a_model_is_dropped_and_told() -> None:
    call = plan(Request(messages=(assistant("Here.", Image(Bytes(b"x", "image/png"))),)), target()).unwrap()
    assert msgspec.json.decode(call.body)["messages"] == [{"role": "assistant", "content": "Here."}]
    (told,) = call.adaptations
    assert (told.field, told.action) == ("image", "dropped")


def test_a_provider_may_have_no_place_for_effort() -> None:
    own = msgspec.structs.replace(built_in("groq"), rules=(), shape=Shape(effort="none"))
    call = plan(Request(messages=(user("a"),), options=Options(reasoning_effort="low")), target(own)).unwrap()
    assert "reasoning" not in call.body.decode()
    (told,) = call.adaptations
    assert (told.field, told.action) == ("reasoning_effort", "dropped")


JSON_MODES: dict[str, tuple[Literal["both", "schema", "object", "none"], Output, str | None, bool]] = {
    # mode, form: the kind of `response_format`, and whether JSON is asked for in words
    "a schema where there are both": ("both", POINT, "json_schema", False),
    "any object where there are both": ("both", AnyJson(), "json_object", True),
    "a schema where there is nothing else": ("schema", POINT, "json_schema", False),
    "any object where there are only schemas": ("schema", AnyJson(), "json_schema", False),
    "a schema where there are only objects": ("object", POINT, "json_object", True),
    "any object where there is nothing else": ("object", AnyJson(), "json_object", True),
    "a schema where there is nothing": ("none", POINT, None, True),
    "any object where there is nothing": ("none", AnyJson(), None, True),
}


FORCED: Final[dict[str, tuple[Output, str, object]]] = {
    # form: the tool that must be called, and what it takes
    "a schema": (POINT, "point", msgspec.json.decode(POINT.schema)),
    "any object": (AnyJson(), "object", {"type": "object"}),
    "a list": (
        Shaped(name="ids", schema=JsonText('{"type":"array","items":{"type":"integer","minimum":1}}')),
        "ids",
        {
            "type": "object",
            "properties": {"value": {"type": "array", "items": {"type": "integer", "minimum": 1}}},
            "required": ["value"],
            "additionalProperties": False,
        },
    ),
}


@pytest.mark.parametrize(("form", "name", "parameters"), FORCED.values(), ids=FORCED)
def test_json_is_asked_for_by_a_tool_that_must_be_called(form: Output, name: str, parameters: object) -> None:
    own = msgspec.structs.replace(built_in("groq"), rules=(), shape=Shape(json_mode="tool"))
    call = plan(Request(messages=(user("a"),), output=form), target(own)).unwrap()
    body = msgspec.json.decode(call.body)
    assert call.answer_tool == name
    assert [(entry["function"]["name"], entry["function"]["parameters"]) for entry in body["tools"]] == [
        (name, parameters)
    ]
    assert body["tool_choice"] == {"type": "function", "function": {"name": name}}
    assert "response_format" not in body
    assert call.adaptations[0].into == f"the tool {name}, which must be called"


def test_a_forced_answer_stands_beside_the_tools_and_says_so() -> None:
    own = msgspec.structs.replace(built_in("groq"), rules=(), shape=Shape(json_mode="tool"))
    request = Request(messages=(user("a"),), output=POINT, tools=(ToolSpec(name="clock"),))
    call = plan(request, target(own)).unwrap()
    body = msgspec.json.decode(call.body)
    assert [entry["function"]["name"] for entry in body["tools"]] == ["clock", "point"]
    assert [change.field for change in call.adaptations] == ["schema", "tool_choice"]


def test_a_forced_answer_has_no_name_of_a_tool() -> None:
    own = msgspec.structs.replace(built_in("groq"), rules=(), shape=Shape(json_mode="tool"))
    request = Request(messages=(user("a"),), output=POINT, tools=(ToolSpec(name="point"),))
    error = plan(request, target(own)).failure()
    assert isinstance(error, BadRequest)
    assert (error.field, error.value) == ("schema", "point")


LIST: Final = Shaped(name="ids", schema=JsonText('{"type":"array","items":{"type":"integer"}}'))
ROOTS: Final[dict[str, tuple[Shape, str, bool]]] = {
    # shape, where the schema stands, and whether there is an object around it
    "a strict schema": (Shape(), "json_schema", True),
    "any schema": (Shape(strict_schema=False, root_object=False), "json_schema", False),
    "any schema of an object": (Shape(strict_schema=False), "json_schema", True),
    "an object, with the schema in words": (Shape(json_mode="object"), "words", True),
    "words only": (Shape(json_mode="none"), "words", False),
}


@pytest.mark.parametrize(("shape", "place", "around"), ROOTS.values(), ids=ROOTS)
def test_an_object_is_put_around_a_list_where_one_is_wanted(shape: Shape, place: str, *, around: bool) -> None:
    own = msgspec.structs.replace(built_in("groq"), rules=(), shape=shape)
    call = plan(Request(messages=(user("a"),), output=LIST), target(own)).unwrap()
    body = msgspec.json.decode(call.body)
    said = str(body["messages"] if place == "words" else body["response_format"]["json_schema"]["schema"])
    assert ("additionalProperties" in said) is around
    assert (WRAPPED in call.adaptations) is around


@pytest.mark.parametrize(("mode", "form", "kind", "asked"), JSON_MODES.values(), ids=JSON_MODES)
def test_json_is_asked_for_as_the_provider_takes_it(
    mode: Literal["both", "schema", "object", "none"], form: Output, kind: str | None, *, asked: bool
) -> None:
    own = msgspec.structs.replace(built_in("groq"), rules=(), shape=Shape(json_mode=mode))
    body = msgspec.json.decode(plan(Request(messages=(user("a"),), output=form), target(own)).unwrap().body)
    assert (body["response_format"]["type"] if "response_format" in body else None) == kind
    assert (body["messages"][0]["role"] == "system") == asked


def test_each_change_is_told_once() -> None:
    thoughts: list[Message] = [assistant(Reasoning("hm"), "a"), user("b")] * 5
    call = plan(Request(messages=(user("a"), *thoughts), options=Options()), target()).unwrap()
    assert [told.field for told in call.adaptations] == ["reasoning"]
