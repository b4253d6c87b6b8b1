"""The anthropic SDK: messages, tools, structured output, thinking, counting and lists of models."""

from collections.abc import Iterator
from typing import Final

import pytest

pytest.importorskip("anthropic", reason="the SDK anthropic is not installed")

import anthropic
from anthropic.types import Message, MessageParam, RawMessageStreamEvent, ToolParam
from pydantic import BaseModel, TypeAdapter

from modelmix.testing.mock import MockProvider, Rule
from sdks.wire import documents

MODEL: Final = "claude-sonnet-5"
QUESTION: Final = "What is 2+2?"
ASK: Final[MessageParam] = {"role": "user", "content": QUESTION}
WEATHER: Final[ToolParam] = {
    "name": "weather",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
        "required": ["city", "days"],
    },
}


class City(BaseModel):
    name: str
    people: int
    tags: list[str]


@pytest.fixture
def client(mock: MockProvider) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(timeout=10) as made:
        yield made


def test_messages_answer(client: anthropic.Anthropic) -> None:
    message = client.messages.create(model=MODEL, max_tokens=100, system="Be kind.", messages=[ASK])
    assert [block.text for block in message.content if block.type == "text"] == [QUESTION]
    assert (message.stop_reason, message.model) == ("end_turn", MODEL)
    assert (message.usage.input_tokens, message.usage.output_tokens) == (9, 6)


def test_messages_stream(mock: MockProvider, client: anthropic.Anthropic) -> None:
    mock.play(Rule(think="two and two"))
    with client.messages.stream(model=MODEL, max_tokens=100, messages=[ASK]) as stream:
        deltas = list(stream.text_stream)
        message = stream.get_final_message()
    assert deltas == ["What", " is", " 2", "+", "2", "?"]
    thought, text = message.content
    assert thought.type == "thinking"
    assert (thought.thinking, bool(thought.signature)) == ("two and two", True)
    assert text.type == "text"
    assert text.text == QUESTION
    assert (message.stop_reason, message.usage.output_tokens) == ("end_turn", 9)


@pytest.mark.parametrize("streamed", [False, True])
def test_messages_call_tools_and_hear_their_results(
    mock: MockProvider, client: anthropic.Anthropic, *, streamed: bool
) -> None:
    mock.play(Rule(reply="tool_call"))
    if streamed:
        with client.messages.stream(model=MODEL, max_tokens=100, messages=[ASK], tools=[WEATHER]) as stream:
            first: Message = stream.get_final_message()
    else:
        first = client.messages.create(model=MODEL, max_tokens=100, messages=[ASK], tools=[WEATHER])
    call = first.content[0]
    assert call.type == "tool_use"
    assert (call.name, call.input, first.stop_reason) == ("weather", {"city": "text", "days": 1}, "tool_use")
    second = client.messages.create(
        model=MODEL,
        max_tokens=100,
        tools=[WEATHER],
        messages=[
            ASK,
            {"role": "assistant", "content": [{"type": "tool_use", "id": call.id, "name": call.name, "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "rain"}]},
        ],
    )
    assert [block.text for block in second.content if block.type == "text"] == ["rain"]


def test_messages_parse_objects(client: anthropic.Anthropic) -> None:
    message = client.messages.parse(
        model=MODEL, max_tokens=1000, messages=[{"role": "user", "content": "Paris"}], output_format=City
    )
    assert message.parsed_output == City(name="text", people=1, tags=["text"])


def test_ends_are_told(mock: MockProvider, client: anthropic.Anthropic) -> None:
    mock.play(Rule(text="one two three four"))
    assert client.messages.create(model=MODEL, max_tokens=3, messages=[ASK]).stop_reason == "max_tokens"
    mock.play(Rule(reply="refuse"))
    assert client.messages.create(model=MODEL, max_tokens=3, messages=[ASK]).stop_reason == "refusal"


def test_tokens_are_counted_and_models_listed(client: anthropic.Anthropic) -> None:
    assert client.messages.count_tokens(model=MODEL, messages=[ASK]).input_tokens == 6
    assert [model.id for model in client.models.list()] == ["mock"]


@pytest.mark.parametrize("status", [429, 529])
def test_what_is_limited_is_tried_again(mock: MockProvider, client: anthropic.Anthropic, status: int) -> None:
    mock.play(Rule(fail=status, times=2, retry_after=0.05))
    message = client.messages.create(model=MODEL, max_tokens=100, messages=[ASK])
    assert message.stop_reason == "end_turn"
    assert [request.status for request in mock.requests] == [status, status, 200]


ERRORS: Final = {
    400: (anthropic.BadRequestError, "invalid_request_error"),
    401: (anthropic.AuthenticationError, "authentication_error"),
    403: (anthropic.PermissionDeniedError, "permission_error"),
    404: (anthropic.NotFoundError, "not_found_error"),
    413: (anthropic.RequestTooLargeError, "request_too_large"),
    429: (anthropic.RateLimitError, "rate_limit_error"),
    500: (anthropic.InternalServerError, "api_error"),
    529: (anthropic.OverloadedError, "overloaded_error"),
}


@pytest.mark.parametrize(("status", "error"), ERRORS.items())
def test_errors_are_those_of_their_status(
    mock: MockProvider, client: anthropic.Anthropic, status: int, error: tuple[type[anthropic.APIStatusError], str]
) -> None:
    mock.play(Rule(fail=status, message="no"))
    with pytest.raises(error[0]) as raised:
        client.with_options(max_retries=0).messages.create(model=MODEL, max_tokens=100, messages=[ASK])
    body = {"type": "error", "error": {"type": error[1], "message": "no"}, "request_id": "req_mock"}
    assert (raised.value.status_code, raised.value.body) == (status, body)


RULES: Final = {
    "text": Rule(),
    "thinking": Rule(think="two and two"),
    "call": Rule(reply="tool_call"),
    "refusal": Rule(reply="refuse"),
    "filter": Rule(reply="filter"),
    "length": Rule(reply="length"),
}
ASKED: Final = {"model": MODEL, "max_tokens": 100, "messages": [ASK], "tools": [WEATHER]}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_document_is_of_the_type_that_the_sdk_declares(rule: Rule) -> None:
    for body in documents("/v1/messages", {**ASKED, "stream": False}, rule):
        Message.model_validate(body)
    events: TypeAdapter[RawMessageStreamEvent] = TypeAdapter(RawMessageStreamEvent)
    for body in documents("/v1/messages", {**ASKED, "stream": True}, rule):
        if body != {"type": "ping"}:
            # The SDK drops pings before it looks at a type.
            events.validate_python(body)
