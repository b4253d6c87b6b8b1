"""The openai SDK: chat completions, responses, embeddings and lists of models."""

from collections.abc import Iterator
from typing import Final

import pytest

pytest.importorskip("openai", reason="the SDK openai is not installed")

import openai
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessageParam
from openai.types.responses import Response, ResponseInputParam, ResponseStreamEvent
from pydantic import BaseModel, TypeAdapter

from modelmix.testing.mock import MockProvider, Rule
from sdks.wire import documents

MODEL: Final = "gpt-4o"
QUESTION: Final = "What is 2+2?"
WEATHER: Final[dict[str, object]] = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
    "required": ["city", "days"],
    "additionalProperties": False,
}


class City(BaseModel):
    name: str
    people: int
    tags: list[str]


@pytest.fixture
def client(mock: MockProvider) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(timeout=10) as made:
        yield made


def test_chat_completions_answer(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": QUESTION}])
    assert done.choices[0].message.content == QUESTION
    assert done.choices[0].finish_reason == "stop"
    assert done.model == MODEL
    assert done.usage is not None
    assert (done.usage.prompt_tokens, done.usage.completion_tokens, done.usage.total_tokens) == (6, 6, 12)


def test_chat_completions_stream(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(
        model=MODEL, messages=[{"role": "user", "content": QUESTION}], stream_options={"include_usage": True}
    ) as stream:
        deltas = [event.delta for event in stream if event.type == "content.delta"]
        done = stream.get_final_completion()
    # The first chunk has the role, and no words.
    assert deltas == ["", "What", " is", " 2", "+", "2", "?"]
    assert done.choices[0].message.content == QUESTION
    assert done.usage is not None
    assert done.usage.total_tokens == 12


def test_chat_completions_call_tools_and_hear_their_results(mock: MockProvider, client: openai.OpenAI) -> None:
    mock.play(Rule(tool="weather"))
    asked: ChatCompletionMessageParam = {"role": "user", "content": "Oslo?"}
    first = client.chat.completions.create(
        model=MODEL,
        messages=[asked],
        tools=[{"type": "function", "function": {"name": "weather", "parameters": WEATHER}}],
    )
    message = first.choices[0].message
    assert first.choices[0].finish_reason == "tool_calls"
    assert message.tool_calls is not None
    call = message.tool_calls[0]
    assert call.type == "function"
    assert (call.function.name, call.function.arguments) == ("weather", '{"city":"text","days":1}')
    second = client.chat.completions.create(
        model=MODEL,
        messages=[
            asked,
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": call.id,
                        "type": "function",
                        "function": {"name": "weather", "arguments": call.function.arguments},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": call.id, "content": "rain"},
        ],
    )
    assert second.choices[0].message.content == "rain"


def test_chat_completions_parse_objects(client: openai.OpenAI) -> None:
    done = client.chat.completions.parse(
        model=MODEL, messages=[{"role": "user", "content": "Paris"}], response_format=City
    )
    assert done.choices[0].message.parsed == City(name="text", people=1, tags=["text"])


def test_a_refusal_is_one_in_both_apis(mock: MockProvider, client: openai.OpenAI) -> None:
    mock.play(Rule(reply="refuse"))
    done = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "?"}])
    assert done.choices[0].message.refusal == "I'm sorry, I cannot help with that."
    response = client.responses.create(model=MODEL, input="?")
    item = response.output[0]
    assert item.type == "message"
    assert item.content[0].type == "refusal"


def test_an_answer_ends_at_its_limit_in_both_apis(mock: MockProvider, client: openai.OpenAI) -> None:
    mock.play(Rule(text="one two three four five six seven eight nine ten " * 2))
    done = client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "?"}], max_completion_tokens=3
    )
    assert (done.choices[0].message.content, done.choices[0].finish_reason) == ("one two three", "length")
    response = client.responses.create(model=MODEL, input="?", max_output_tokens=16)
    assert response.status == "incomplete"
    assert response.incomplete_details is not None
    assert response.incomplete_details.reason == "max_output_tokens"


def test_responses_answer_and_stream(client: openai.OpenAI) -> None:
    whole = client.responses.create(model=MODEL, input=QUESTION)
    assert (whole.output_text, whole.status) == (QUESTION, "completed")
    with client.responses.stream(model=MODEL, input=QUESTION) as stream:
        deltas = [event.delta for event in stream if event.type == "response.output_text.delta"]
        done = stream.get_final_response()
    assert "".join(deltas) == done.output_text == QUESTION
    assert done.usage is not None
    assert (done.usage.input_tokens, done.usage.output_tokens) == (6, 6)


