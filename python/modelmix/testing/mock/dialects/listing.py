"""Lists of models, in four ways of saying them."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from modelmix.testing.mock.asked import Style
from modelmix.testing.mock.said import CREATED, CREATED_AT
from modelmix.testing.mock.wire import Document


def _openai(models: Sequence[str]) -> Document:
    data = [{"id": model, "object": "model", "created": CREATED, "owned_by": "mock"} for model in models]
    return {"object": "list", "data": data}


def _anthropic(models: Sequence[str]) -> Document:
    data = [{"type": "model", "id": model, "display_name": model, "created_at": CREATED_AT} for model in models]
    ends = {"first_id": models[0], "last_id": models[-1]} if models else {"first_id": None, "last_id": None}
    return {"data": data, "has_more": False, **ends}


def _google(models: Sequence[str]) -> Document:
    methods = ["generateContent", "countTokens", "embedContent"]
    return {
        "models": [
            {"name": f"models/{model}", "displayName": model, "supportedGenerationMethods": methods} for model in models
        ]
    }


def _ollama(models: Sequence[str]) -> Document:
    facts = {"modified_at": CREATED_AT, "size": 1, "digest": "0" * 64}
    details = {"parent_model": "", "format": "gguf", "family": "mock", "families": ["mock"]}
    sizes = {"parameter_size": "1B", "quantization_level": "Q4_0"}
    listed = [{"name": model, "model": model, **facts, "details": {**details, **sizes}} for model in models]
    return {"models": listed}


LISTS: Final[Mapping[Style, Callable[[Sequence[str]], Document]]] = MappingProxyType(
    {"openai": _openai, "anthropic": _anthropic, "google": _google, "ollama": _ollama}
)
"""How each says which models there are."""
