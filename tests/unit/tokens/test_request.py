"""Requests as tokens: what the providers counted, and what had to be assumed."""

from pathlib import Path
from typing import Final

import pytest

from modelmix import (
    Audio,
    Bytes,
    File,
    Image,
    Json,
    JsonText,
    Message,
    Opaque,
    Request,
    Shaped,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    ToolSpec,
    Uploaded,
    Url,
    assistant,
    system,
    user,
)
from modelmix.ast.options import Options
from modelmix.tokens.encoding import count
from modelmix.tokens.request import count_request, count_text
from tokens.recorded import samples
from unit.tokens.test_size import png

WEATHER: Final = ToolSpec(
    name="get_current_weather",
    description="Get the current weather in a given location",
    parameters=JsonText(
        '{"type":"object","properties":{"location":{"type":"string","description":"The city and state, e.g. San '
        'Francisco, CA"},"unit":{"type":"string","description":"The unit of temperature to return","enum":["celsius",'
        '"fahrenheit"]}},"required":["location"]}'
    ),
)
ASKED: Final = (
    system("You are a helpful assistant that can answer to questions about the weather."),
    user("What's the weather like in San Francisco?"),
)
# "How to count tokens with tiktoken", section 7: what the API counted.
COOKBOOK: Final = {"gpt-4o": 101, "gpt-4o-mini": 101, "gpt-3.5-turbo": 105, "gpt-4": 105}


@pytest.mark.parametrize(("model", "expected"), COOKBOOK.items(), ids=COOKBOOK)
def test_tools_come_to_what_openai_counted(model: str, expected: int) -> None:
    found = count_request(Request(messages=ASKED, tools=(WEATHER,)), model)
    assert (found.tokens, found.exact) == (expected, False)


NOT_WHAT_WAS_COUNTED: Final = {
    # Its source has made long dashes and quotes into others, so that the words are not those that were counted.
    "pydantic-ai/models/test_openai_responses/test_openai_responses_compact_stateful_mode#1",
    # Both carry the same second and nearly the same id: they were written by hand.
    "pydantic-ai/models/test_openai_responses/test_openai_responses_system_prompt#0",
    "pydantic-ai/models/test_openai_responses/test_responses_usage_limit_not_exceeded#1",
}


def test_a_count_that_is_said_to_be_exact_is_the_providers(shared: Path) -> None:
    known = [(sample, count_request(sample.request, sample.model)) for sample in samples() if sample.request]
    exact = [(sample.id, found.tokens, sample.input) for sample, found in known if found.exact]
    assert len(exact) > 290
    assert {id_ for id_, ours, theirs in exact if ours != theirs} == NOT_WHAT_WAS_COUNTED


def test_an_estimate_is_said_to_be_one() -> None:
    found = count_request(Request(messages=ASKED), "claude-sonnet-4-5")
    assert not found.exact
    assert "claude" in found.by
    assert found.tokens > count_request(Request(messages=ASKED), "gpt-4o").tokens


TEXTS: Final = {"gpt-4o": True, "gpt-5": True, "gpt-4": True, "gpt-oss-20b": True, "gemini-2.5-flash": False}


@pytest.mark.parametrize(("model", "exact"), TEXTS.items(), ids=TEXTS)
def test_a_text_alone_is_exact_where_the_encoding_is_the_models(model: str, *, exact: bool) -> None:
    assert count_text("hello world", model).exact is exact


PICTURE: Final = Image(Bytes(png(1024, 1024), "image/png"))
ADDED: Final = {
    "a picture": (user("hi", PICTURE), 765, ()),
    "a picture by URL": (
        user("hi", Image(Url("https://example.com/a.png"))),
        # 8,000 by 8,000 is scaled to 768 by 768: four tiles.
        765,
        ("a picture of unknown size is counted at its largest",),
    ),
    "a recording": (
        user("hi", Audio(Bytes(b"", "audio/wav"))),
        0,
        ("recordings are not counted: their length is not known",),
    ),
    "a PDF": (
        user("hi", File(Bytes(b"%PDF-", "application/pdf"))),
        0,
        ("documents are not counted: the number of their pages is not known",),
    ),
    "an upload": (
        user("hi", File(Uploaded("file-1"))),
        0,
        ("documents are not counted: the number of their pages is not known",),
    ),
    "a part of the provider's own": (
        user("hi", Opaque(owner="openai-responses", kind="x", json=JsonText("{}"))),
        0,
        ("parts that only the provider understands are not counted",),
    ),
}


@pytest.mark.parametrize(("message", "tokens", "notes"), ADDED.values(), ids=ADDED)
def test_what_is_no_words_is_counted_by_a_formula_or_told(
    message: Message, tokens: int, notes: tuple[str, ...]
) -> None:
    words = count_request(Request(messages=(user("hi"),)), "gpt-4o")
    found = count_request(Request(messages=(message,)), "gpt-4o")
    assert (found.tokens - words.tokens, found.exact, found.notes) == (tokens, False, notes)


def test_the_same_note_is_told_once() -> None:
    found = count_request(Request(messages=(user(Audio(Url("a")), Audio(Url("b"))),)), "gpt-4o")
    assert len(found.notes) == 1


CALL: Final = ToolCall(id="c1", name="look", arguments=JsonText('{"city":"Oslo"}'))
MORE: Final[dict[str, tuple[Message, ...]]] = {
    "a call": (assistant(CALL),),
    "a result": (Tool((ToolResult(call_id="c1", name="look", content=(Text("rain"),)),)),),
    "a result in JSON": (Tool((ToolResult(call_id="c1", name="look", content=(Json(JsonText('{"a":1}')),)),)),),
    "a text file": (user(File(Bytes(b"many words in a file", "text/plain"), "a.txt")),),
}


@pytest.mark.parametrize("model", ["gpt-4o", "claude-sonnet-4-5", "gemini-2.5-flash", "smollm2"])
@pytest.mark.parametrize("messages", MORE.values(), ids=MORE)
def test_everything_that_is_said_adds_to_the_count(messages: tuple[Message, ...], model: str) -> None:
    few = count_request(Request(messages=(user("hi"),)), model)
    many = count_request(Request(messages=(user("hi"), *messages)), model)
    assert many.tokens > few.tokens
    assert not many.exact or messages == MORE["a text file"]


FORM: Final = Shaped(name="city", schema=JsonText('{"type":"object","properties":{"name":{"type":"string"}}}'))


def test_the_form_of_an_answer_makes_an_estimate_of_an_exact_count() -> None:
    found = count_request(Request(messages=(user("hi"),), output=FORM), "gpt-4o")
    assert not found.exact
    assert found.tokens > count("hi") + 7


def test_thinking_adds_what_the_family_adds_for_it() -> None:
    plain = Request(messages=(user("hi"),))
    thinking = Request(messages=(user("hi"),), options=Options(reasoning_effort="high"))
    assert count_request(thinking, "claude-sonnet-4-5").tokens > count_request(plain, "claude-sonnet-4-5").tokens


BROKEN: Final = {"no JSON": "{", "no object": "[]", "properties that are none": '{"properties":[1]}'}


@pytest.mark.parametrize("parameters", BROKEN.values(), ids=BROKEN)
def test_parameters_that_cannot_be_read_are_counted_by_name_and_description(parameters: str) -> None:
    tool = ToolSpec(name="look", description="Look.", parameters=JsonText(parameters))
    found = count_request(Request(messages=(user("hi"),), tools=(tool,)), "gpt-4o")
    # 7 for the message, 1 for "hi", then 7, the line and 12 of the published formula.
    assert found.tokens == 8 + 7 + count("look:Look") + 12
