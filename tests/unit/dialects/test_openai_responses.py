"""What the golden files of openai-responses do not show: replies that go back, ids that fit, what cannot be said."""

import json

import msgspec
import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from fixtures.responses.pieces import Json, body, call, custom, message, reasoning
from modelmix.ast.content import (
    Audio,
    Bytes,
    CachePoint,
    Citation,
    Image,
    JsonText,
    Opaque,
    Reasoning,
    Seal,
    Text,
    ToolCall,
    ToolResult,
    Uploaded,
)
from modelmix.ast.message import Message, Tool, assistant, system, user
from modelmix.ast.model import Capabilities, Model
from modelmix.ast.options import AnyJson, Options, Output, Shaped, extra
from modelmix.ast.request import Request
from modelmix.call import Call, plan
from modelmix.decode import decoder
from modelmix.dialects.openai_responses import wire
from modelmix.errors import BadRequest, Unsupported
from modelmix.jsonvalue import JsonValue, parse
from unit.making import target

OWNER = "openai-responses"
POINT = Shaped(name="point", schema=JsonText('{"type":"object","properties":{"x":{"type":"integer"}}}'))
IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100)
WEBSITE: Json = {"type": "url_citation", "url": "https://a.example", "title": "A", "start_index": 0, "end_index": 2}
SEARCH: Json = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search"}}


def planned(request: Request, model: str = "gpt-5") -> Call:
    return plan(request, replace(target("openai", model), dialect="openai-responses")).unwrap()


def said(*messages: Message, options: Options | None = None) -> list[dict[str, object]]:
    """The items as they go over the wire."""
    found = msgspec.json.decode(planned(Request(messages=messages, options=options or Options())).body)
    items: list[dict[str, object]] = found["input"]
    return items


def answered(*output: Json) -> Message:
    """The turn that the decoder makes of a reply."""
    reader = decoder("openai-responses")
    reader.feed(body("completed", *output))
    reader.finish()
    answer = reader.answer()
    assert answer is not None
    return answer.message


THOUGHT = reasoning("So it is.", encrypted_content="gAAA")
REPLIES: dict[str, tuple[tuple[Json, ...], tuple[Json, ...]]] = {
    # a reply: what goes back of it
    "a message": ((message("hi!"),), ({"content": [{"text": "hi!"}]},)),
    "a message with its phase": (
        (message("hi!", phase="commentary"),),
        ({"phase": "commentary", "content": [{"text": "hi!"}]},),
    ),
    "messages of other phases": (
        (message("hm", "a", phase="commentary"), message("hi!", "b", phase="final_answer")),
        (
            {"phase": "commentary", "content": [{"text": "hm"}]},
            {"phase": "final_answer", "content": [{"text": "hi!"}]},
        ),
    ),
    "reasoning and its message": ((THOUGHT, message("hi!")), (THOUGHT, {"id": "msg_1", "content": [{"text": "hi!"}]})),
    "reasoning and its call": ((THOUGHT, call("{}")), (THOUGHT, {"id": "fc_1", "call_id": "call_1"})),
    "reasoning twice": (
        (THOUGHT, call("{}"), THOUGHT, message("hi!")),
        (THOUGHT, {"id": "fc_1"}, THOUGHT, {"id": "msg_1"}),
    ),
    "a custom call": ((custom("SELECT 1"),), ({"type": "custom_tool_call", "input": "SELECT 1"},)),
    "a call with its labels": ((call("{}", namespace="sky"),), ({"namespace": "sky", "name": "look"},)),
    "a search": ((SEARCH, message("hi!")), (SEARCH, {"content": [{"text": "hi!"}]})),
    "a source": (
        (message("hi!", annotations=[WEBSITE]),),
        ({"content": [{"text": "hi!", "annotations": [WEBSITE]}]},),
    ),
}


