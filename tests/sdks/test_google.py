"""The google-genai SDK: content, streams, functions, structured output, vectors, counting and lists of models."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol, cast

import pytest

pytest.importorskip("google.genai", reason="the SDK google-genai is not installed")

from google import genai
from google.genai import errors, types
from pydantic import BaseModel

from modelmix.testing.mock import MockProvider, Rule
from sdks.wire import documents

MODEL: Final = "gemini-2.5-flash"
QUESTION: Final = "What is 2+2?"
SCHEMA: Final = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
    "required": ["city", "days"],
}
WEATHER: Final = types.Tool(
    function_declarations=[types.FunctionDeclaration(name="weather", parameters_json_schema=SCHEMA)]
)


class City(BaseModel):
    name: str
    people: int
    tags: list[str]


class Models(Protocol):
    """What is asked here, without the types of pictures that the SDK takes from a package that may be missing."""

    def generate_content(
        self, *, model: str, contents: str | Sequence[types.Content], config: types.GenerateContentConfig | None = None
    ) -> types.GenerateContentResponse: ...

    def generate_content_stream(self, *, model: str, contents: str) -> Iterator[types.GenerateContentResponse]: ...

    def embed_content(
        self, *, model: str, contents: Sequence[str], config: types.EmbedContentConfig
    ) -> types.EmbedContentResponse: ...

    def count_tokens(self, *, model: str, contents: str) -> types.CountTokensResponse: ...

    def list(self) -> Iterable[types.Model]: ...


@pytest.fixture
def models(mock: MockProvider) -> Iterator[Models]:
    options = types.HttpOptions(timeout=10_000, retry_options=types.HttpRetryOptions(attempts=3, initial_delay=0.05))
    made = genai.Client(vertexai=False, http_options=options)
    yield cast("Models", made.models)
    made.close()


def test_content_is_generated(models: Models) -> None:
    done = models.generate_content(model=MODEL, contents=QUESTION)
    assert done.text == QUESTION
    assert done.candidates is not None
    assert done.candidates[0].finish_reason is types.FinishReason.STOP
    assert done.usage_metadata is not None
    assert (done.usage_metadata.prompt_token_count, done.usage_metadata.candidates_token_count) == (6, 6)


def test_content_is_streamed(models: Models) -> None:
    pieces = list(models.generate_content_stream(model=MODEL, contents=QUESTION))
    assert [piece.text for piece in pieces] == ["What", " is", " 2", "+", "2", "?"]
    assert pieces[-1].usage_metadata is not None
    assert pieces[-1].usage_metadata.total_token_count == 12


def test_thoughts_are_told_apart(mock: MockProvider, models: Models) -> None:
    mock.play(Rule(think="two and two"))
    done = models.generate_content(model=MODEL, contents=QUESTION)
    assert done.candidates is not None
    assert done.candidates[0].content is not None
    assert [(part.text, part.thought) for part in done.candidates[0].content.parts or ()] == [
        ("two and two", True),
        (QUESTION, None),
    ]


def test_functions_are_called_and_their_results_heard(mock: MockProvider, models: Models) -> None:
    mock.play(Rule(reply="tool_call"))
    config = types.GenerateContentConfig(tools=[WEATHER])
    first = models.generate_content(model=MODEL, contents="Oslo?", config=config)
    assert first.function_calls is not None
    call = first.function_calls[0]
    assert (call.name, call.args) == ("weather", {"city": "text", "days": 1})
    history = [
        types.Content(role="user", parts=[types.Part(text="Oslo?")]),
        types.Content(role="model", parts=[types.Part(function_call=call)]),
        types.Content(
            role="user", parts=[types.Part.from_function_response(name="weather", response={"result": "rain"})]
        ),
    ]
    assert models.generate_content(model=MODEL, contents=history, config=config).text == "rain"


def test_a_function_is_run_by_the_sdk_itself(mock: MockProvider, models: Models) -> None:
    def weather(city: str) -> str:
        """The weather."""
        return f"rain in {city}"

    mock.play(Rule(reply="tool_call"))
    config = types.GenerateContentConfig(tools=[weather])
    assert models.generate_content(model=MODEL, contents="Oslo?", config=config).text == "rain in text"
    assert len(mock.requests) == 2


def test_objects_are_parsed(models: Models) -> None:
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=City)
    done = models.generate_content(model=MODEL, contents="Paris", config=config)
    assert done.parsed == City(name="text", people=1, tags=["text"])


def test_ends_are_told(mock: MockProvider, models: Models) -> None:
    mock.play(Rule(text="one two three four"))
    cut = models.generate_content(model=MODEL, contents="?", config=types.GenerateContentConfig(max_output_tokens=3))
    assert cut.candidates is not None
    assert (cut.text, cut.candidates[0].finish_reason) == ("one two three", types.FinishReason.MAX_TOKENS)
    mock.play(Rule(reply="refuse"))
    refused = models.generate_content(model=MODEL, contents="?")
    assert refused.candidates is not None
    assert refused.candidates[0].finish_reason is types.FinishReason.SAFETY


def test_vectors_are_made(models: Models) -> None:
    done = models.embed_content(
        model="gemini-embedding-001",
        contents=["Oslo", "Rome"],
        config=types.EmbedContentConfig(output_dimensionality=12),
    )
    assert done.embeddings is not None
    assert [len(vector.values or ()) for vector in done.embeddings] == [12, 12]


def test_tokens_are_counted_and_models_listed(models: Models) -> None:
    assert models.count_tokens(model=MODEL, contents=QUESTION).total_tokens == 6
    assert [model.name for model in models.list()] == ["models/mock"]


@pytest.mark.parametrize("status", [429, 503])
def test_what_is_limited_is_tried_again(mock: MockProvider, models: Models, status: int) -> None:
    mock.play(Rule(fail=status, times=2, retry_after=0.05))
    assert models.generate_content(model=MODEL, contents=QUESTION).text == QUESTION
    assert [request.status for request in mock.requests] == [status, status, 200]


ERRORS: Final = {
    400: (errors.ClientError, "INVALID_ARGUMENT"),
    401: (errors.ClientError, "UNAUTHENTICATED"),
    403: (errors.ClientError, "PERMISSION_DENIED"),
    404: (errors.ClientError, "NOT_FOUND"),
    501: (errors.ServerError, "UNIMPLEMENTED"),
}


@pytest.mark.parametrize(("status", "error"), ERRORS.items())
def test_errors_are_those_of_their_status(
    mock: MockProvider, models: Models, status: int, error: tuple[type[errors.APIError], str]
) -> None:
    mock.play(Rule(fail=status, message="no"))
    with pytest.raises(error[0]) as raised:
        models.generate_content(model=MODEL, contents="?")
    assert (raised.value.code, raised.value.status, raised.value.message) == (status, error[1], "no")


RULES: Final = {
    "text": Rule(),
    "thoughts": Rule(think="two and two"),
    "call": Rule(reply="tool_call"),
    "refusal": Rule(reply="refuse"),
    "length": Rule(reply="length"),
}
ASKED: Final = {
    "contents": [{"role": "user", "parts": [{"text": QUESTION}]}],
    "tools": [{"functionDeclarations": [{"name": "weather", "parametersJsonSchema": SCHEMA}]}],
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_document_is_of_the_type_that_the_sdk_declares(rule: Rule) -> None:
    paths = (f"/v1beta/models/{MODEL}:generateContent", f"/v1beta/models/{MODEL}:streamGenerateContent?alt=sse")
    for path in paths:
        for body in documents(path, ASKED, rule):
            # It forbids fields that it does not know.
            types.GenerateContentResponse.model_validate(body)
