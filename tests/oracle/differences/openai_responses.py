"""Where the openai SDK and we read openai-responses otherwise."""

from types import MappingProxyType
from typing import Final

from oracle.differences.difference import Difference, differ

DIFFERENCES: Final = MappingProxyType[str, tuple[Difference, ...]](
    {
        "`incomplete` without its reason is taken for the limit on output; the SDK has no word for it": differ(
            ("finish",),
            "prism-php/openai/structured-max-tokens-exceeded-1",
            "prism-php/openai/text-incomplete-with-reasoning-1",
            "prism-php/openai/text-max-tokens-exceeded-1",
        ),
        "the last event has no blank line after it; the SDK drops it, as the SSE standard has it": differ(
            ("error",), "prism-php/openai/stream-multiple-output-items-1"
        ),
        "the SDK's accumulator wants response.created first; a stream that was taken up again has none": differ(
            ("error",), "pydantic-ai/models/test_openai_responses/test_background_mode_streaming_starting_after_vcr#1"
        ),
        "the SDK's accumulator wants a content part before its text; Bedrock Mantle announces none": differ(
            ("error",), "ruby_llm/providers_bedrock_mantle_responses_chat_streams_through_the_responses_surface#0"
        ),
        "response.completed has an empty output though items were streamed; the SDK believes it": (
            *differ(("tool_calls", "finish"), "rust-genai/openai_resp/custom_grammar_tool/000"),
            *differ(("text",), "rust-genai/openai_resp/reasoning_stream_completed_empty/000"),
        ),
        "an edited recording, whose response.completed has more text than its deltas": differ(
            ("text",), "vercel-ai/openai/responses/openai-shell-container.1.chunks.txt"
        ),
    }
)
