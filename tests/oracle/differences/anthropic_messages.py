"""Where the anthropic SDK and we read anthropic-messages otherwise."""

from types import MappingProxyType
from typing import Final

from oracle.differences.difference import Difference, differ

DIFFERENCES: Final = MappingProxyType[str, tuple[Difference, ...]](
    {
        "two messages spliced into one stream; the SDK adds the second one's pieces to the blocks of the first": differ(
            ("tool_calls",), "vercel-ai/anthropic/spliced-message-start.chunks.txt"
        ),
    }
)
