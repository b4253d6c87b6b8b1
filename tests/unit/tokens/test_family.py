"""Which family a model counts like, by its name with whoever serves it."""

from typing import Final

import pytest

from modelmix.tokens.family import ANY, FAMILIES, family_of, own_name

MODELS: Final = {
    # tiktoken/model.py
    "gpt-4o": ("gpt-4o", "o200k_base"),
    "gpt-4o-mini-2024-07-18": ("gpt-4o", "o200k_base"),
    "chatgpt-4o-latest": ("gpt-4o", "o200k_base"),
    "gpt-4o-mini-search-preview": ("gpt-4o-search", "o200k_base"),
    "gpt-4.1-nano": ("gpt-4o", "o200k_base"),
    "gpt-4.5-preview": ("gpt-4o", "o200k_base"),
    "ft:gpt-4o:acme": ("gpt-4o", "o200k_base"),
    "gpt-5": ("openai-reasoning", "o200k_base"),
    "gpt-5.4-mini": ("openai-reasoning", "o200k_base"),
    "o1": ("openai-reasoning", "o200k_base"),
    "o3-mini": ("openai-reasoning", "o200k_base"),
    "o4-mini-2025-04-16": ("openai-reasoning", "o200k_base"),
    "openai/gpt-oss-120b": ("gpt-oss", "o200k_base"),
    "gpt-4": ("gpt-4", "cl100k_base"),
    "gpt-4-turbo": ("gpt-4", "cl100k_base"),
    "gpt-3.5-turbo-0125": ("gpt-4", "cl100k_base"),
    "gpt-35-turbo": ("gpt-4", "cl100k_base"),
    "text-embedding-3-small": ("text-embedding", "cl100k_base"),
    "text-embedding-ada-002": ("text-embedding", "cl100k_base"),
    # all others are estimates
    "claude-sonnet-4-5": ("claude", "o200k_base"),
    "claude-3-5-haiku-latest": ("claude", "o200k_base"),
    "claude-opus-4-20250514": ("claude", "o200k_base"),
    "claude-opus-4-8": ("claude-new", "o200k_base"),
    "anthropic/claude-opus-4.7": ("claude-new", "o200k_base"),
    "us.anthropic.claude-haiku-4-5-20251001-v1:0": ("claude", "o200k_base"),
    "databricks-claude-3-7-sonnet": ("claude", "o200k_base"),
    "models/gemini-2.5-flash": ("gemini", "o200k_base"),
    "google/gemma-3-27b-it:free": ("gemma", "o200k_base"),
    "meta-llama/Llama-3.3-70B-Instruct-Turbo": ("llama", "o200k_base"),
    "@cf/meta/llama-3.3-70b-instruct-fp8-fast": ("llama", "o200k_base"),
    "nousresearch/hermes-4-405b": ("llama", "o200k_base"),
    "mistral-small-latest": ("mistral", "o200k_base"),
    "open-mixtral-8x22b": ("mistral", "o200k_base"),
    "mistralai/devstral-small-2507": ("mistral", "o200k_base"),
    "Qwen/Qwen2.5-VL-72B-Instruct": ("qwen", "o200k_base"),
    "deepseek-chat": ("deepseek", "o200k_base"),
    "grok-4-fast": ("grok", "o200k_base"),
    "z-ai/glm-4.5v": ("glm", "o200k_base"),
    "moonshotai/kimi-k2": ("kimi", "o200k_base"),
    "MiniMax-M2": ("minimax", "o200k_base"),
    "us.amazon.nova-2-lite-v1:0": ("nova", "o200k_base"),
    "command-a-03-2025": ("command", "o200k_base"),
    "perplexity/sonar-pro": ("sonar", "o200k_base"),
    "smollm2": ("any", "o200k_base"),
}


@pytest.mark.parametrize(("model", "expected"), MODELS.items(), ids=MODELS)
def test_a_model_counts_like_its_family(model: str, expected: tuple[str, str]) -> None:
    family = family_of(model)
    assert (family.name, family.encoding) == expected


def test_only_openais_encodings_are_anybodys_own() -> None:
    own = {family.name for family in FAMILIES if family.own}
    assert own == {"gpt-oss", "openai-reasoning", "gpt-4o-search", "gpt-4o", "gpt-4", "text-embedding"}
    assert not any(family.exact and not family.own for family in (*FAMILIES, ANY))


NAMES: Final = {
    "gpt-4.1": "gpt-4.1",
    "openai.gpt-oss-120b-1:0": "gpt-oss-120b-1:0",
    "eu.mistral.pixtral-large-2502-v1:0": "pixtral-large-2502-v1:0",
    "qwen2.5-coder": "qwen2.5-coder",
    "": "",
}


@pytest.mark.parametrize(("model", "name"), NAMES.items(), ids=NAMES)
def test_what_a_gateway_puts_before_a_name_is_not_the_models(model: str, name: str) -> None:
    assert own_name(model) == name
