"""Where we read anthropic-messages otherwise than the oracle; `docs/wire/anthropic-messages.md` says why."""

from types import MappingProxyType
from typing import Final

from stream.deviations.deviation import Deviation, says

_SPLICED: Final = "vercel-ai/anthropic/spliced-message-start.chunks.txt"

DEVIATIONS: Final = MappingProxyType[str, tuple[Deviation, ...]](
    {
        "a total that nobody gave is not made up": (Deviation("*", "total", says(None)),),
        "the source of a search result is a citation's URL": (
            Deviation(
                "ruby_llm/chat_citations_with_anthropic_claude-haiku-4-5_cites_tool_results_returned_as_search_results#1",
                "citations",
                says(("https://example.com/ruby-facts",)),
            ),
        ),
        "the words about a refusal are read": (
            Deviation(
                "vercel-ai/anthropic/anthropic-refusal.chunks.txt",
                "refusal",
                says(
                    "This request triggered restrictions on violative cyber content and was blocked under Anthropic's "
                    "Usage Policy."
                ),
            ),
        ),
        "what came before a second message_start stands": (
            Deviation(_SPLICED, "reasoning", says("I will call the tool.Let me call the tool.")),
            Deviation(
                _SPLICED,
                "tool_calls",
                says((("test-tool", "toolu_first", None), ("test-tool", "toolu_second", {"value": "Sparkle Day"}))),
            ),
            Deviation(_SPLICED, "arguments", says(('{"value":"Spark', '{"value":"Sparkle Day"}'))),
        ),
    }
)