def test_responses_call_tools_and_hear_their_results(mock: MockProvider, client: openai.OpenAI) -> None:
    mock.play(Rule(reply="tool_call"))
    first = client.responses.create(
        model=MODEL,
        input="Oslo?",
        tools=[{"type": "function", "name": "weather", "parameters": WEATHER, "strict": True}],
    )
    call = first.output[0]
    assert call.type == "function_call"
    assert (call.name, call.arguments) == ("weather", '{"city":"text","days":1}')
    history: ResponseInputParam = [
        {"role": "user", "content": "Oslo?"},
        {"type": "function_call", "call_id": call.call_id, "name": call.name, "arguments": call.arguments},
        {"type": "function_call_output", "call_id": call.call_id, "output": "rain"},
    ]
    assert client.responses.create(model=MODEL, input=history).output_text == "rain"


def test_responses_parse_objects(client: openai.OpenAI) -> None:
    done = client.responses.parse(model=MODEL, input="Paris", text_format=City)
    assert done.output_parsed == City(name="text", people=1, tags=["text"])


def test_embeddings_are_the_same_packed_and_written_out(client: openai.OpenAI) -> None:
    # Unless it is told otherwise, the SDK asks for base64.
    packed = client.embeddings.create(model="text-embedding-3-small", input=["Oslo", "Rome"], dimensions=12)
    written = client.embeddings.create(
        model="text-embedding-3-small", input=["Oslo", "Rome"], dimensions=12, encoding_format="float"
    )
    assert [item.embedding for item in packed.data] == [item.embedding for item in written.data]
    assert [len(item.embedding) for item in packed.data] == [12, 12]
    assert packed.usage.prompt_tokens == 2


def test_models_are_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["mock"]


def test_what_is_limited_is_tried_again(mock: MockProvider, client: openai.OpenAI) -> None:
    mock.play(Rule(fail=429, times=2, retry_after=0.05))
    done = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": QUESTION}])
    assert done.choices[0].message.content == QUESTION
    assert [request.status for request in mock.requests] == [429, 429, 200]


ERRORS: Final = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    403: openai.PermissionDeniedError,
    404: openai.NotFoundError,
    429: openai.RateLimitError,
    500: openai.InternalServerError,
}


@pytest.mark.parametrize(("status", "error"), ERRORS.items())
def test_errors_are_those_of_their_status(
    mock: MockProvider, client: openai.OpenAI, status: int, error: type[openai.APIStatusError]
) -> None:
    mock.play(Rule(fail=status, message="no"))
    with pytest.raises(error) as raised:
        client.with_options(max_retries=0).responses.create(model=MODEL, input="?")
    assert raised.value.status_code == status
    assert raised.value.body == {
        "message": "no",
        "type": "server_error" if status == 500 else "requests" if status == 429 else "invalid_request_error",
        "param": None,
        "code": {401: "invalid_api_key", 429: "rate_limit_exceeded"}.get(status),
    }


RULES: Final = {
    "text": Rule(),
    "reasoning": Rule(think="two and two"),
    "call": Rule(reply="tool_call"),
    "refusal": Rule(reply="refuse"),
    "filter": Rule(reply="filter"),
    "length": Rule(reply="length"),
}
ASKED_CHAT: Final = {
    "model": MODEL,
    "messages": [{"role": "user", "content": QUESTION}],
    "tools": [{"type": "function", "function": {"name": "weather", "parameters": WEATHER}}],
    "stream_options": {"include_usage": True},
}
ASKED_RESPONSE: Final = {
    "model": MODEL,
    "input": QUESTION,
    "tools": [{"type": "function", "name": "weather", "parameters": WEATHER, "strict": True}],
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_document_is_of_the_type_that_the_sdk_declares(rule: Rule) -> None:
    for body in documents("/v1/chat/completions", {**ASKED_CHAT, "stream": False}, rule):
        ChatCompletion.model_validate(body)
    for body in documents("/v1/chat/completions", {**ASKED_CHAT, "stream": True}, rule):
        ChatCompletionChunk.model_validate(body)
    for body in documents("/v1/responses", {**ASKED_RESPONSE, "stream": False}, rule):
        Response.model_validate(body)
    events: TypeAdapter[ResponseStreamEvent] = TypeAdapter(ResponseStreamEvent)
    for body in documents("/v1/responses", {**ASKED_RESPONSE, "stream": True}, rule):
        events.validate_python(body)
