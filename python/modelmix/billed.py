"""What in the body of a request decides how much it may cost, whatever the dialect: read from what is sent."""

from collections.abc import Iterator, Mapping
from typing import Final, TypeGuard

from modelmix.ast.response import Unpriced
from modelmix.jsonvalue import JsonValue, parse
from modelmix.node import Node


class Billed(Node, frozen=True, kw_only=True):
    """What a body says about its bill.

    `limit` is the bound on output that is sent, None where there is none; `answers` how many are asked for. `heavy`
    says that something in it is not told by its length: a picture, a file, a reference to what the provider keeps.
    `hour` says that it asks for a cache that lasts an hour. `doubt` is what makes its cost unknowable.
    """

    limit: int | None = None
    answers: int = 1
    heavy: bool = False
    hour: bool = False
    doubt: Unpriced | None = None


def billed(body: bytes) -> Billed:
    """What a body says about its bill."""
    said = parse(body)
    if not _is_object(said):
        return Billed(doubt=Unpriced(why="option", what="the body"))
    nested = (_object(said, "generationConfig"), _object(said, "options"))
    own = _without(said, "tools", "response_format", "text", "generationConfig", "options", "output_config", "format")
    return Billed(
        limit=max((count for part in (said, *nested) for count in _counts(part, _LIMITS)), default=None),
        answers=max((count for part in (said, *nested) for count in _counts(part, _ANSWERS)), default=1),
        heavy=any(_is_heavy(part) for part in _objects(own)),
        hour=any(part.get("ttl") == "1h" for part in _objects(said)),
        doubt=_doubt(said, nested[0]),
    )


_LIMITS: Final = frozenset(
    {"max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens", "num_predict"}
)
_ANSWERS: Final = frozenset({"n", "candidateCount"})

_TOKENS_ONLY: Final = frozenset(
    {
        # What our encoders send, and their spellings elsewhere.
        *("model", "messages", "input", "contents", "instructions", "system", "systemInstruction", "tools"),
        *("stream", "stream_options", "tool_choice", "toolConfig", "parallel_tool_calls", "generationConfig"),
        *("temperature", "top_p", "top_k", "min_p", "seed", "random_seed", "stop", "stop_sequences", "options"),
        *("presence_penalty", "frequency_penalty", "repetition_penalty", "logit_bias", "logprobs", "top_logprobs"),
        *("response_format", "text", "format", "output_config", "output_format", "verbosity", "safetySettings"),
        *("safe_prompt", "functions", "function_call"),
        *("reasoning", "reasoning_effort", "reasoning_format", "reasoning_split", "include_reasoning"),
        *("thinking", "think", "enable_thinking", "prompt_mode", "chat_template_kwargs", "clear_thinking"),
        # What is kept and for whom.
        *("user", "metadata", "store", "safety_identifier", "prompt_cache_key", "prompt_cache_retention"),
        *("cache_control", "include", "truncation", "keep_alive", "labels"),
    }
)
"""Fields that change nothing but how many tokens there are. Any other may: a faster tier, another model, a search."""

_USUAL_TIERS: Final = frozenset({"auto", "default", "standard", "standard_only", "flex"})
"""Tiers that cost the catalogue's rates or less."""


def _doubt(said: Mapping[str, JsonValue], generation: Mapping[str, JsonValue]) -> Unpriced | None:
    for name, value in said.items():
        usual = name == "service_tier" and value in _USUAL_TIERS
        if name not in _TOKENS_ONLY | _LIMITS | _ANSWERS and not usual:
            return Unpriced(why="option", what=name)
    modalities = generation.get("responseModalities", ["TEXT"])
    if not isinstance(modalities, list) or any(str(name).upper() != "TEXT" for name in modalities):
        return Unpriced(why="option", what="responseModalities")
    tools = said.get("tools", [])
    strange = [tool for tool in tools if not _is_ours(tool)] if isinstance(tools, list) else [tools]
    return Unpriced(why="tool", what=_name(strange[0])) if strange else None


def _is_ours(tool: JsonValue) -> bool:
    """Whether a tool is one that the caller runs."""
    if not _is_object(tool):
        return False
    if tool.keys() <= {"functionDeclarations", "function_declarations"}:
        return True
    kind = tool.get("type", "function" if "input_schema" in tool or "function" in tool else None)
    return kind in {"function", "custom"}


def _name(tool: JsonValue) -> str:
    if not _is_object(tool):
        return str(tool)[:40]
    return str(tool.get("type") or next(iter(tool), "tool"))


_LIGHT: Final = frozenset(
    {
        *("text", "input_text", "output_text", "summary_text", "reasoning_text", "refusal", "ephemeral"),
        *("message", "function", "custom", "function_call", "function_call_output", "custom_tool_call"),
        *("custom_tool_call_output", "tool_use", "tool_result", "thinking", "redacted_thinking", "reasoning"),
        *("reasoning.text", "reasoning.summary", "reasoning.encrypted", "enabled", "adaptive", "disabled"),
        *("auto", "any", "none", "tool", "url_citation", "url", "reference", "explicit"),
    }
)
"""Kinds of parts that cost no more tokens than they have bytes."""

_HEAVY: Final = frozenset(
    {"inlineData", "inline_data", "fileData", "file_data", "file_id", "file_uri", "images", "audio", "image_url"}
)

_ARGUMENTS: Final = ("arguments", "args", "parameters", "input_schema", "metadata")
"""Where anything may stand, and is read as text."""


def _is_heavy(part: Mapping[str, JsonValue]) -> bool:
    kind = part.get("type")
    if kind == "document" and _object(part, "source").get("type") == "text":
        return False
    inside = kind == "text" and "media_type" in part
    return not inside and ((isinstance(kind, str) and kind not in _LIGHT) or not _HEAVY.isdisjoint(part))


def _objects(value: JsonValue) -> Iterator[Mapping[str, JsonValue]]:
    """Every object in a value, itself included, but for those in arguments and schemas."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(
                _without(value, *_ARGUMENTS, *(("input",) if value.get("type") == "tool_use" else ())).values()
            )
        elif isinstance(value, list):
            waiting.extend(value)


def _counts(said: Mapping[str, JsonValue], names: frozenset[str]) -> Iterator[int]:
    found = (said[name] for name in names if name in said)
    return (int(count) for count in found if isinstance(count, int | float) and count > 0)


def _object(said: Mapping[str, JsonValue], name: str) -> Mapping[str, JsonValue]:
    found = said.get(name)
    return found if _is_object(found) else {}


def _without(said: Mapping[str, JsonValue], *names: str) -> dict[str, JsonValue]:
    return {name: value for name, value in said.items() if name not in names}


def _is_object(value: JsonValue) -> TypeGuard[dict[str, JsonValue]]:
    return isinstance(value, dict)
