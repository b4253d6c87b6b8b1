"""Requests that are refused, each in its provider's own words; and where what stands.

The words are those of recorded replies and of the providers' references, where they say any.
"""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from modelmix.testing.mock.rules import Rule
from modelmix.testing.mock.script import Script
from unit.testing.asking import ask

CHAT: Final = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
MESSAGES: Final = {"model": "claude-x", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
CONTENTS: Final = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
GEMINI: Final = "/v1beta/models/gemini-x:generateContent"
HINT: Final = "Call ListModels to see the list of available models and their supported methods."


def _openai(message: str, param: str | None = None, code: str | None = None) -> object:
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}


def _anthropic(message: str, kind: str = "invalid_request_error") -> object:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_mock"}


def _google(message: str, code: int = 400, status: str = "INVALID_ARGUMENT") -> object:
    return {"error": {"code": code, "message": message, "status": status}}


def _without(body: Mapping[str, object], name: str) -> Mapping[str, object]:
    return {key: value for key, value in body.items() if key != name}


REFUSED: Final[dict[str, tuple[str, object, int, object]]] = {
    "chat without a model": (
        "/v1/chat/completions",
        _without(CHAT, "model"),
        400,
        _openai("you must provide a model parameter"),
    ),
    "chat with an unknown model": (
        "/v1/chat/completions",
        {**CHAT, "model": "gpt-x"},
        404,
        _openai("The model `gpt-x` does not exist or you do not have access to it.", None, "model_not_found"),
    ),
    "chat without messages": (
        "/v1/chat/completions",
        _without(CHAT, "messages"),
        400,
        _openai("Missing required parameter: 'messages'.", "messages", "missing_required_parameter"),
    ),
    "chat with no message": (
        "/v1/chat/completions",
        {**CHAT, "messages": []},
        400,
        _openai(
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            "messages",
            "empty_array",
        ),
    ),
    "chat with a message of nobody": (
        "/v1/chat/completions",
        {**CHAT, "messages": [{"content": "hi"}]},
        400,
        _openai("Missing required parameter: 'messages[0].role'.", "messages[0].role", "missing_required_parameter"),
    ),
    "chat with a message of somebody else": (
        "/v1/chat/completions",
        {**CHAT, "messages": [{"role": "bot", "content": "hi"}]},
        400,
        _openai(
            "Invalid value: 'bot'. Supported values are: "
            "'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
            "messages[0].role",
            "invalid_value",
        ),
    ),
    "chat with a stray result": (
        "/v1/chat/completions",
        {**CHAT, "messages": [{"role": "tool", "tool_call_id": "c", "content": "hi"}]},
        400,
        _openai(
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
            "'tool_calls'.",
            "messages[0].role",
        ),
    ),
    "chat streamed with a word": (
        "/v1/chat/completions",
        {**CHAT, "stream": "yes"},
        400,
        _openai("Invalid type for 'stream': expected a boolean, but got a string instead.", "stream", "invalid_type"),
    ),
    "chat that is no JSON": (
        "/v1/chat/completions",
        b"{",
        400,
        _openai("We could not parse the JSON body of your request."),
    ),
    "a response without input": (
        "/v1/responses",
        {"model": "gpt-4o"},
        400,
        _openai("Missing required parameter: 'input'.", "input", "missing_required_parameter"),
    ),
    "a response with a stray result": (
        "/v1/responses",
        {"model": "gpt-4o", "input": [{"type": "function_call_output", "call_id": "c", "output": "x"}]},
        400,
        _openai("No tool call found for function call output with call_id c.", "input"),
    ),
    "a response of too few tokens": (
        "/v1/responses",
        {"model": "gpt-4o", "input": "hi", "max_output_tokens": 1},
        400,
        _openai(
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.",
            "max_output_tokens",
            "integer_below_min_value",
        ),
    ),
    "a response after one that is not kept": (
        "/v1/responses",
        {"model": "gpt-4o", "input": "hi", "previous_response_id": "resp_1"},
        400,
        _openai("Previous response with id 'resp_1' not found.", "previous_response_id", "previous_response_not_found"),
    ),
    "messages without a limit": (
        "/v1/messages",
        _without(MESSAGES, "max_tokens"),
        400,
        _anthropic("max_tokens: Field required"),
    ),
    "messages without messages": (
        "/v1/messages",
        _without(MESSAGES, "messages"),
        400,
        _anthropic("messages: Field required"),
    ),
    "messages without a model": ("/v1/messages", _without(MESSAGES, "model"), 400, _anthropic("model: Field required")),
    "messages with an unknown model": (
        "/v1/messages",
        {**MESSAGES, "model": "claude-y"},
        404,
        _anthropic("model: claude-y", "not_found_error"),
    ),
    "messages with a system's message": (
        "/v1/messages",
        {**MESSAGES, "messages": [{"role": "system", "content": "hi"}]},
        400,
        _anthropic("messages.0.role: Input should be 'user' or 'assistant'"),
    ),
    "messages with a stray result": (
        "/v1/messages",
        {
            **MESSAGES,
            "messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "x"}]}],
        },
        400,
        _anthropic(
            "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: t. Each `tool_result` block "
            "must have a corresponding `tool_use` block in the previous message."
        ),
    ),
    "messages with a call that has no result": (
        "/v1/messages",
        {
            **MESSAGES,
            "messages": [
                {"role": "user", "content": "hi"},
                {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "n", "input": {}}]},
                {"role": "user", "content": "well?"},
            ],
        },
        400,
        _anthropic(
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t. Each `tool_use` "
            "block must have a corresponding `tool_result` block in the next message."
        ),
    ),
    "content without contents": (
        GEMINI,
        {},
        400,
        _google("* GenerateContentRequest.contents: contents is not specified\n"),
    ),
    "content of an unknown model": (
        "/v1beta/models/gemini-y:generateContent",
        CONTENTS,
        404,
        _google(
            "models/gemini-y is not found for API version v1beta, or is not supported for generateContent. " + HINT,
            404,
            "NOT_FOUND",
        ),
    ),
    "content of a system": (
        GEMINI,
        {"contents": [{"role": "system", "parts": [{"text": "hi"}]}]},
        400,
        _google("Please use a valid role: user, model."),
    ),
    "a chat of an unknown model with Ollama": (
        "/api/chat",
        {**CHAT, "model": "phi"},
        404,
        {"error": "model 'phi' not found"},
    ),
    "a chat of no model with Ollama": ("/api/chat", {}, 400, {"error": "model is required"}),
    "a chat streamed with a word with Ollama": (
        "/api/chat",
        {**CHAT, "model": "llama", "stream": "yes"},
        400,
        {"error": "json: cannot unmarshal string into Go struct field ChatRequest.stream of type bool"},
    ),
    "vectors of nothing": (
        "/v1/embeddings",
        {"model": "gpt-4o"},
        400,
        _openai("Missing required parameter: 'input'.", "input", "missing_required_parameter"),
    ),
    "vectors in another form": (
        "/v1/embeddings",
        {"model": "gpt-4o", "input": "hi", "encoding_format": "hex"},
        400,
        _openai(
            "Invalid value: 'hex'. Supported values are: 'float' and 'base64'.", "encoding_format", "invalid_value"
        ),
    ),
    "vectors of another model within a batch": (
        "/v1beta/models/gemini-x:batchEmbedContents",
        {"requests": [{"model": "models/other", "content": {"parts": [{"text": "hi"}]}}]},
        400,
        _google("* BatchEmbedContentsRequest.requests[0].model: must match the model of the batch\n"),
    ),
    "a place where nothing stands": ("/v1/nothing", {}, 404, _openai("Invalid URL (POST /v1/nothing)")),
    "a place of Google's where nothing stands": (
        "/v1beta/nothing",
        {},
        404,
        _google("Invalid URL (POST /v1beta/nothing)", 404, "NOT_FOUND"),
    ),
}


