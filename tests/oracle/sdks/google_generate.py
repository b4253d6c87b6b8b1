"""The google-genai SDK reads google-generate; it leaves putting chunks together to its caller."""

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final, Protocol, cast

from google import genai
from google.genai import errors, types

from oracle.reply import Call, Heard, WireReply, finish
from oracle.sdks.sdk import Read, at, crashed, number, refused, text, total

FINISHES: Final = MappingProxyType(
    {
        "STOP": "stop",
        "MAX_TOKENS": "length",
        **dict.fromkeys(("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"), "content_filter"),
        **dict.fromkeys(("MODEL_ARMOR", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT"), "content_filter"),
        "IMAGE_RECITATION": "content_filter",
        **dict.fromkeys(("MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"), "error"),
        **dict.fromkeys(("MISSING_THOUGHT_SIGNATURE", "MALFORMED_RESPONSE"), "error"),
    }
)
"""The reasons that the SDK's types know; the others are `other`."""


class _Models(Protocol):
    """What is asked here, without the types of pictures that the SDK takes from a package that may be missing."""

    def generate_content(self, *, model: str, contents: str) -> types.GenerateContentResponse: ...

    def generate_content_stream(self, *, model: str, contents: str) -> Iterator[types.GenerateContentResponse]: ...


def reader(url: str) -> Read:
    """Opens a client that asks the loopback only, and once."""
    options = types.HttpOptions(base_url=url, timeout=10_000, client_args={"trust_env": False})
    # The client owns the connections, so it must live as long as its models.
    client = genai.Client(vertexai=False, api_key="unused", http_options=options)

    def read(reply: WireReply) -> Heard:
        try:
            return _heard(_asked(cast("_Models", client.models), streamed=reply.streamed))
        except errors.APIError as error:
            return refused(error.code, error.message)
        except Exception as error:  # noqa: BLE001 - whatever an SDK raises at a reply is its answer
            return crashed(error)

    return read


def _asked(models: _Models, *, streamed: bool) -> tuple[types.GenerateContentResponse, ...]:
    if streamed:
        return tuple(models.generate_content_stream(model="any", contents="?"))
    return (models.generate_content(model="any", contents="?"),)


def _heard(chunks: Sequence[types.GenerateContentResponse]) -> Heard:
    parts = tuple(part for chunk in chunks for part in _parts(chunk))
    calls = tuple(_calls(parts))
    raw = next((reason for chunk in reversed(chunks) if (reason := _reason(chunk))), None)
    usage = next((chunk.usage_metadata for chunk in reversed(chunks) if chunk.usage_metadata), None)
    thoughts = number(usage, "thoughts_token_count")
    return Heard(
        text="".join(part.text for part in parts if part.text and not part.thought),
        reasoning="".join(part.text for part in parts if part.text and part.thought),
        tool_calls=calls,
        finish="content_filter" if raw and raw.startswith("promptFeedback:") else finish(raw, FINISHES, calls),
        raw_finish=raw,
        # Tokens of tools come on top of the prompt, and thoughts on top of the answer; ours are inside.
        input=total(number(usage, "prompt_token_count"), number(usage, "tool_use_prompt_token_count")),
        output=total(number(usage, "candidates_token_count"), thoughts),
        cache_read=number(usage, "cached_content_token_count"),
        reasoning_tokens=thoughts,
        total=number(usage, "total_token_count"),
    )


def _parts(chunk: types.GenerateContentResponse) -> Iterator[types.Part]:
    for candidate in (chunk.candidates or ())[:1]:
        if candidate.content:
            yield from candidate.content.parts or ()


def _calls(parts: Sequence[types.Part]) -> Iterator[Call]:
    for part in parts:
        if part.function_call:
            yield Call(part.function_call.name or "", part.function_call.id, part.function_call.args or {})


def _reason(chunk: types.GenerateContentResponse) -> str | None:
    blocked = text(at(chunk, "prompt_feedback", "block_reason"), "value")
    if blocked:
        return f"promptFeedback:{blocked}"
    return text((chunk.candidates or (None,))[0], "finish_reason", "value")
