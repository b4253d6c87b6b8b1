"""The ollama SDK: chat, streams, tools, structured output, vectors and lists of models."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from modelmix.testing.mock import MockProvider, Rule

# Where it is not installed, nothing is known of its types either.
ollama: Any = pytest.importorskip("ollama", reason="the SDK ollama is not installed")

MODEL: Final = "llama3.2"
ASK: Final = {"role": "user", "content": "What is 2+2?"}


def weather(city: str) -> str:
    """The weather.

    Args:
        city: Where.
    """
    return f"rain in {city}"


@pytest.fixture
def client(mock: MockProvider) -> Iterator[Any]:
    made = ollama.Client(host=mock.root, timeout=10)
    yield made
    made._client.close()


def test_chat_answers_and_streams(client: Any) -> None:
    whole = client.chat(model=MODEL, messages=[ASK])
    assert (whole.message.content, whole.done_reason) == ("What is 2+2?", "stop")
    assert (whole.prompt_eval_count, whole.eval_count) == (6, 6)
    pieces = [piece.message.content for piece in client.chat(model=MODEL, messages=[ASK], stream=True)]
    assert pieces == ["What", " is", " 2", "+", "2", "?", ""]


def test_tools_are_called_and_their_results_heard(mock: MockProvider, client: Any) -> None:
    mock.play(Rule(reply="tool_call"))
    first = client.chat(model=MODEL, messages=[ASK], tools=[weather])
    call = first.message.tool_calls[0].function
    assert (call.name, call.arguments) == ("weather", {"city": "text"})
    result = {"role": "tool", "tool_name": "weather", "content": weather(**call.arguments)}
    assert client.chat(model=MODEL, messages=[ASK, first.message, result]).message.content == "rain in text"


def test_objects_fit_their_schema(client: Any) -> None:
    schema = {"type": "object", "properties": {"age": {"type": "integer", "minimum": 18}}, "required": ["age"]}
    assert client.chat(model=MODEL, messages=[ASK], format=schema).message.content == '{"age":18}'


def test_vectors_are_made_and_models_listed(client: Any) -> None:
    made = client.embed(model=MODEL, input=["Oslo", "Rome"], dimensions=12)
    assert [len(vector) for vector in made.embeddings] == [12, 12]
    assert [model.model for model in client.list().models] == ["mock"]


def test_errors_are_those_of_their_status(mock: MockProvider, client: Any) -> None:
    mock.play(Rule(fail=500, message="no"))
    with pytest.raises(ollama.ResponseError) as raised:
        client.chat(model=MODEL, messages=[ASK])
    assert (raised.value.status_code, raised.value.error) == (500, "no")
