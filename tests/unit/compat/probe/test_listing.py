"""Lists of models, and the models that are taken from them. Shapes as in the references of the four APIs."""

import json

import pytest

from modelmix.compat.probe.listing import embedder, read_list, talker

LISTS: dict[str, tuple[object, str, list[str]]] = {
    # https://platform.openai.com/docs/api-reference/models/list
    "OpenAI": ({"object": "list", "data": [{"id": "a", "object": "model"}, {"id": "b"}]}, "openai", ["a", "b"]),
    # https://docs.together.ai/reference/models
    "Together gives the bare array": ([{"id": "a", "type": "chat"}], "openai", ["a"]),
    # https://docs.claude.com/en/api/models-list
    "Anthropic": (
        {"data": [{"type": "model", "id": "a", "display_name": "A"}], "has_more": False, "first_id": "a"},
        "anthropic",
        ["a"],
    ),
    # https://ai.google.dev/api/models#method:-models.list
    "Google": ({"models": [{"name": "models/a", "displayName": "A"}]}, "google", ["a"]),
    # https://docs.ollama.com/api/tags
    "Ollama": ({"models": [{"name": "a:1b", "model": "a:1b", "size": 1}]}, "ollama", ["a:1b"]),
    "llama.cpp has both": (
        {"models": [{"name": "a"}], "object": "list", "data": [{"id": "a", "object": "model"}]},
        "openai",
        ["a"],
    ),
    "rows that are no models": (
        {"object": "list", "data": [None, 5, {"id": 5}, {"id": "x\ny"}, {"id": "a"}]},
        "openai",
        ["a"],
    ),
    "none": ({"object": "list", "data": []}, "openai", []),
}


@pytest.mark.parametrize(("document", "style", "names"), LISTS.values(), ids=LISTS)
def test_lists(document: object, style: str, names: list[str]) -> None:
    found = read_list(json.dumps(document).encode())
    assert found is not None
    assert (found[0], [model.name for model in found[1]]) == (style, names)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b'"models"', b'{"error": "no"}', b'{"data": {"id": "a"}}', b"[" * 9999]
)
def test_what_is_no_list_is_none(body: bytes) -> None:
    assert read_list(body) is None


def test_words_are_asked_of_the_first_that_has_them_and_vectors_of_one_that_makes_them() -> None:
    rows = [{"id": name} for name in ("nomic-embed-text", "bge-reranker", "first", "second")]
    found = read_list(json.dumps({"data": rows}).encode())
    assert found is not None
    assert talker(found[1]) == "first"
    assert embedder(found[1], "first") == "nomic-embed-text"
    assert embedder(found[1][2:], "first") == "first"


def test_google_says_what_a_model_is_for() -> None:
    rows = [
        {"name": "models/aqa", "supportedGenerationMethods": ["generateAnswer"]},
        {"name": "models/flash", "supportedGenerationMethods": ["generateContent"]},
    ]
    found = read_list(json.dumps({"models": rows}).encode())
    assert found is not None
    assert talker(found[1]) == "flash"