@pytest.mark.parametrize(("path", "body", "status", "document"), REFUSED.values(), ids=REFUSED)
def test_a_request_is_refused_in_the_words_of_its_provider(
    path: str, body: object, status: int, document: object
) -> None:
    told = ask(Script(models=("gpt-4o", "claude-x", "gemini-x", "llama")), path, body)
    assert (told.status, told.document) == (status, document)


KINDS: Final = {
    "/v1/chat/completions": (CHAT, "unsupported_content_type"),
    "/v1/embeddings": ({"model": "m", "input": "hi"}, "unsupported_content_type"),
}


@pytest.mark.parametrize(("path", "case"), KINDS.items())
def test_a_body_of_another_type_is_refused(path: str, case: tuple[object, str]) -> None:
    told = ask(Script(), path, case[0], {"content-type": "text/plain"})
    assert told.status == 400
    assert told.document["error"]["code"] == case[1]


def test_another_method_is_not_allowed() -> None:
    told = ask(Script(), "/v1/chat/completions", b"", method="GET")
    assert (told.status, told.document) == (
        405,
        _openai("Not allowed to GET on /v1/chat/completions.", None, "method_not_supported"),
    )


PLACES: Final[tuple[tuple[str, object], ...]] = (
    ("/chat/completions", CHAT),
    ("/v1/chat/completions", CHAT),
    ("/openai/v1/chat/completions", CHAT),
    ("/api/v1/chat/completions", CHAT),
    ("/responses", {"model": "m", "input": "hi"}),
    ("/v1/responses", {"model": "m", "input": "hi"}),
    ("/messages", MESSAGES),
    ("/v1/messages", MESSAGES),
    (GEMINI, CONTENTS),
    ("/models/gemini-x:generateContent", CONTENTS),
    ("/v1beta/models/tuned%3Ax:generateContent", CONTENTS),
    ("/v1/models/gemini-x:generateContent?key=k", CONTENTS),
    ("/api/chat", {**CHAT, "stream": False}),
    ("/embeddings", {"model": "m", "input": "hi"}),
    ("/v1/embeddings", {"model": "m", "input": [1, 2]}),
    ("/v1beta/models/g:embedContent", {"content": {"parts": [{"text": "hi"}]}}),
    ("/api/embed", {"model": "m", "input": "hi"}),
    ("/v1/messages/count_tokens", MESSAGES),
    ("/v1beta/models/g:countTokens", CONTENTS),
)


