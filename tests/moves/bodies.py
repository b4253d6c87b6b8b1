"""The top level of each dialect's body, made of the package's own wire Structs, and whom requests are planned for."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from modelmix.call import Target
from modelmix.decode import DialectName
from modelmix.dialects.anthropic_messages import wire as anthropic
from modelmix.dialects.google_generate import wire as google
from modelmix.dialects.ollama_chat import wire as ollama
from modelmix.dialects.openai_chat import wire as chat
from modelmix.dialects.openai_responses import wire as responses
from modelmix.providers.load import built_in, names
from modelmix.providers.provider import Shape


class ChatBody(Struct):
    model: str
    messages: list[chat.Message]
    stream: bool
    stream_options: chat.StreamOptions | UnsetType = UNSET
    tools: list[chat.ToolEntry] | UnsetType = UNSET
    reasoning_format: str | UnsetType = UNSET
    """Groq's row adds it for some models."""


class MessagesBody(Struct):
    model: str
    max_tokens: int
    messages: list[anthropic.Message]
    stream: bool
    system: str | list[anthropic.TextBlock] | UnsetType = UNSET
    tools: list[anthropic.Tool] | UnsetType = UNSET


class ToolConfig(Struct, rename="camel"):
    function_calling_config: google.CallingConfig


class GenerateBody(Struct, rename="camel"):
    contents: list[google.Content]
    system_instruction: google.Instruction | UnsetType = UNSET
    tools: list[google.Functions] | UnsetType = UNSET
    tool_config: ToolConfig | UnsetType = UNSET


class ResponsesBody(Struct):
    model: str
    input: list[responses.Item]
    stream: bool
    tools: list[responses.Tool] | UnsetType = UNSET
    store: Literal[False] | UnsetType = UNSET
    """OpenAI's row adds it, and `include` for models that reason."""
    include: list[Literal["reasoning.encrypted_content"]] | UnsetType = UNSET


class OllamaBody(Struct):
    model: str
    messages: list[ollama.Message]
    stream: bool
    tools: list[ollama.ToolEntry] | UnsetType = UNSET


BODIES: Final = MappingProxyType[DialectName, type[Struct]](
    {
        "openai-chat": ChatBody,
        "anthropic-messages": MessagesBody,
        "google-generate": GenerateBody,
        "openai-responses": ResponsesBody,
        "ollama-chat": OllamaBody,
    }
)

_MODELS: Final = MappingProxyType(
    {
        "anthropic": ("claude-opus-4-1", "claude-opus-5-5"),
        "google": ("gemini-2.5-flash", "gemini-3-pro", "gemma-3-27b-it"),
        "openai": ("gpt-4o", "gpt-5", "o1-mini"),
        "groq": ("llama-3", "qwen/qwen3-32b"),
    }
)
"""Models of different shape; for the other providers, one that has no rules."""


class Aim(NamedTuple):
    """One of those who are asked."""

    provider: str
    model: str
    dialect: DialectName | None = None
    shape: Shape | None = None
    """A shape of the user's own settings."""

    @property
    def target(self) -> Target:
        row = built_in(self.provider)
        row = row if self.shape is None else replace(row, shape=self.shape)
        return Target(provider=row, model=self.model, base_url=row.base_url, dialect=self.dialect)


_OWN: Final = (
    Shape(alternate_roles=True, single_system=True, replay_reasoning="reasoning_content"),
    Shape(alternate_roles=True, flatten_text=True, replay_reasoning="reasoning_details", file_urls=True),
    Shape(system_role="user", alternate_roles=True, tool_id_length=9),
)
"""Traits of chat completions that no provider of this package has together, and that a user's may."""


def aims() -> Iterator[Aim]:
    """Every provider, its models in its own dialect; every model of OpenAI's in both; and shapes of a user's own."""
    for provider in names():
        for model in _MODELS.get(provider, ("model-x",)):
            yield Aim(provider, model)
    for model in _MODELS["openai"]:
        yield Aim("openai", model, "openai-chat")
        yield Aim("openai", model, "openai-responses")
    for shape in _OWN:
        yield Aim("perplexity", "model-x", shape=shape)


AIMS: Final = tuple(aims())


def parsed(body: bytes) -> dict[str, object]:
    """A body's top-level fields."""
    return msgspec.json.decode(body, type=dict[str, object])
