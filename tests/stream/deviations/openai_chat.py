"""Where we read openai-chat otherwise than the oracle; `docs/wire/openai-chat.md` says why."""

import json
from types import MappingProxyType
from typing import Final

from stream.deviations.deviation import Deviation, says, told_call
from stream.recordings import Recording


def _object(recording: Recording) -> object:
    return json.dumps(recording.expected.content_object, separators=(",", ":"))


def _read_from_cache(recording: Recording) -> object:
    return (recording.expected.usage_raw or {})["cache_read_input_tokens"]


def _named_calls(recording: Recording) -> object:
    return tuple(told_call(call) for call in recording.expected.tool_calls if call.name)


def _finish_without_calls(recording: Recording) -> object:
    return recording.expected.finish.raw or "unknown"


def _uncached_and_cached(recording: Recording) -> object:
    prompt, cached = recording.expected.usage.input or 0, recording.expected.usage.cached_input or 0
    return prompt + cached if cached > prompt else prompt


def _words_and_audio(recording: Recording) -> object:
    usage = recording.expected.usage
    return (usage.total or 0) - (usage.output or 0)


_GROK: Final = "ruby_llm/chat_*azure_grok-4-1-fast-non-reasoning_*"
_SNOWFLAKE: Final = "pydantic-ai/models/test_snowflake/test_snowflake_"
_PHANTOMS: Final = ("llama#0", "native_output#0", "openai_model#0", "tool_calling#1")

DEVIATIONS: Final = MappingProxyType[str, tuple[Deviation, ...]](
    {
        "an object as content is given as its text": (
            Deviation("chatlas/test_provider_cloudflare/test_cloudflare_data_extraction#1", "text", _object),
        ),
        "cached tokens are read from Databricks too": (
            Deviation("chatlas/test_provider_databricks/*", "cache_read", _read_from_cache),
        ),
        "an empty function_call is no call": (
            Deviation(f"{_SNOWFLAKE}thinking#0", "tool_calls", _named_calls),
            *[Deviation(_SNOWFLAKE + name, "tool_calls", _named_calls) for name in _PHANTOMS],
            *[Deviation(_SNOWFLAKE + name, "finish", _finish_without_calls) for name in _PHANTOMS],
        ),
        "reasoning_details are read without another field beside them": (
            Deviation(f"{_SNOWFLAKE}thinking#0", "reasoning", says("Let me get the weather for Mexico City.")),
            Deviation(f"{_SNOWFLAKE}thinking_streaming#0", "reasoning", says("15 * 27 = 405")),
        ),
        "a total that nobody gave is not made up": (
            Deviation("prism-php/openrouter/structured-empty-content-1", "total", says(None)),
        ),
        "audio beyond the prompt comes on top of it": (
            Deviation("ruby_llm/chat_audio_models_mistral_*", "input", _words_and_audio),
        ),
        "cached tokens beyond the prompt come on top of it": (Deviation(_GROK, "input", _uncached_and_cached),),
    }
)
