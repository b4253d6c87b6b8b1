"""Where we read openai-responses otherwise than the oracle; `docs/wire/openai-responses.md` says why."""

import json
from types import MappingProxyType
from typing import Final

from stream.deviations.deviation import Deviation, says
from stream.recordings import Recording


def _inputs(recording: Recording) -> object:
    return tuple((call.name, call.id, call.arguments_raw) for call in recording.expected.tool_calls)


def _written_inputs(recording: Recording) -> object:
    return tuple(json.dumps(call.arguments_raw, ensure_ascii=False) for call in recording.expected.tool_calls)


_BACKGROUND: Final = "pydantic-ai/models/test_openai_responses/test_background_mode_"
_QUEUED: Final = (
    "reasoning_vcr#0",
    "streaming_without_starting_after_vcr#0",
    "vcr#0",
    "with_tool_vcr#2",
)
_UNCOUNTED: Final = (
    "stream-multiple-output-items-1",
    "structured-max-tokens-exceeded-1",
    "structured-unknown-finish-reason-1",
    "text-incomplete-with-reasoning-1",
    "text-max-tokens-exceeded-1",
    "text-unknown-finish-reason-1",
)
_CUSTOM: Final = ("rust-genai/openai_resp/custom_grammar_tool/000", "vercel-ai/openai/responses/openai-custom-tool.1.*")

DEVIATIONS: Final = MappingProxyType[str, tuple[Deviation, ...]](
    {
        "a total that nobody gave is not made up": tuple(
            Deviation(f"prism-php/openai/{name}", "total", says(None)) for name in _UNCOUNTED
        ),
        "a response that is yet to be fetched keeps its word": (
            *[Deviation(_BACKGROUND + name, "raw_finish", says("queued")) for name in _QUEUED],
            *[
                Deviation(_BACKGROUND + name, "raw_finish", says("in_progress"))
                for name in ("vcr#1", "with_tool_vcr#3")
            ],
        ),
        "the input of a custom tool is a JSON string": (
            *[Deviation(name, "tool_calls", _inputs) for name in _CUSTOM],
            *[Deviation(name, "arguments", _written_inputs) for name in _CUSTOM],
        ),
        "the first event names the model": (
            Deviation("prism-php/openai/stream-multiple-output-items-1", "model", says("gpt-4o")),
        ),
        "what was said cannot be unsaid": (
            Deviation(
                "vercel-ai/openai/responses/openai-shell-container.1.chunks.txt",
                "text",
                says("The command ran successfully."),
            ),
        ),
    }
)