def holds(whole: JsonValue, part: JsonValue) -> bool:
    """Whether all of `part` is in `whole`."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(holds(whole.get(name), value) for name, value in part.items())
    if isinstance(part, list):
        return isinstance(whole, list) and len(whole) == len(part) and all(map(holds, whole, part))
    return whole == part


@pytest.mark.parametrize(("output", "back"), REPLIES.values(), ids=REPLIES)
def test_a_reply_goes_back_as_it_came(output: tuple[Json, ...], back: tuple[Json, ...]) -> None:
    _, *items, _ = said(user("Well?"), answered(*output), user("And?"))
    assert len(items) == len(back)
    for item, wanted in zip(items, back, strict=True):
        assert holds(parse(json.dumps(item)), parse(json.dumps(wanted))), item
        # Nothing is said that was not in the reply.
        assert any(item["type"] == each["type"] and set(item) <= set(each) for each in output)


def test_nothing_of_a_reply_goes_back_with_a_note() -> None:
    turns = (user("Well?"), answered(THOUGHT, call("{}"), SEARCH, message("hi!", annotations=[WEBSITE])), user("And?"))
    told = planned(Request(messages=turns)).adaptations
    assert {change.field for change in told} == {"store", "include"}


@given(st.lists(IDS, min_size=1, max_size=4, unique=True))
def test_ids_fit_and_calls_keep_their_results(ids: list[str]) -> None:
    calls = [ToolCall(id=each, name="clock", arguments=JsonText("{}")) for each in ids]
    results = [ToolResult(call_id=each, name="clock", content=(Text("nine"),)) for each in ids]
    items = said(user("Time?"), assistant(*calls), Tool(tuple(results)))[1:]
    asked, got = [item["call_id"] for item in items[: len(ids)]], [item["call_id"] for item in items[len(ids) :]]
    assert asked == got
    assert len(set(asked)) == len(ids)
    for item, known in zip(asked, ids, strict=True):
        assert isinstance(item, str)
        assert len(item) <= 64
        assert item == known or len(known) > 64


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(TEXTS)
def test_the_input_of_a_custom_tool_comes_and_goes_unchanged(words: str) -> None:
    turn = answered(custom(words))
    _, item, _ = said(user("Well?"), turn, user("And?"))
    assert (item["type"], item["input"]) == ("custom_tool_call", words)


@pytest.mark.parametrize("arguments", ["{}", '{"a', "", "[1]", '"half', "7"])
def test_what_is_no_json_string_is_a_function_call(arguments: str) -> None:
    turn = assistant(ToolCall(id="c", name="f", arguments=JsonText(arguments)))
    _, item = said(user("Well?"), turn)
    assert (item["type"], item["arguments"]) == ("function_call", arguments)


KNOWN: dict[str, type[msgspec.Struct]] = {
    "message": wire.OutputMessage,
    "function_call": wire.FunctionCall,
    "custom_tool_call": wire.CustomCall,
}
ANY_OWNER = st.sampled_from([OWNER, "openai-chat", "anthropic-messages"])
SEALS = st.none() | st.builds(
    Seal,
    ANY_OWNER,
    st.sampled_from(
        ["", "x", "[]", "{}", '{"id":"a"}', '{"phase":null}', '{"encrypted_content":"g"}', json.dumps(THOUGHT)]
    ),
)
PARTS = st.one_of(
    st.builds(Text, TEXTS, SEALS),
    st.builds(Reasoning, TEXTS, SEALS),
    st.builds(Citation, TEXTS, st.none() | TEXTS, SEALS),
    st.builds(ToolCall, id=IDS, name=st.just("f"), arguments=st.sampled_from(["{}", '"x"', "{"]), seal=SEALS),
    st.builds(Opaque, owner=ANY_OWNER, kind=st.just("k"), json=st.just('{"type":"k"}')),
)


@given(st.lists(PARTS, max_size=8))
def test_every_history_encodes_to_items_of_the_format(parts: list[Text]) -> None:
    for item in said(user("Well?"), assistant(*parts), user("And?")):
        kind = KNOWN.get(str(item.get("type")))
        if kind is not None:
            made = msgspec.json.decode(msgspec.json.encode(item), type=kind)
            assert msgspec.json.decode(msgspec.json.encode(made)) == item


UNSAYABLE = {
    "audio": user(Audio(Bytes(b"RIFF", "audio/wav"))),
    "audio by id": user("Hear.", Audio(Uploaded("file-1"))),
}


@pytest.mark.parametrize("turn", UNSAYABLE.values(), ids=UNSAYABLE)
def test_what_cannot_be_said_is_a_typed_error(turn: Message) -> None:
    error = plan(Request(messages=(turn,)), target("openai", "gpt-5")).failure()
    assert isinstance(error, Unsupported)
    assert (error.what, error.by) == ("audio", OWNER)


def test_an_uploaded_picture_goes_by_its_id() -> None:
    (item,) = said(user(Image(Uploaded("file-1"), "high")))
    assert item["content"] == [{"type": "input_image", "file_id": "file-1", "detail": "high"}]


def test_a_cache_point_before_anything_is_told() -> None:
    told = planned(Request(messages=(user(CachePoint(), "Hello."),)), "gpt-5.6").adaptations
    assert ("cache_point", "dropped") in {(change.field, change.action) for change in told}


@pytest.mark.parametrize("name", ["model", "input", "stream"])
def test_the_call_itself_is_no_option_of_the_provider(name: str) -> None:
    request = Request(messages=(user("Hello."),), options=Options(extra=extra(**{name: "x"})))
    error = plan(request, target("openai", "gpt-5")).failure()
    assert isinstance(error, BadRequest)
    assert error.field == name


WORDED = Model(provider="openai", id="gpt-5.2-pro", capabilities=Capabilities(structured_output=False))
FORMS: dict[str, tuple[Output, Model | None, bool]] = {
    "a schema": (POINT, None, True),
    "a schema for a model without": (POINT, WORDED, False),
    "any object": (AnyJson(), None, True),
    "any object for a model without": (AnyJson(), WORDED, False),
}


@pytest.mark.parametrize(("output", "entry", "formed"), FORMS.values(), ids=FORMS)
def test_a_form_is_asked_for_by_the_best_means(output: Output, entry: Model | None, *, formed: bool) -> None:
    request = Request(messages=(system("Be brief."), user("Where?")), output=output)
    found = msgspec.json.decode(plan(request, target("openai", "gpt-5.2-pro", entry=entry)).unwrap().body)
    assert ("text" in found) == formed
    worded = "JSON" in found["input"][0]["content"]
    assert worded == (not formed or isinstance(output, AnyJson))
