"""Where the google-genai SDK and we read google-generate otherwise."""

from types import MappingProxyType
from typing import Final

from oracle.differences.difference import Difference, differ

DIFFERENCES: Final = MappingProxyType[str, tuple[Difference, ...]](
    {
        "arguments that are streamed in pieces (partialArgs) are put together by us, not by the SDK": differ(
            ("tool_calls",),
            "vercel-ai/google/google-stream-no-args-tool-call.chunks.txt",
            "vercel-ai/google/google-stream-tool-call-*",
        ),
        "an edited recording, whose signature is no base64; the SDK decodes it, we keep it as it is": differ(
            ("error",), "prism-php/gemini/stream-with-tools-1"
        ),
    }
)