@pytest.mark.parametrize(("path", "body"), PLACES)
def test_each_place_answers_with_and_without_its_prefix(path: str, body: object) -> None:
    assert ask(Script(), path, body).status == 200


LISTS: Final[dict[str, tuple[str, dict[str, str], list[str | int], str]]] = {
    "OpenAI's": ("/v1/models", {}, ["data", 0, "id"], "a"),
    "Anthropic's": ("/v1/models", {"anthropic-version": "2023-06-01"}, ["first_id"], "a"),
    "Google's": ("/v1beta/models", {}, ["models", 1, "name"], "models/b"),
    "Google's by its client": ("/v1/models", {"x-goog-api-key": "k"}, ["models", 0, "name"], "models/a"),
    "Ollama's": ("/api/tags", {}, ["models", 0, "model"], "a"),
}


@pytest.mark.parametrize(("path", "headers", "place", "expected"), LISTS.values(), ids=LISTS)
def test_models_are_listed_in_every_way(
    path: str, headers: Mapping[str, str], place: list[str | int], expected: str
) -> None:
    found: Any = ask(Script(models=("a", "b")), path, b"", headers, "GET").document
    for step in place:
        found = found[step]
    assert found == expected


def test_a_rule_that_is_used_up_leaves_the_word_to_the_next() -> None:
    script = Script([Rule(fail=500, times=2), Rule(text="first", times=1), Rule(contains="hi", text="second")])
    told = [ask(script, "/v1/chat/completions", CHAT) for _ in range(4)]
    assert [each.status for each in told] == [500, 500, 200, 200]
    assert [_content(each.document) for each in told[2:]] == ["first", "second"]


def _content(document: Any) -> object:
    return document["choices"][0]["message"]["content"]


def test_a_refused_request_uses_no_rule_up() -> None:
    script = Script([Rule(text="once", times=1)])
    assert ask(script, "/v1/chat/completions", {}).status == 400
    assert _content(ask(script, "/v1/chat/completions", CHAT).document) == "once"


WAITS: Final[dict[str, tuple[str, object, float, dict[str, str]]]] = {
    "whole seconds": ("/v1/chat/completions", CHAT, 2.0, {"retry-after": "2"}),
    "seconds as an int": ("/v1/chat/completions", CHAT, 0, {"retry-after": "0"}),
    "parts of seconds": ("/v1/messages", MESSAGES, 0.25, {"retry-after": "1", "retry-after-ms": "250"}),
    "Google's": (GEMINI, CONTENTS, 2.0, {}),
}


@pytest.mark.parametrize(("path", "body", "seconds", "headers"), WAITS.values(), ids=WAITS)
def test_a_wait_is_told_as_the_provider_does(
    path: str, body: object, seconds: float, headers: Mapping[str, str]
) -> None:
    told = ask(Script([Rule(fail=429, retry_after=seconds)]), path, body)
    assert told.status == 429
    assert {name: value for name, value in told.headers.items() if name.startswith("retry")} == headers
    info = "google.rpc.RetryInfo" in str(told.document)
    assert info is (path == GEMINI)


UNFIT: Final[dict[str, tuple[dict[str, object], Rule, str]]] = {
    "a schema": ({"response_format": {"type": "json_schema", "json_schema": {"schema": {"not": {}}}}}, Rule(), "`not`"),
    "a tool that is not offered": ({}, Rule(tool="weather"), "offers none"),
}


@pytest.mark.parametrize(("more", "rule", "why"), UNFIT.values(), ids=UNFIT)
def test_what_the_mock_cannot_answer_it_says(more: Mapping[str, object], rule: Rule, why: str) -> None:
    told = ask(Script([rule]), "/v1/chat/completions", {**CHAT, **more})
    assert told.status == 400
    assert "mock: " in str(told.document)
    assert why in str(told.document)


def test_google_streams_an_array_without_events() -> None:
    told = ask(Script(), "/v1beta/models/g:streamGenerateContent", CONTENTS)
    assert [item["candidates"][0]["content"]["parts"][0]["text"] for item in told.document] == ["hi"]


def test_ollama_only_loads_a_model_that_is_asked_nothing() -> None:
    told = ask(Script(), "/api/chat", {"model": "llama", "stream": False})
    assert (told.document["done_reason"], told.document["message"]["content"]) == ("load", "")
